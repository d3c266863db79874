/* SPDX-License-Identifier: BSD-3-Clause */
#include "notify/uintr/entry.h"

#include <cpuid.h>
#include <sys/mman.h>

#include "base/error.h"
#include "base/job.h"

struct toc_uintr_area toc_uintr_area;

_Static_assert(offsetof(struct toc_uintr_area, xsave) == 0 &&
                   offsetof(struct toc_uintr_area, mask) == 8 &&
                   offsetof(struct toc_uintr_area, stack_top) == 16 &&
                   offsetof(struct toc_uintr_area, serve) == 24 &&
                   offsetof(struct toc_uintr_area, active) == 32,
               "entry.S has these numbers");

#define STACK_BYTES ((size_t)128 * 1024)

#define LEAF_XSAVE     0xd
#define CPUID_OSXSAVE  (1u << 27) /* leaf 1, ECX */
#define CPUID_XSAVEC   (1u << 1)  /* leaf 0xd.1, EAX */
#define COMPONENT_PKRU (UINT64_C(1) << 9)

/* Guard page, stack below the middle, stack above it, register area. */
static char *memory;
static size_t memory_bytes;

static uint64_t enabled_components(void)
{
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

const char *toc_uintr_entry_lacks(void)
{
    unsigned a, b, c, d;
    if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & CPUID_OSXSAVE) == 0)
        return "the kernel has not enabled XSAVE";
    if (__get_cpuid_count(LEAF_XSAVE, 1, &a, &b, &c, &d) == 0 || (a & CPUID_XSAVEC) == 0)
        return "the CPU has no XSAVEC (CPUID leaf 0xD.1, EAX bit 1)";
    return NULL;
}

/* Bytes that XSAVEC may need, of whatever is enabled; sub-leaf 1 counts supervisor states as well.
 */
static size_t xsave_bytes(void)
{
    unsigned a, standard = 0, compacted = 0, c, d;
    __get_cpuid_count(LEAF_XSAVE, 0, &a, &standard, &c, &d);
    __get_cpuid_count(LEAF_XSAVE, 1, &a, &compacted, &c, &d);
    size_t bytes = standard > compacted ? standard : compacted;
    return (bytes + TOC_PAGE - 1) / TOC_PAGE * TOC_PAGE;
}

int toc_uintr_entry_open(void (*serve)(void))
{
    memory_bytes = TOC_PAGE + 2 * STACK_BYTES + xsave_bytes();
    char *mapped = mmap(NULL, memory_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED)
        return TOC_ERR_NO_MEM;
    mprotect(mapped, TOC_PAGE, PROT_NONE);
    memory = mapped;
    toc_uintr_area.xsave = mapped + TOC_PAGE + 2 * STACK_BYTES;
    toc_uintr_area.mask = enabled_components() & ~COMPONENT_PKRU;
    toc_uintr_area.active = 0;
    toc_uintr_entry_serve(serve);
    toc_uintr_entry_kernel_switches(false);
    return 0;
}

void toc_uintr_entry_close(void)
{
    munmap(memory, memory_bytes);
    memory = NULL;
}

void toc_uintr_entry_serve(void (*serve)(void))
{
    toc_uintr_area.serve = serve;
}

void toc_uintr_entry_stack(char **middle, size_t *size)
{
    *middle = memory + TOC_PAGE + STACK_BYTES;
    *size = STACK_BYTES;
}

void toc_uintr_entry_kernel_switches(bool switches)
{
    toc_uintr_area.stack_top = switches ? NULL : memory + TOC_PAGE + 2 * STACK_BYTES;
}

bool toc_uintr_entry_is_stack(const void *address)
{
    const char *at = address;
    return at >= memory && at < memory + memory_bytes;
}
