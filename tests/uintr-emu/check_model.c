/* SPDX-License-Identifier: BSD-3-Clause */
/* The model against the operations that Intel's manual gives for the five instructions, for the
 * recognition of notifications and for the delivery of user interrupts. */
#include <string.h>

#include "../unit/unit.h"
#include "model.h"

#define CODE(...) ((const uint8_t[16]){__VA_ARGS__})
#define CF        0x1
#define DF        0x400
#define TF        0x100
#define RF        0x10000
#define AC        0x40000
#define STATUS    0x8d5 /* CF PF AF ZF SF OF */

static struct emu_upid upid, other_upid;
static struct emu_uitte table[4];
static struct emu_cpu cpu;
static greg_t regs[NGREG];
static struct emu_upid *notify;
static uint64_t stack[64] __attribute__((aligned(64)));
#define STACK_TOP (stack + 64)

static void setup(void)
{
    memset(&upid, 0, sizeof(upid));
    memset(table, 0, sizeof(table));
    memset(regs, 0, sizeof(regs));
    memset(stack, 0xaa, sizeof(stack));
    table[2] = (struct emu_uitte){.valid = 1, .vector = 5, .upid = (uintptr_t)&upid};
    cpu = (struct emu_cpu){.handler = 0x401000,
                           .stack_adjust = 128,
                           .upid = &upid,
                           .uitt = table,
                           .uittsz = 3,
                           .tt_valid = true};
    regs[REG_RSP] = (greg_t)(stack + 48);
    regs[REG_RIP] = 0x400000;
    regs[REG_EFL] = 0x202;
}

static enum emu_fault run(enum emu_op op, uint64_t rax)
{
    struct emu_insn insn = {.op = op, .length = 4};
    regs[REG_RAX] = (greg_t)rax;
    return emu_execute(&cpu, &insn, regs, &notify);
}

/* ---- decoding */

START_TEST(decodes_the_five)
{
    struct emu_insn insn;
    ck_assert(emu_decode(CODE(0xf3, 0x0f, 0x01, 0xec), &insn));
    ck_assert_int_eq(insn.op, EMU_UIRET);
    ck_assert(emu_decode(CODE(0xf3, 0x0f, 0x01, 0xed), &insn));
    ck_assert_int_eq(insn.op, EMU_TESTUI);
    ck_assert(emu_decode(CODE(0xf3, 0x0f, 0x01, 0xee), &insn));
    ck_assert_int_eq(insn.op, EMU_CLUI);
    ck_assert(emu_decode(CODE(0xf3, 0x0f, 0x01, 0xef), &insn));
    ck_assert_int_eq(insn.op, EMU_STUI);
    ck_assert_uint_eq(insn.length, 4);
    ck_assert(emu_decode(CODE(0xf3, 0x48, 0x0f, 0x01, 0xef), &insn));
    ck_assert_uint_eq(insn.length, 5);
}
END_TEST

/* Every register, with the REX bits that say nothing about it set and clear. */
START_TEST(decodes_senduipi_registers)
{
    for (unsigned rex = 0; rex < 16; rex++) {
        for (unsigned reg = 0; reg < 8; reg++) {
            struct emu_insn insn;
            ck_assert(emu_decode(CODE(0xf3, 0x40 | rex, 0x0f, 0xc7, 0xf0 | reg), &insn));
            ck_assert_int_eq(insn.op, EMU_SENDUIPI);
            ck_assert_uint_eq(insn.reg, reg + (rex & 1 ? 8 : 0));
            ck_assert_uint_eq(insn.length, 5);
            ck_assert(emu_decode(CODE(0xf3, 0x0f, 0xc7, 0xf0 | reg), &insn));
            ck_assert_uint_eq(insn.reg, reg);
            ck_assert_uint_eq(insn.length, 4);
        }
    }
}
END_TEST

START_TEST(leaves_others_alone)
{
    struct emu_insn insn;
    ck_assert(!emu_decode(CODE(0x0f, 0x0b), &insn));             /* ud2 */
    ck_assert(!emu_decode(CODE(0x0f, 0xc7, 0xf0), &insn));       /* rdrand */
    ck_assert(!emu_decode(CODE(0xf3, 0x0f, 0xc7, 0xf8), &insn)); /* rdpid */
    ck_assert(!emu_decode(CODE(0xf3, 0x0f, 0xc7, 0x30), &insn)); /* vmxon */
    ck_assert(!emu_decode(CODE(0xf3, 0x0f, 0x01, 0xe8), &insn)); /* setssbsy */
    ck_assert(!emu_decode(CODE(0xf3, 0x0f, 0x01, 0xf0), &insn));
    ck_assert(!emu_decode(CODE(0x0f, 0x01, 0xef), &insn));             /* wrpkru */
    ck_assert(!emu_decode(CODE(0x48, 0xf3, 0x0f, 0x01, 0xef), &insn)); /* REX before the prefix */
    ck_assert(!emu_decode(CODE(0xf0, 0xf3, 0x0f, 0x01, 0xef), &insn)); /* lock */
}
END_TEST

/* Only as far as the bytes fit: the byte behind may not be mapped. */
START_TEST(reads_no_further_than_the_instruction)
{
    static const uint8_t whole[] = {0xf3, 0x49, 0x0f, 0xc7, 0xf1};
    struct emu_insn insn;
    for (size_t length = 1; length < sizeof(whole); length++) {
        uint8_t *code = malloc(length); /* valgrind and ASan see a byte too many */
        memcpy(code, whole, length);
        code[length - 1] ^= 0xff;
        ck_assert(!emu_decode(code, &insn));
        free(code);
    }
}
END_TEST

/* ---- senduipi */

START_TEST(sends)
{
    ck_assert_int_eq(run(EMU_SENDUIPI, 2), EMU_NONE);
    ck_assert_ptr_eq(notify, &upid);
    ck_assert_uint_eq(upid.pir, 1u << 5);
    ck_assert_uint_eq(upid.status, EMU_ON);
    ck_assert_int_eq(regs[REG_RIP], 0x400004);
}
END_TEST

START_TEST(takes_the_index_from_the_register)
{
    struct emu_insn insn = {.op = EMU_SENDUIPI, .length = 5, .reg = 9};
    regs[REG_R9] = 2;
    regs[REG_RAX] = regs[REG_RCX] = 100;
    ck_assert_int_eq(emu_execute(&cpu, &insn, regs, &notify), EMU_NONE);
    ck_assert_ptr_eq(notify, &upid);
    ck_assert_int_eq(regs[REG_RIP], 0x400005);
}
END_TEST

/* ON: somebody else's notification brings this vector along. */
START_TEST(coalesces)
{
    upid.status = EMU_ON;
    upid.pir = 1;
    ck_assert_int_eq(run(EMU_SENDUIPI, 2), EMU_NONE);
    ck_assert_ptr_null(notify);
    ck_assert_uint_eq(upid.pir, 1u << 5 | 1);
    ck_assert_uint_eq(upid.status, EMU_ON);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(run(EMU_SENDUIPI, 2), EMU_NONE);
    ck_assert_uint_eq(upid.pir, 1u << 5 | 1);
}
END_TEST

START_TEST(suppressed_is_posted_all_the_same)
{
    upid.status = EMU_SN;
    ck_assert_int_eq(run(EMU_SENDUIPI, 2), EMU_NONE);
    ck_assert_ptr_null(notify);
    ck_assert_uint_eq(upid.pir, 1u << 5);
    ck_assert_uint_eq(upid.status, EMU_SN);
}
END_TEST

/* Bits 2 to 7 of the status are the kernel's: neither looked at nor changed. */
START_TEST(keeps_the_kernels_status_bits)
{
    upid.status = 0x80;
    ck_assert_int_eq(run(EMU_SENDUIPI, 2), EMU_NONE);
    ck_assert_ptr_eq(notify, &upid);
    ck_assert_uint_eq(upid.status, 0x80 | EMU_ON);
}
END_TEST

static void expect_fault(uint64_t index, enum emu_fault fault)
{
    notify = &other_upid;
    ck_assert_int_eq(run(EMU_SENDUIPI, index), fault);
    ck_assert_ptr_null(notify);
    ck_assert_uint_eq(upid.pir, 0);
    ck_assert_uint_eq(upid.status, 0);
    ck_assert_int_eq(regs[REG_RIP], 0x400000);
}

START_TEST(faults_without_a_table)
{
    cpu.tt_valid = false;
    expect_fault(2, EMU_UD);
    expect_fault(100, EMU_UD); /* before the index is looked at */
}
END_TEST

START_TEST(faults_on_a_bad_index)
{
    table[3] = table[2];
    ck_assert_int_eq(run(EMU_SENDUIPI, 3), EMU_NONE); /* UITTSZ itself is valid */
    setup();
    expect_fault(4, EMU_GP);
    expect_fault(UINT64_C(1) << 32 | 2, EMU_GP); /* all 64 bits count */
    expect_fault(UINT64_MAX, EMU_GP);
}
END_TEST

START_TEST(faults_on_a_bad_entry)
{
    expect_fault(1, EMU_GP); /* not valid */
    const struct emu_uitte good = table[2];
    table[2].valid = 3;
    expect_fault(2, EMU_GP);
    table[2] = good;
    table[2].reserved[5] = 1;
    expect_fault(2, EMU_GP);
    table[2] = good;
    table[2].vector = 64;
    expect_fault(2, EMU_GP);
    table[2] = good;
    table[2].upid += 8;
    expect_fault(2, EMU_GP);
    table[2] = good;
    upid.reserved2 = 1;
    expect_fault(2, EMU_GP);
}
END_TEST

/* ---- recognition and delivery */

START_TEST(recognizes)
{
    upid.status = EMU_ON | EMU_SN;
    upid.pir = 1u << 5 | 1;
    cpu.uirr = 1u << 9;
    emu_recognize(&cpu);
    ck_assert_uint_eq(upid.status, EMU_SN);
    ck_assert_uint_eq(upid.pir, 0);
    ck_assert_uint_eq(cpu.uirr, 1u << 9 | 1u << 5 | 1);
}
END_TEST

START_TEST(is_due_with_request_and_flag_only)
{
    ck_assert(!emu_is_due(&cpu));
    cpu.uif = true;
    ck_assert(!emu_is_due(&cpu));
    cpu.uirr = 1;
    ck_assert(emu_is_due(&cpu));
    cpu.uif = false;
    ck_assert(!emu_is_due(&cpu));
}
END_TEST

START_TEST(delivers_the_frame)
{
    uint64_t *rsp = stack + 48;
    for (int odd = 0; odd < 2; odd++) {
        setup();
        cpu.uif = true;
        cpu.uirr = 1u << 5;
        regs[REG_RSP] = (greg_t)(rsp + odd);
        regs[REG_EFL] = 0x202 | TF | RF | DF | AC | CF;
        emu_deliver(&cpu, regs);
        uint64_t *frame = (uint64_t *)regs[REG_RSP];
        /* 128 bytes below, rounded down to 16, then four words. */
        ck_assert_ptr_eq(frame, rsp - 16 - 4);
        ck_assert_uint_eq(frame[0], 5);
        ck_assert_uint_eq(frame[1], 0x400000);
        ck_assert_uint_eq(frame[2], 0x202 | TF | RF | DF | AC | CF);
        ck_assert_uint_eq(frame[3], (uintptr_t)(rsp + odd));
        ck_assert_uint_eq(frame[-1], UINT64_C(0xaaaaaaaaaaaaaaaa));
        ck_assert_uint_eq(frame[4], UINT64_C(0xaaaaaaaaaaaaaaaa)); /* the red zone */
        ck_assert_int_eq(regs[REG_RIP], 0x401000);
        ck_assert_int_eq(regs[REG_EFL], 0x202 | DF | AC | CF);
        ck_assert(!cpu.uif);
        ck_assert_uint_eq(cpu.uirr, 0);
    }
}
END_TEST

START_TEST(delivers_on_an_alternate_stack)
{
    cpu.uirr = 1;
    cpu.uif = true;
    cpu.stack_adjust = (uintptr_t)STACK_TOP | 1;
    regs[REG_RSP] = 0x1238;
    emu_deliver(&cpu, regs);
    ck_assert_ptr_eq((uint64_t *)regs[REG_RSP], STACK_TOP - 4);
    ck_assert_uint_eq(STACK_TOP[-1], 0x1238);
}
END_TEST

START_TEST(delivers_the_highest_first)
{
    static const unsigned order[] = {63, 40, 5, 0};
    cpu.uirr = UINT64_C(1) << 63 | UINT64_C(1) << 40 | 1u << 5 | 1;
    for (size_t i = 0; i < UNIT_LENGTH(order); i++) {
        cpu.uif = true;
        ck_assert(emu_is_due(&cpu));
        regs[REG_RSP] = (greg_t)(stack + 48);
        emu_deliver(&cpu, regs);
        ck_assert_uint_eq(*(uint64_t *)regs[REG_RSP], order[i]);
        ck_assert(!emu_is_due(&cpu)); /* not before uiret */
    }
    ck_assert_uint_eq(cpu.uirr, 0);
}
END_TEST

/* ---- uiret and the flag */

START_TEST(returns)
{
    cpu.uif = true;
    cpu.uirr = 1u << 5;
    regs[REG_EFL] = 0x202 | TF | DF | CF;
    emu_deliver(&cpu, regs);
    regs[REG_EFL] = 0x246;
    regs[REG_RSP] += 8; /* the handler drops the vector */
    ck_assert_int_eq(run(EMU_UIRET, 0), EMU_NONE);
    ck_assert_int_eq(regs[REG_RIP], 0x400000);
    ck_assert_ptr_eq((uint64_t *)regs[REG_RSP], stack + 48);
    ck_assert_int_eq(regs[REG_EFL], 0x202 | TF | DF | CF);
    ck_assert(cpu.uif);
}
END_TEST

/* The interrupt flag, IOPL, VM, VIF and VIP are not the program's to set. */
START_TEST(returns_no_system_flags)
{
    uint64_t *frame = stack + 8;
    frame[0] = 0x400100;
    frame[1] = ~UINT64_C(0);
    frame[2] = 0x7000;
    regs[REG_RSP] = (greg_t)frame;
    regs[REG_EFL] = 0x202;
    ck_assert_int_eq(run(EMU_UIRET, 0), EMU_NONE);
    ck_assert_int_eq(regs[REG_EFL], 0x254dd5 | 0x202);
    ck_assert_int_eq(regs[REG_RSP], 0x7000);
}
END_TEST

START_TEST(faults_on_a_return_to_nowhere)
{
    uint64_t *frame = stack + 8;
    frame[0] = UINT64_C(1) << 63;
    regs[REG_RSP] = (greg_t)frame;
    ck_assert_int_eq(run(EMU_UIRET, 0), EMU_GP);
    ck_assert_ptr_eq((uint64_t *)regs[REG_RSP], frame);
    ck_assert_int_eq(regs[REG_RIP], 0x400000);
    ck_assert(!cpu.uif);
}
END_TEST

START_TEST(sets_clears_tests_the_flag)
{
    ck_assert_int_eq(run(EMU_STUI, 0), EMU_NONE);
    ck_assert(cpu.uif);
    regs[REG_EFL] = 0x202 | (STATUS & ~CF) | DF;
    run(EMU_TESTUI, 0);
    ck_assert_int_eq(regs[REG_EFL], 0x202 | CF | DF);
    run(EMU_CLUI, 0);
    ck_assert(!cpu.uif);
    regs[REG_EFL] = 0x202 | STATUS;
    run(EMU_TESTUI, 0);
    ck_assert_int_eq(regs[REG_EFL], 0x202);
    ck_assert_int_eq(regs[REG_RIP], 0x400010);
}
END_TEST

static Suite *suite_of(void)
{
    Suite *suite = suite_create("uintr model");
    TCase *tcase = unit_case(suite, "manual", 10);
    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, decodes_the_five);
    tcase_add_test(tcase, decodes_senduipi_registers);
    tcase_add_test(tcase, leaves_others_alone);
    tcase_add_test(tcase, reads_no_further_than_the_instruction);
    tcase_add_test(tcase, sends);
    tcase_add_test(tcase, takes_the_index_from_the_register);
    tcase_add_test(tcase, coalesces);
    tcase_add_test(tcase, suppressed_is_posted_all_the_same);
    tcase_add_test(tcase, keeps_the_kernels_status_bits);
    tcase_add_test(tcase, faults_without_a_table);
    tcase_add_test(tcase, faults_on_a_bad_index);
    tcase_add_test(tcase, faults_on_a_bad_entry);
    tcase_add_test(tcase, recognizes);
    tcase_add_test(tcase, is_due_with_request_and_flag_only);
    tcase_add_test(tcase, delivers_the_frame);
    tcase_add_test(tcase, delivers_on_an_alternate_stack);
    tcase_add_test(tcase, delivers_the_highest_first);
    tcase_add_test(tcase, returns);
    tcase_add_test(tcase, returns_no_system_flags);
    tcase_add_test(tcase, faults_on_a_return_to_nowhere);
    tcase_add_test(tcase, sets_clears_tests_the_flag);
    return suite;
}

int main(void)
{
    return unit_run(suite_of());
}
