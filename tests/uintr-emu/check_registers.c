/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A storm of user interrupts over loops that hold known values in registers, flags and below the
 * stack pointer. The handler spoils whatever it can.
 */
#include <cpuid.h>
#include <fenv.h>

#include "striker.h"

#define STORM   60 /* interrupts over each of the loops, at least */
#define SPIN    "mov $30000, %%ecx\n1:\tlea -1(%%rcx), %%rcx\n\tjrcxz 2f\n\tjmp 1b\n2:\n\t"
#define CW_DOWN 0x077f /* x87 control word: round down, 64 bits */
#define AC      UINT64_C(0x40000)
#define DF      UINT64_C(0x400)
#define STATUS  UINT64_C(0x8d5) /* CF PF AF ZF SF OF */

static struct striker *shared;
static bool have_avx, have_avx512;
static _Atomic bool wrong_inside;

static __attribute__((target("avx512f"))) void spoil_avx512(void)
{
    __asm__ volatile("vpternlogd $0xff, %%zmm0, %%zmm0, %%zmm0\n\t"
                     "vmovdqa64 %%zmm0, %%zmm1\n\tvmovdqa64 %%zmm0, %%zmm15\n\t"
                     "vmovdqa64 %%zmm0, %%zmm16\n\tvmovdqa64 %%zmm0, %%zmm31\n\t"
                     "kxnorw %%k0, %%k0, %%k0\n\tkxnorw %%k1, %%k1, %%k1\n\t"
                     "kxnorw %%k7, %%k7, %%k7\n\t"
                     :
                     :
                     : "xmm0", "xmm1", "xmm15", "xmm16", "xmm31", "k1", "k7");
}

static void spoil(void)
{
    static const double values[2] = {-1.5, 42.0};
    static const uint16_t control = 0x0f7f;
    static const uint32_t mxcsr = 0x7fbf;

    if (have_avx512)
        spoil_avx512();
    else if (have_avx)
        __asm__ volatile("vpcmpeqd %%xmm0, %%xmm0, %%xmm0\n\t"
                         "vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0\n\tvmovaps %%ymm0, %%ymm15" ::
                             : "xmm0", "xmm15");
    __asm__ volatile("movups %0, %%xmm2\n\tmovups %0, %%xmm7\n\tmovups %0, %%xmm14\n\t"
                     "fldl %0\n\tfldl %0\n\tfldcw %1\n\tldmxcsr %2\n\t"
                     "mov $-1, %%r8\n\tmov %%r8, %%r9\n\tmov %%r8, %%r10\n\tmov %%r8, %%r11\n\t"
                     "mov %%r8, %%rax\n\tmov %%r8, %%rdx\n\tstc"
                     :
                     : "m"(values), "m"(control), "m"(mxcsr)
                     : "xmm2", "xmm7", "xmm14", "r8", "r9", "r10", "r11", "rax", "rdx", "cc",
                       "memory");
}

/* What compiled code relies on when the handler begins. */
static void check_begin(void)
{
    static char text[64], copy[64];
    uint32_t mxcsr;
    uint16_t control;
    uint64_t flags;
    volatile double zero = 0, one = 1, three = 3;
    char unaligned[16];

    __asm__ volatile("stmxcsr %0\n\tfnstcw %1\n\tpushfq\n\tpop %2"
                     : "=m"(mxcsr), "=m"(control), "=r"(flags));
    if (mxcsr != 0x1f80 || control != 0x37f || (flags & (DF | AC)) != 0)
        wrong_inside = true;
    text[0]++;
    __asm__ volatile("rep movsb" : : "S"(text), "D"(copy), "c"(sizeof(text)) : "memory");
    if (memcmp(text, copy, sizeof(text)) != 0 || one / zero < one ||
        one / three >= 0.333333333333334)
        wrong_inside = true;                               /* and no SIGFPE */
    *(volatile uint64_t *)(void *)(unaligned + 1) = flags; /* and no SIGBUS */
}

static void on_interrupt(void)
{
    check_begin();
    spoil();
}

static void setup(void)
{
    unsigned a, b, c, d;
    have_avx = __builtin_cpu_supports("avx");
    have_avx512 = __builtin_cpu_supports("avx512f");
    (void)__get_cpuid(1, &a, &b, &c, &d);
    shared = striker_shared();
    striker_fork(shared, 20);
    striker_start(on_interrupt);
    striker_publish(shared);
}

static void teardown(void)
{
    striker_join(shared);
    toc_notify_uintr.stop();
    ck_assert(!wrong_inside);
    ck_assert_uint_eq(shared->by_signal, 0);
}

/* Calls `hold` until the storm has gone over it. */
static void weather(void (*hold)(void))
{
    uint64_t end = toc_stats.uintr_taken + STORM;
    double limit = unit_now() + 60;
    while (toc_stats.uintr_taken < end) {
        hold();
        UNIT_CHECK(unit_now() < limit);
    }
}

/* ---- general registers and flags */

static void hold_general(void)
{
    uint64_t out[14];
    /* rcx counts; rsp carries the stack. Each of the others holds its number times a constant. */
    __asm__ volatile("push %%rbx\n\tpush %%rbp\n\tpush %%rdi\n\t"
                     "mov $0x0101010101010101, %%rax\n\t"
                     "lea (%%rax, %%rax), %%rdx\n\tlea (%%rdx, %%rax), %%rbx\n\t"
                     "lea (%%rbx, %%rax), %%rbp\n\tlea (%%rbp, %%rax), %%rsi\n\t"
                     "lea (%%rsi, %%rax), %%rdi\n\tlea (%%rdi, %%rax), %%r8\n\t"
                     "lea (%%r8, %%rax), %%r9\n\tlea (%%r9, %%rax), %%r10\n\t"
                     "lea (%%r10, %%rax), %%r11\n\tlea (%%r11, %%rax), %%r12\n\t"
                     "lea (%%r12, %%rax), %%r13\n\tlea (%%r13, %%rax), %%r14\n\t"
                     "lea (%%r14, %%rax), %%r15\n\t" SPIN "mov (%%rsp), %%rcx\n\t"
                     "mov %%rax, (%%rcx)\n\tmov %%rdx, 8(%%rcx)\n\tmov %%rbx, 16(%%rcx)\n\t"
                     "mov %%rbp, 24(%%rcx)\n\tmov %%rsi, 32(%%rcx)\n\tmov %%rdi, 40(%%rcx)\n\t"
                     "mov %%r8, 48(%%rcx)\n\tmov %%r9, 56(%%rcx)\n\tmov %%r10, 64(%%rcx)\n\t"
                     "mov %%r11, 72(%%rcx)\n\tmov %%r12, 80(%%rcx)\n\tmov %%r13, 88(%%rcx)\n\t"
                     "mov %%r14, 96(%%rcx)\n\tmov %%r15, 104(%%rcx)\n\t"
                     "pop %%rdi\n\tpop %%rbp\n\tpop %%rbx"
                     :
                     : "D"(out)
                     : "rax", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "memory", "cc");
    for (unsigned i = 0; i < UNIT_LENGTH(out); i++)
        UNIT_CHECK(out[i] == (i + 1) * UINT64_C(0x0101010101010101));
}

static uint64_t spin_with_flags(uint64_t flags)
{
    uint64_t after;
    __asm__ volatile("pushfq\n\tpushfq\n\tandq %2, (%%rsp)\n\torq %1, (%%rsp)\n\tpopfq\n\t" SPIN
                     "pushfq\n\tpop %0\n\tpopfq"
                     : "=&r"(after)
                     : "r"(flags), "r"(~(STATUS | DF | AC))
                     : "rcx", "memory", "cc");
    return after & (STATUS | DF | AC);
}

static void hold_flags(void)
{
    static const uint64_t tried[] = {0,       STATUS,      STATUS & ~UINT64_C(0x40), DF,
                                     DF | AC, AC | STATUS, UINT64_C(0x801)};
    for (size_t i = 0; i < UNIT_LENGTH(tried); i++)
        UNIT_CHECK(spin_with_flags(tried[i]) == tried[i]);
}

/* 128 bytes below the stack pointer are a leaf function's. */
static void hold_red_zone(void)
{
    uint64_t sum = 0;
    __asm__ volatile("mov $16, %%ecx\n"
                     "3:\tmov %%rcx, -136(%%rsp, %%rcx, 8)\n\tdec %%ecx\n\tjnz 3b\n\t" SPIN
                     "mov $16, %%ecx\n"
                     "4:\tadd -136(%%rsp, %%rcx, 8), %0\n\tdec %%ecx\n\tjnz 4b"
                     : "+&r"(sum)
                     :
                     : "rcx", "memory", "cc");
    UNIT_CHECK(sum == 136);
}

/* ---- x87 */

static void hold_x87(void)
{
    uint8_t before[108], after[108];
    double in[5] = {1.25, -2.5, 1e300, 3.0, -0.0}, out[5];
    uint16_t down = CW_DOWN;
    __asm__ volatile("fninit\n\tfldcw %4\n\t"
                     "fldl (%2)\n\tfldl 8(%2)\n\tfldl 16(%2)\n\tfldl 24(%2)\n\tfldl 32(%2)\n\t"
                     "fnsave (%0)\n\tfrstor (%0)\n\t" SPIN "fnsave (%1)\n\tfrstor (%1)\n\t"
                     "fstpl 32(%3)\n\tfstpl 24(%3)\n\tfstpl 16(%3)\n\tfstpl 8(%3)\n\tfstpl (%3)\n\t"
                     "fninit"
                     :
                     : "r"(before), "r"(after), "r"(in), "r"(out), "m"(down)
                     : "rcx", "memory", "cc");
    UNIT_CHECK(memcmp(in, out, sizeof(in)) == 0);
    /* Control, status, tags; and the registers. Not the addresses of the last instruction. */
    UNIT_CHECK(memcmp(before, after, 12) == 0);
    UNIT_CHECK(memcmp(before + 28, after + 28, 80) == 0);
    uint16_t control;
    memcpy(&control, after, sizeof(control));
    UNIT_CHECK(control == CW_DOWN);
}

/* ---- vectors */

static uint8_t vectors_in[32][64] __attribute__((aligned(64)));
static uint8_t vectors_out[32][64] __attribute__((aligned(64)));
static uint64_t masks_in[8], masks_out[8];

static void fill(void)
{
    static uint64_t state = 1;
    for (size_t i = 0; i < sizeof(vectors_in); i++)
        ((uint8_t *)vectors_in)[i] = (uint8_t)unit_random(&state);
    for (size_t i = 0; i < 8; i++)
        masks_in[i] = unit_random(&state) & 0xffff;
    memset(vectors_out, 0, sizeof(vectors_out));
    memset(masks_out, 0, sizeof(masks_out));
}

static void compare(unsigned count, size_t bytes)
{
    for (unsigned i = 0; i < count; i++)
        UNIT_CHECK(memcmp(vectors_in[i], vectors_out[i], bytes) == 0);
}

#define XMM_CLOBBERS                                                                               \
    "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",       \
        "xmm11", "xmm12", "xmm13", "xmm14", "xmm15"
/* One instruction for each of 16 registers, 64 bytes apart. */
#define EACH_16(X)                                                                                 \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#define EACH_HIGH(X)                                                                               \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) X(30) X(31)
#define EACH_MASK(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7)
#define LOAD_X(n)    "movaps 64*" #n "(%0), %%xmm" #n "\n\t"
#define STORE_X(n)   "movaps %%xmm" #n ", 64*" #n "(%1)\n\t"
#define LOAD_Y(n)    "vmovaps 64*" #n "(%0), %%ymm" #n "\n\t"
#define STORE_Y(n)   "vmovaps %%ymm" #n ", 64*" #n "(%1)\n\t"
#define LOAD_Z(n)    "vmovaps 64*" #n "(%0), %%zmm" #n "\n\t"
#define STORE_Z(n)   "vmovaps %%zmm" #n ", 64*" #n "(%1)\n\t"
#define LOAD_K(n)    "kmovw 8*" #n "(%2), %%k" #n "\n\t"
#define STORE_K(n)   "kmovw %%k" #n ", 8*" #n "(%3)\n\t"

static void hold_sse(void)
{
    fill();
    __asm__ volatile(EACH_16(LOAD_X) SPIN EACH_16(STORE_X)
                     :
                     : "r"(vectors_in), "r"(vectors_out)
                     : "rcx", "memory", "cc", XMM_CLOBBERS);
    compare(16, 16);
}

static __attribute__((target("avx"))) void hold_avx(void)
{
    fill();
    __asm__ volatile(EACH_16(LOAD_Y) SPIN EACH_16(STORE_Y) "vzeroupper"
                     :
                     : "r"(vectors_in), "r"(vectors_out)
                     : "rcx", "memory", "cc", XMM_CLOBBERS);
    compare(16, 32);
}

static __attribute__((target("avx512f"))) void hold_avx512(void)
{
    fill();
    __asm__ volatile(EACH_16(LOAD_Z) EACH_HIGH(LOAD_Z) EACH_MASK(LOAD_K) SPIN EACH_16(STORE_Z)
                         EACH_HIGH(STORE_Z) EACH_MASK(STORE_K) "vzeroupper"
                     :
                     : "r"(vectors_in), "r"(vectors_out), "r"(masks_in), "r"(masks_out)
                     : "rcx", "memory", "cc", XMM_CLOBBERS, "xmm16", "xmm17", "xmm18", "xmm19",
                       "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27",
                       "xmm28", "xmm29", "xmm30", "xmm31", "k1", "k2", "k3", "k4", "k5", "k6",
                       "k7");
    compare(32, 64);
    UNIT_CHECK(memcmp(masks_in, masks_out, sizeof(masks_in)) == 0);
}

/* ---- floating-point environment */

static void hold_mxcsr(void)
{
    /* Round up, denormals as zeros, flush to zero, all traps on but inexact, no flags. */
    uint32_t mine = 0xd040, after, saved;
    __asm__ volatile("stmxcsr %1\n\tldmxcsr %2\n\t" SPIN "stmxcsr %0\n\tldmxcsr %1"
                     : "=m"(after), "=m"(saved)
                     : "m"(mine)
                     : "rcx", "memory", "cc");
    UNIT_CHECK(after == mine);
}

static void hold_environment(void)
{
    volatile double third = 1;
    ck_assert_int_eq(feclearexcept(FE_ALL_EXCEPT), 0);
    ck_assert_int_ne(feenableexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW), -1);
    ck_assert_int_eq(fesetround(FE_UPWARD), 0);
    for (int i = 0; i < 2000; i++) {
        third = 1;
        third /= 3;
        UNIT_CHECK(third * 3 > 1);
    }
    int traps = fegetexcept(), rounding = fegetround();
    int raised = fetestexcept(FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW);
    fedisableexcept(FE_ALL_EXCEPT);
    fesetround(FE_TONEAREST);
    UNIT_CHECK(traps == (FE_DIVBYZERO | FE_INVALID | FE_OVERFLOW));
    UNIT_CHECK(rounding == FE_UPWARD);
    UNIT_CHECK(raised == 0);
}

START_TEST(general_registers)
{
    weather(hold_general);
}
END_TEST

START_TEST(flags)
{
    weather(hold_flags);
}
END_TEST

START_TEST(red_zone)
{
    weather(hold_red_zone);
}
END_TEST

START_TEST(x87)
{
    weather(hold_x87);
}
END_TEST

START_TEST(sse)
{
    weather(hold_sse);
}
END_TEST

START_TEST(avx)
{
    if (have_avx)
        weather(hold_avx);
}
END_TEST

START_TEST(avx512)
{
    if (have_avx512)
        weather(hold_avx512);
}
END_TEST

START_TEST(mxcsr)
{
    weather(hold_mxcsr);
}
END_TEST

START_TEST(floating_point_environment)
{
    weather(hold_environment);
}
END_TEST

static Suite *suite_of(void)
{
    Suite *suite = suite_create("registers under user interrupts");
    TCase *tcase = unit_case(suite, "registers", 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, general_registers);
    tcase_add_test(tcase, flags);
    tcase_add_test(tcase, red_zone);
    tcase_add_test(tcase, x87);
    tcase_add_test(tcase, sse);
    tcase_add_test(tcase, avx);
    tcase_add_test(tcase, avx512);
    tcase_add_test(tcase, mxcsr);
    tcase_add_test(tcase, floating_point_environment);
    return suite;
}

int main(int argc, char **argv)
{
    (void)argc;
    striker_emulate(argv);
    return unit_run(suite_of());
}
