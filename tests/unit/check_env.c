/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/base/env: every knob of env.def. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/error.h"
#include "unit.h"

static char message[512], warnings[1024];

static void warn(const char *sentence)
{
    strncat(warnings, sentence, sizeof(warnings) - strlen(warnings) - 1);
    strncat(warnings, "\n", sizeof(warnings) - strlen(warnings) - 1);
}

static int parse(const char *entry)
{
    char *environment[] = {"PATH=/bin", (char *)(uintptr_t)entry, "HOME=nowhere", NULL};
    memset(message, 0, sizeof(message));
    memset(warnings, 0, sizeof(warnings));
    return toc_env_parse(environment, warn, message, sizeof(message));
}

/* The list once more, with what its values are when nothing is set. */
static const struct {
    const char *name, *default_text;
} knobs[] = {
#define TOC_KNOB_ENUM(field, name, default_, words, help)            {name, default_},
#define TOC_KNOB_INT(field, name, default_, minimum, maximum, help)  {name, #default_},
#define TOC_KNOB_AUTO(field, name, minimum, maximum, help)           {name, "auto"},
#define TOC_KNOB_SIZE_AUTO(field, name, minimum, maximum, help)      {name, "auto"},
#define TOC_KNOB_SIZE(field, name, default_, minimum, maximum, help) {name, #default_},
#define TOC_KNOB_BOOL(field, name, default_, help)                   {name, #default_},
#include "base/env.def"
#undef TOC_KNOB_ENUM
#undef TOC_KNOB_INT
#undef TOC_KNOB_AUTO
#undef TOC_KNOB_SIZE_AUTO
#undef TOC_KNOB_SIZE
#undef TOC_KNOB_BOOL
};

START_TEST(defaults)
{
    memset(&toc_env, 0xff, sizeof(toc_env));
    ck_assert_int_eq(toc_env_parse(NULL, warn, message, sizeof(message)), 0);
    ck_assert_int_eq(toc_env.notify, TOC_ENV_NOTIFY_AUTO);
    ck_assert_int_eq(toc_env.interrupt, TOC_ENV_INTERRUPT_NEEDED);
    ck_assert_int_eq(toc_env.signal, 23);
    ck_assert_int_eq(toc_env.eager_limit, 16384);
    ck_assert_int_eq(toc_env.chunk, 262144);
    ck_assert_int_eq(toc_env.spin_us, TOC_ENV_AUTO);
    ck_assert_int_eq(toc_env.cma, 1);
    ck_assert_int_eq(toc_env.stats, 0);
    ck_assert_str_eq(warnings, "");
    /* none is left unset */
    for (size_t i = 0; i < sizeof(toc_env) / sizeof(int64_t); i++)
        ck_assert_int_ge(((int64_t *)&toc_env)[i], 0);
}
END_TEST

static const struct {
    const char *entry;
    int64_t *field, value;
} good[] = {
    {"TOCSIN_NOTIFY=auto", &toc_env.notify, TOC_ENV_NOTIFY_AUTO},
    {"TOCSIN_NOTIFY=uintr", &toc_env.notify, TOC_ENV_NOTIFY_UINTR},
    {"TOCSIN_NOTIFY=signal", &toc_env.notify, TOC_ENV_NOTIFY_SIGNAL},
    {"TOCSIN_NOTIFY=thread", &toc_env.notify, TOC_ENV_NOTIFY_THREAD},
    {"TOCSIN_NOTIFY=poll", &toc_env.notify, TOC_ENV_NOTIFY_POLL},
    {"TOCSIN_NOTIFY=POLL", &toc_env.notify, TOC_ENV_NOTIFY_POLL},
    {"TOCSIN_INTERRUPT=always", &toc_env.interrupt, TOC_ENV_INTERRUPT_ALWAYS},
    {"TOCSIN_SIGNAL=1", &toc_env.signal, 1},
    {"TOCSIN_SIGNAL=64", &toc_env.signal, 64},
    {"TOCSIN_EAGER_LIMIT=0", &toc_env.eager_limit, 0},
    {"TOCSIN_EAGER_LIMIT=16K", &toc_env.eager_limit, 16384},
    {"TOCSIN_EAGER_LIMIT=0x40", &toc_env.eager_limit, 64},
    {"TOCSIN_CHUNK=4096", &toc_env.chunk, 4096},
    {"TOCSIN_CHUNK=4k", &toc_env.chunk, 4096},
    {"TOCSIN_CHUNK=3m", &toc_env.chunk, 3 << 20},
    {"TOCSIN_CHUNK=3M", &toc_env.chunk, 3 << 20},
    {"TOCSIN_CHUNK=1G", &toc_env.chunk, 1 << 30},
    {"TOCSIN_CHUNK=1g", &toc_env.chunk, 1 << 30},
    {"TOCSIN_SPIN_US=1000000", &toc_env.spin_us, 1000000},
    {"TOCSIN_SPIN_US=0", &toc_env.spin_us, 0},
    {"TOCSIN_UNEXPECTED_LIMIT=10M", &toc_env.unexpected_limit, 10 << 20},
    {"TOCSIN_UNEXPECTED_LIMIT=auto", &toc_env.unexpected_limit, TOC_ENV_AUTO},
    {"TOCSIN_SPIN_US=Auto", &toc_env.spin_us, TOC_ENV_AUTO},
    {"TOCSIN_STATS=1", &toc_env.stats, 1},
    {"TOCSIN_STATS=yes", &toc_env.stats, 1},
    {"TOCSIN_STATS=ON", &toc_env.stats, 1},
    {"TOCSIN_STATS=true", &toc_env.stats, 1},
    {"TOCSIN_CMA=0", &toc_env.cma, 0},
    {"TOCSIN_CMA=no", &toc_env.cma, 0},
    {"TOCSIN_CMA=off", &toc_env.cma, 0},
    {"TOCSIN_CMA=False", &toc_env.cma, 0},
    {"TOCSIN_LOG=debug", &toc_env.log, 3},
};

START_TEST(good_values)
{
    ck_assert_msg(parse(good[_i].entry) == 0, "%s: %s", good[_i].entry, message);
    ck_assert_int_eq(*good[_i].field, good[_i].value);
    ck_assert_str_eq(warnings, "");
    /* nothing else has changed, and without it everything is as before */
    struct toc_env set = toc_env, plain;
    ck_assert_int_eq(parse("X=1"), 0);
    plain = toc_env;
    int64_t *a = (int64_t *)&set, *b = (int64_t *)&plain;
    for (size_t i = 0; i < sizeof(toc_env) / sizeof(int64_t); i++)
        if (&((int64_t *)&toc_env)[i] != good[_i].field)
            ck_assert_int_eq(a[i], b[i]);
}
END_TEST

/* What the message must contain beside variable and value: what is allowed. */
static const struct {
    const char *entry, *allowed;
} bad[] = {
    {"TOCSIN_NOTIFY=sig", "auto|uintr|signal|thread|poll"},
    {"TOCSIN_NOTIFY=signals", "auto|uintr|signal|thread|poll"},
    {"TOCSIN_NOTIFY=auto|poll", "auto|uintr|signal|thread|poll"},
    {"TOCSIN_NOTIFY=1", "auto|uintr|signal|thread|poll"},
    {"TOCSIN_INTERRUPT=never", "needed|always"},
    {"TOCSIN_SIGNAL=0", "1 to 64"},
    {"TOCSIN_SIGNAL=65", "1 to 64"},
    {"TOCSIN_SIGNAL=-1", "1 to 64"},
    {"TOCSIN_SIGNAL=SIGURG", "1 to 64"},
    {"TOCSIN_SIGNAL=23 ", "1 to 64"},
    {"TOCSIN_SIGNAL=1k", "1 to 64"},
    {"TOCSIN_EAGER_LIMIT=17K", "0 to 16384"},
    {"TOCSIN_EAGER_LIMIT=16385", "0 to 16384"},
    {"TOCSIN_CHUNK=4095", "4096 to 1073741824"},
    {"TOCSIN_CHUNK=2G", "4096 to 1073741824"},
    {"TOCSIN_CHUNK=1T", "suffix K, M or G"},
    {"TOCSIN_CHUNK=4Kb", "suffix K, M or G"},
    {"TOCSIN_CHUNK=K", "suffix K, M or G"},
    {"TOCSIN_CHUNK=99999999999999999999", "4096 to 1073741824"},
    {"TOCSIN_CHUNK=17179869184G", "4096 to 1073741824"}, /* 2^64: must not become 0 */
    {"TOCSIN_CHUNK=17179869185G", "4096 to 1073741824"}, /* must not become 1G */
    {"TOCSIN_CHUNK=1.5M", "4096 to 1073741824"},
    {"TOCSIN_SPIN_US=1000001", "auto, or a number from 0 to 1000000"},
    {"TOCSIN_UNEXPECTED_LIMIT=65535", "auto, or a number from 65536 to 1099511627776 (suffix K, M"},
    {"TOCSIN_SPIN_US=-1", "auto, or a number from 0 to 1000000"},
    {"TOCSIN_SPIN_US=automatic", "auto, or a number from 0 to 1000000"},
    {"TOCSIN_SPIN_US=9223372036854775807", "auto, or a number from 0 to 1000000"},
    {"TOCSIN_STATS=2", "0 or 1"},
    {"TOCSIN_STATS=y", "0 or 1"},
    {"TOCSIN_LOG=loud", "error|warn|info|debug"},
};

/* A variable that is set to nothing is as good as none. */
START_TEST(empty_values)
{
    static const char *const names[] = {
#define NAME(field, name, ...) name "=",
#define TOC_KNOB_ENUM          NAME
#define TOC_KNOB_INT           NAME
#define TOC_KNOB_AUTO          NAME
#define TOC_KNOB_SIZE_AUTO     NAME
#define TOC_KNOB_SIZE          NAME
#define TOC_KNOB_BOOL          NAME
#include "base/env.def"
#undef TOC_KNOB_ENUM
#undef TOC_KNOB_INT
#undef TOC_KNOB_AUTO
#undef TOC_KNOB_SIZE_AUTO
#undef TOC_KNOB_SIZE
#undef TOC_KNOB_BOOL
    };
    struct toc_env plain;
    ck_assert_int_eq(parse("X=1"), 0);
    plain = toc_env;
    for (size_t i = 0; i < UNIT_LENGTH(names); i++) {
        memset(&toc_env, 0x55, sizeof(toc_env));
        ck_assert_msg(parse(names[i]) == 0, "%s is refused: %s", names[i], message);
        ck_assert_mem_eq(&toc_env, &plain, sizeof(plain));
    }
}
END_TEST

/* The value is left as it was, so that the message gets out whatever TOCSIN_LOG says. */
START_TEST(nearest_values)
{
    static const struct {
        const char *entry, *nearest;
    } cases[] = {
        {"TOCSIN_CHUNK=-1", "the nearest is TOCSIN_CHUNK=4096"},
        {"TOCSIN_SIGNAL=-1", "the nearest is TOCSIN_SIGNAL=1"},
        {"TOCSIN_SIGNAL=99999999999999999999999", "the nearest is TOCSIN_SIGNAL=64"},
        {"TOCSIN_LOG=warning", "TOCSIN_LOG=warn"},
        {"TOCSIN_LOG=inf", "TOCSIN_LOG=info"},
        {"TOCSIN_NOTIFY=singal", "TOCSIN_NOTIFY=signal"},
        {"TOCSIN_SIGNAL=65", "TOCSIN_SIGNAL=64"},
        {"TOCSIN_SIGNAL=0", "TOCSIN_SIGNAL=1"},
        {"TOCSIN_CHUNK=1", "TOCSIN_CHUNK=4096"},
        {"TOCSIN_CHUNK=x", "TOCSIN_CHUNK=262144"},
        {"TOCSIN_STATS=2", "TOCSIN_STATS=1"},
    };
    for (size_t i = 0; i < UNIT_LENGTH(cases); i++) {
        ck_assert_int_eq(parse(cases[i].entry), TOC_ERR_ARG);
        ck_assert_msg(strstr(message, cases[i].nearest) != NULL, "no %s in: %s", cases[i].nearest,
                      message);
        ck_assert_int_ge(toc_env.log, 0);
    }
    ck_assert_int_eq(parse("TOCSIN_NOTFIY=poll"), 0);
    ck_assert_ptr_nonnull(strstr(warnings, "the nearest is TOCSIN_NOTIFY"));
}
END_TEST

START_TEST(bad_values)
{
    ck_assert_msg(parse(bad[_i].entry) == TOC_ERR_ARG, "%s was taken", bad[_i].entry);
    ck_assert_msg(strstr(message, bad[_i].entry) != NULL, "no %s in: %s", bad[_i].entry, message);
    ck_assert_msg(strstr(message, bad[_i].allowed) != NULL, "no %s in: %s", bad[_i].allowed,
                  message);
}
END_TEST

START_TEST(long_values_are_cut)
{
    char entry[2000], small[20];
    snprintf(entry, sizeof(entry), "TOCSIN_NOTIFY=");
    memset(entry + strlen(entry), 'x', sizeof(entry) - strlen(entry) - 1);
    entry[sizeof(entry) - 1] = '\0';
    ck_assert_int_eq(parse(entry), TOC_ERR_ARG);
    ck_assert_uint_lt(strlen(message), sizeof(message));
    char *environment[] = {entry, NULL};
    memset(small, '#', sizeof(small));
    ck_assert_int_eq(toc_env_parse(environment, NULL, small, sizeof(small) - 1), TOC_ERR_ARG);
    ck_assert_int_eq(small[sizeof(small) - 1], '#');
    ck_assert_uint_eq(strlen(small), sizeof(small) - 2);
}
END_TEST

START_TEST(unknown_variables_are_told)
{
    ck_assert_int_eq(parse("TOCSIN_NOTIFYX=poll"), 0);
    ck_assert_ptr_nonnull(strstr(warnings, "TOCSIN_NOTIFYX is not"));
    ck_assert_int_eq(parse("TOCSIN_NOTIF=poll"), 0);
    ck_assert_ptr_nonnull(strstr(warnings, "TOCSIN_NOTIF is not"));
    ck_assert_int_eq(toc_env.notify, TOC_ENV_NOTIFY_AUTO);
    ck_assert_int_eq(parse("TOCSIN_=1"), 0);
    ck_assert_ptr_nonnull(strstr(warnings, "TOCSIN_ is not"));
    char *environment[] = {"TOCSIN_A=1", "TOCSIN_B=2", NULL};
    warnings[0] = '\0';
    ck_assert_int_eq(toc_env_parse(environment, NULL, message, sizeof(message)), 0);
    ck_assert_int_eq(toc_env_parse(environment, warn, message, sizeof(message)), 0);
    ck_assert_ptr_nonnull(strstr(warnings, "TOCSIN_A"));
    ck_assert_ptr_nonnull(strstr(warnings, "TOCSIN_B"));
}
END_TEST

START_TEST(others_are_left_alone)
{
    static const char *const others[] = {"TOCSIN_RANK=0",
                                         "TOCSIN_SIZE=4",
                                         "TOCSIN_LOCAL_RANK=0",
                                         "TOCSIN_JOB_FD=3",
                                         "TOCSIN_CC=gcc",
                                         "XTOCSIN_NOTIFY=x",
                                         "TOCSIN=1",
                                         "tocsin_notify=x",
                                         "TOCSIN_NOTIFY",
                                         ""};
    for (size_t i = 0; i < UNIT_LENGTH(others); i++) {
        ck_assert_int_eq(parse(others[i]), 0);
        ck_assert_str_eq(warnings, "");
        ck_assert_int_eq(toc_env.notify, TOC_ENV_NOTIFY_AUTO);
    }
}
END_TEST

START_TEST(print_names_every_knob)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    toc_env_print(out);
    fclose(out);
    for (size_t i = 0; i < UNIT_LENGTH(knobs); i++) {
        char line[200];
        snprintf(line, sizeof(line), "%s (default %s)", knobs[i].name, knobs[i].default_text);
        ck_assert_msg(strstr(text, line) != NULL, "no \"%s\"", line);
    }
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("env");
    TCase *tcase = unit_case(suite, "env", 60);
    tcase_add_test(tcase, defaults);
    tcase_add_loop_test(tcase, good_values, 0, (int)UNIT_LENGTH(good));
    tcase_add_test(tcase, empty_values);
    tcase_add_test(tcase, nearest_values);
    tcase_add_loop_test(tcase, bad_values, 0, (int)UNIT_LENGTH(bad));
    tcase_add_test(tcase, long_values_are_cut);
    tcase_add_test(tcase, unknown_variables_are_told);
    tcase_add_test(tcase, others_are_left_alone);
    tcase_add_test(tcase, print_names_every_knob);
    return unit_run(suite);
}
