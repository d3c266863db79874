/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/core/handle: the codec of handles. */
#include <string.h>

#include "core/handle.h"
#include "unit.h"

struct thing {
    struct toc_object object;
    unsigned char content[40];
};

static struct thing *make(enum toc_kind kind)
{
    struct thing *thing = toc_handle_alloc(kind, sizeof(*thing));
    UNIT_CHECK(thing != NULL);
    return thing;
}

/* Run for every kind. */
START_TEST(names_its_object)
{
    enum toc_kind kind = (enum toc_kind)_i;
    struct thing *thing = make(kind);
    uintptr_t handle = toc_handle_value(thing);

    ck_assert_uint_ge(handle, TOC_HANDLE_PREDEFINED_END);
    ck_assert_uint_lt(handle, UINT64_C(1) << 31);
    ck_assert_uint_eq(thing->object.refs, 1);
    for (size_t i = 0; i < sizeof(thing->content); i++)
        ck_assert_uint_eq(thing->content[i], 0);
    ck_assert_uint_eq(toc_handle_live(kind), 1);
    for (int other = 1; other < TOC_KIND_END; other++)
        ck_assert_ptr_eq(toc_handle_lookup((enum toc_kind)other, handle),
                         other == (int)kind ? thing : NULL);
    toc_handle_free(thing);
    ck_assert_uint_eq(toc_handle_live(kind), 0);
    ck_assert_ptr_null(toc_handle_lookup(kind, handle));
}
END_TEST

START_TEST(generations_tell_stale_handles)
{
    uintptr_t seen[256];
    struct thing *first = make(TOC_KIND_COMM);
    seen[0] = toc_handle_value(first);
    for (int i = 1; i < 256; i++) {
        toc_handle_free(first);
        struct thing *again = make(TOC_KIND_COMM);
        ck_assert_ptr_eq(again, first);
        seen[i] = toc_handle_value(again);
        for (int earlier = 0; earlier < i; earlier++) {
            UNIT_CHECK(seen[earlier] != seen[i]);
            UNIT_CHECK(toc_handle_lookup(TOC_KIND_COMM, seen[earlier]) == NULL);
        }
    }
    /* eight bits: the first value comes back, and nothing but the generation has changed */
    toc_handle_free(first);
    ck_assert_uint_eq(toc_handle_value(make(TOC_KIND_COMM)), seen[0]);
}
END_TEST

START_TEST(foreign_values_name_nothing)
{
    static const uintptr_t foreign[] = {
        0, 1, 0x3ff, 0x400, 0x7fffffff, 0x80000000, 0xffffffff, UINTPTR_MAX, UINTPTR_MAX / 2};
    struct thing *thing = make(TOC_KIND_REQUEST);
    uintptr_t handle = toc_handle_value(thing);
    for (size_t i = 0; i < UNIT_LENGTH(foreign); i++)
        for (int kind = 1; kind < TOC_KIND_END; kind++)
            ck_assert_ptr_null(toc_handle_lookup((enum toc_kind)kind, foreign[i]));
    /* every other value of a bit */
    for (unsigned bit = 0; bit < 64; bit++)
        ck_assert_ptr_null(toc_handle_lookup(TOC_KIND_REQUEST, handle ^ (uintptr_t)1 << bit));
    ck_assert_ptr_null(toc_handle_lookup(TOC_KIND_REQUEST, (uintptr_t)thing));
    uint64_t seed = 7;
    for (int i = 0; i < 1000000; i++) {
        uintptr_t value = (uintptr_t)unit_random(&seed) << 1 ^ unit_random(&seed);
        UNIT_CHECK(value == handle || toc_handle_lookup(TOC_KIND_REQUEST, value) == NULL);
    }
    ck_assert_ptr_eq(toc_handle_lookup(TOC_KIND_REQUEST, handle), thing);
}
END_TEST

START_TEST(objects_do_not_overlap)
{
    enum { N = 3000 }; /* several slabs */
    static struct thing *things[N];
    for (int i = 0; i < N; i++) {
        things[i] = make(TOC_KIND_DATATYPE);
        memset(things[i]->content, i & 0xff, sizeof(things[i]->content));
    }
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), N);
    for (int i = 0; i < N; i++) {
        UNIT_CHECK(toc_handle_lookup(TOC_KIND_DATATYPE, toc_handle_value(things[i])) == things[i]);
        for (size_t byte = 0; byte < sizeof(things[i]->content); byte++)
            UNIT_CHECK(things[i]->content[byte] == ((unsigned)i & 0xff));
        UNIT_CHECK((uintptr_t)things[i] % 16 == 0);
    }
    for (int i = 0; i < N; i += 2)
        toc_handle_free(things[i]);
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_DATATYPE), N / 2);
    for (int i = 1; i < N; i += 2)
        UNIT_CHECK(toc_handle_lookup(TOC_KIND_DATATYPE, toc_handle_value(things[i])) == things[i]);
}
END_TEST

START_TEST(recycling_allocates_nothing)
{
    ck_assert_ptr_null(toc_handle_alloc_recycled(TOC_KIND_MESSAGE));
    struct thing *a = make(TOC_KIND_MESSAGE), *b = make(TOC_KIND_MESSAGE);
    ck_assert_ptr_null(toc_handle_alloc_recycled(TOC_KIND_MESSAGE));
    uintptr_t stale = toc_handle_value(a);
    toc_handle_free(a);
    toc_handle_free(b);
    struct thing *c = toc_handle_alloc_recycled(TOC_KIND_MESSAGE);
    struct thing *d = toc_handle_alloc_recycled(TOC_KIND_MESSAGE);
    ck_assert((c == a && d == b) || (c == b && d == a));
    ck_assert_ptr_null(toc_handle_alloc_recycled(TOC_KIND_MESSAGE));
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_MESSAGE), 2);
    ck_assert_uint_eq(a->object.refs, 1);
    ck_assert_ptr_null(a->object.next_free);
    ck_assert_ptr_null(toc_handle_lookup(TOC_KIND_MESSAGE, stale));
    ck_assert_ptr_eq(toc_handle_lookup(TOC_KIND_MESSAGE, toc_handle_value(a)), a);
}
END_TEST

START_TEST(a_new_object_is_zeroed)
{
    struct thing *thing = make(TOC_KIND_INFO);
    memset(thing->content, 0xff, sizeof(thing->content));
    toc_handle_free(thing);
    ck_assert_ptr_eq(make(TOC_KIND_INFO), thing);
    for (size_t i = 0; i < sizeof(thing->content); i++)
        ck_assert_uint_eq(thing->content[i], 0);
}
END_TEST

START_TEST(indices_run_out)
{
    enum { MOST = 1 << 19 };
    struct toc_object *last = NULL;
    for (int i = 0; i < MOST; i++) {
        last = toc_handle_alloc(TOC_KIND_GROUP, sizeof(*last));
        UNIT_CHECK(last != NULL);
    }
    ck_assert_ptr_null(toc_handle_alloc(TOC_KIND_GROUP, sizeof(*last)));
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_GROUP), MOST);
    uintptr_t handle = toc_handle_value(last);
    ck_assert_ptr_eq(toc_handle_lookup(TOC_KIND_GROUP, handle), last);
    toc_handle_free(last);
    ck_assert_ptr_eq(toc_handle_alloc(TOC_KIND_GROUP, sizeof(*last)), last);
    ck_assert_uint_ne(toc_handle_value(last), handle);
    ck_assert_ptr_null(toc_handle_alloc(TOC_KIND_GROUP, sizeof(*last)));
}
END_TEST

START_TEST(predefined_handles_are_bound)
{
    static struct thing world, self;
    toc_handle_bind(TOC_KIND_COMM, 0x101, &world);
    toc_handle_bind(TOC_KIND_GROUP, 0x3ff, &self);
    ck_assert_ptr_eq(toc_handle_lookup(TOC_KIND_COMM, 0x101), &world);
    ck_assert_ptr_eq(toc_handle_lookup(TOC_KIND_GROUP, 0x3ff), &self);
    ck_assert_uint_eq(toc_handle_value(&world), 0x101);
    ck_assert_ptr_null(toc_handle_lookup(TOC_KIND_GROUP, 0x101));
    ck_assert_ptr_null(toc_handle_lookup(TOC_KIND_COMM, 0x100));
    ck_assert_ptr_null(toc_handle_lookup(TOC_KIND_COMM, 0x102));
    ck_assert_uint_eq(toc_handle_live(TOC_KIND_COMM), 0);
}
END_TEST

static void count_up(void *object, void *argument)
{
    ck_assert_uint_eq(((struct thing *)object)->content[0], 1);
    ++*(int *)argument;
}

START_TEST(each_visits_the_live_ones)
{
    struct thing *things[5];
    int visits = 0;
    for (int i = 0; i < 5; i++) {
        things[i] = make(TOC_KIND_OP);
        things[i]->content[0] = 1;
    }
    things[1]->content[0] = 0;
    toc_handle_free(things[1]);
    toc_handle_each(TOC_KIND_OP, count_up, &visits);
    ck_assert_int_eq(visits, 4);
    visits = 0;
    toc_handle_each(TOC_KIND_WIN, count_up, &visits);
    ck_assert_int_eq(visits, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("handle");
    TCase *tcase = unit_case(suite, "handle", 60);
    tcase_add_loop_test(tcase, names_its_object, 1, TOC_KIND_END);
    tcase_add_test(tcase, generations_tell_stale_handles);
    tcase_add_test(tcase, foreign_values_name_nothing);
    tcase_add_test(tcase, objects_do_not_overlap);
    tcase_add_test(tcase, recycling_allocates_nothing);
    tcase_add_test(tcase, a_new_object_is_zeroed);
    tcase_add_test(tcase, indices_run_out);
    tcase_add_test(tcase, predefined_handles_are_bound);
    tcase_add_test(tcase, each_visits_the_live_ones);
    return unit_run(suite);
}
