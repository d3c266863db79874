/* SPDX-License-Identifier: BSD-3-Clause */
#include "model.h"

#include <stddef.h>

_Static_assert(offsetof(struct emu_upid, nv) == 2 && offsetof(struct emu_upid, ndst) == 4 &&
                   offsetof(struct emu_upid, pir) == 8,
               "as in the manual");
_Static_assert(sizeof(struct emu_uitte) == 16 && offsetof(struct emu_uitte, upid) == 8,
               "as in the manual");

#define CF UINT64_C(0x1)
#define PF UINT64_C(0x4)
#define AF UINT64_C(0x10)
#define ZF UINT64_C(0x40)
#define SF UINT64_C(0x80)
#define TF UINT64_C(0x100)
#define OF UINT64_C(0x800)
#define RF UINT64_C(0x10000)

/* What UIRET takes of the flags that it pops: CF PF AF ZF SF TF DF OF NT RF AC ID. */
#define UIRET_FLAGS UINT64_C(0x254dd5)

/* Registers in the order of the encoding. */
static const int reg_of[16] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

/* F3 (REX) 0F C7 /6 with a register operand, and F3 (REX) 0F 01 EC..EF. Each byte is looked at only
 * when the ones before it fit: behind the instruction there may be no memory. */
bool emu_decode(const uint8_t *code, struct emu_insn *insn)
{
    static const enum emu_op ops[] = {EMU_UIRET, EMU_TESTUI, EMU_CLUI, EMU_STUI};
    unsigned at = 1, rex = 0;

    if (code[0] != 0xf3)
        return false;
    if ((code[at] & 0xf0) == 0x40)
        rex = code[at++];
    if (code[at++] != 0x0f)
        return false;
    if (code[at] == 0xc7) {
        unsigned modrm = code[at + 1];
        if ((modrm & 0xf8) != 0xf0) /* mod 11, /6 */
            return false;
        insn->op = EMU_SENDUIPI;
        insn->reg = (modrm & 7) | (rex & 1) << 3;
    } else if (code[at] == 0x01) {
        unsigned modrm = code[at + 1];
        if (modrm < 0xec || modrm > 0xef)
            return false;
        insn->op = ops[modrm - 0xec];
        insn->reg = 0;
    } else {
        return false;
    }
    insn->length = at + 2;
    return true;
}

static bool is_reserved_clear(const struct emu_uitte *entry)
{
    uint8_t bits = entry->valid & 0xfe;

    for (unsigned i = 0; i < sizeof(entry->reserved); i++)
        bits |= entry->reserved[i];
    return bits == 0 && entry->vector < EMU_VECTORS && entry->upid % 64 == 0;
}

static enum emu_fault senduipi(struct emu_cpu *cpu, uint64_t index, struct emu_upid **notify)
{
    if (!cpu->tt_valid)
        return EMU_UD;
    if (index > cpu->uittsz)
        return EMU_GP;
    const struct emu_uitte *entry = &cpu->uitt[index];
    if ((entry->valid & 1) == 0 || !is_reserved_clear(entry))
        return EMU_GP;
    struct emu_upid *upid = (struct emu_upid *)(uintptr_t)entry->upid;
    if (upid->reserved2 != 0)
        return EMU_GP;
    /* The processor locks all 16 bytes. Two steps do the same, in this order: who finds ON set can
     * rely on a receiver that has not looked at PIR yet. Pairs with emu_recognize(). */
    atomic_fetch_or(&upid->pir, UINT64_C(1) << entry->vector);
    uint8_t status = atomic_load(&upid->status);
    do {
        if ((status & (EMU_ON | EMU_SN)) != 0)
            return EMU_NONE;
    } while (!atomic_compare_exchange_weak(&upid->status, &status, status | EMU_ON));
    *notify = upid;
    return EMU_NONE;
}

static uint64_t pop(greg_t *regs)
{
    uint64_t value = *(const uint64_t *)regs[REG_RSP];

    regs[REG_RSP] += 8;
    return value;
}

static void push(greg_t *regs, uint64_t value)
{
    regs[REG_RSP] -= 8;
    *(uint64_t *)regs[REG_RSP] = value;
}

static bool is_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

static enum emu_fault uiret(struct emu_cpu *cpu, greg_t *regs)
{
    const greg_t rsp = regs[REG_RSP];
    uint64_t rip = pop(regs), flags = pop(regs), outer = pop(regs);

    if (!is_canonical(rip)) {
        regs[REG_RSP] = rsp;
        return EMU_GP;
    }
    regs[REG_RIP] = (greg_t)rip;
    regs[REG_EFL] = (greg_t)(((uint64_t)regs[REG_EFL] & ~UIRET_FLAGS) | (flags & UIRET_FLAGS));
    regs[REG_RSP] = (greg_t)outer;
    cpu->uif = true;
    return EMU_NONE;
}

static void testui(const struct emu_cpu *cpu, greg_t *regs)
{
    uint64_t flags = (uint64_t)regs[REG_EFL] & ~(CF | PF | AF | ZF | SF | OF);

    regs[REG_EFL] = (greg_t)(cpu->uif ? flags | CF : flags);
}

enum emu_fault emu_execute(struct emu_cpu *cpu, const struct emu_insn *insn, greg_t *regs,
                           struct emu_upid **notify)
{
    enum emu_fault fault = EMU_NONE;

    *notify = NULL;
    switch (insn->op) {
    case EMU_UIRET:
        return uiret(cpu, regs);
    case EMU_SENDUIPI:
        fault = senduipi(cpu, (uint64_t)regs[reg_of[insn->reg]], notify);
        break;
    case EMU_TESTUI:
        testui(cpu, regs);
        break;
    case EMU_CLUI:
        cpu->uif = false;
        break;
    case EMU_STUI:
        cpu->uif = true;
        break;
    }
    if (fault == EMU_NONE)
        regs[REG_RIP] += insn->length;
    return fault;
}

void emu_recognize(struct emu_cpu *cpu)
{
    /* ON before PIR: a sender that still finds ON set has its vector taken here. */
    atomic_fetch_and(&cpu->upid->status, (uint8_t)~EMU_ON);
    cpu->uirr |= atomic_exchange(&cpu->upid->pir, 0);
}

bool emu_is_due(const struct emu_cpu *cpu)
{
    return cpu->uif && cpu->uirr != 0;
}

void emu_deliver(struct emu_cpu *cpu, greg_t *regs)
{
    unsigned vector = 63 - (unsigned)__builtin_clzll(cpu->uirr);
    uint64_t outer = (uint64_t)regs[REG_RSP];

    regs[REG_RSP] =
        (greg_t)((cpu->stack_adjust & 1) != 0 ? cpu->stack_adjust : outer - cpu->stack_adjust);
    regs[REG_RSP] &= ~(greg_t)15;
    push(regs, outer);
    push(regs, (uint64_t)regs[REG_EFL]);
    push(regs, (uint64_t)regs[REG_RIP]);
    push(regs, vector);
    cpu->uirr &= ~(UINT64_C(1) << vector);
    cpu->uif = false;
    regs[REG_EFL] &= ~(greg_t)(TF | RF);
    regs[REG_RIP] = (greg_t)cpu->handler;
}
