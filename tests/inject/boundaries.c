/* SPDX-License-Identifier: BSD-3-Clause */
#include "boundaries.h"

#include <inttypes.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const char __executable_start[], etext[];

static bool is_program(uintptr_t address)
{
    return address >= (uintptr_t)__executable_start && address < (uintptr_t)etext;
}

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    if (memory == NULL) {
        fprintf(stderr, "no memory for %zu bytes\n", bytes);
        abort();
    }
    return memory;
}

static bool is_system_call(uintptr_t address)
{
    const unsigned char *code = (const unsigned char *)address;
    return code[0] == 0x0f && code[1] == 0x05;
}

/* After a system call the trap comes one instruction late: the boundary between them is put in. */
static size_t complete(const uintptr_t *trace, size_t length, uintptr_t *full)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        full[count++] = trace[i];
        if (is_system_call(trace[i]) && (i + 1 == length || trace[i + 1] != trace[i] + 2))
            full[count++] = trace[i] + 2;
    }
    return count;
}

/* The part of it that belongs to the call. */
static size_t trim(uintptr_t **trace, size_t length)
{
    while (length > 0 && is_program(**trace)) {
        ++*trace;
        --length;
    }
    while (length > 1 && is_program((*trace)[length - 1]) && is_program((*trace)[length - 2]))
        length--;
    return length;
}

/* One pass of the trace, to sort by address. */
struct visit {
    uintptr_t address;
    size_t at;
};

static int by_address(const void *left, const void *right)
{
    const struct visit *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

/* Number of the pass for each place in the trace; 0: left out. */
static void number(const uintptr_t *trace, size_t length, unsigned passes, unsigned *numbers)
{
    struct visit *visits = allocate(length * sizeof(*visits));
    for (size_t i = 0; i < length; i++)
        visits[i] = (struct visit){trace[i], i};
    qsort(visits, length, sizeof(*visits), by_address);
    for (size_t begin = 0, end; begin < length; begin = end) {
        for (end = begin; end < length && visits[end].address == visits[begin].address;)
            end++;
        for (size_t i = begin; i < end; i++)
            numbers[visits[i].at] =
                i - begin < passes || end - i <= passes ? (unsigned)(i - begin) + 1 : 0;
    }
    free(visits);
}

void boundaries_choose(const uintptr_t *trace, size_t length, unsigned passes,
                       struct boundaries *chosen)
{
    uintptr_t *all = allocate((2 * length + 1) * sizeof(*all));
    uintptr_t *call = all;
    size_t called = trim(&call, complete(trace, length, all));
    unsigned *numbers = allocate((called + 1) * sizeof(*numbers));
    number(call, called, passes, numbers);
    chosen->list = allocate((called + 1) * sizeof(*chosen->list));
    chosen->count = chosen->repeats = 0;
    for (size_t i = 0; i < called; i++) {
        if (numbers[i] != 0)
            chosen->list[chosen->count++] = (struct boundary){call[i], numbers[i]};
        else
            chosen->repeats++;
    }
    free(numbers);
    free(all);
}

struct search {
    uintptr_t address;
    char text[300];
};

static int look(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct search *search = argument;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || search->address < begin ||
            search->address >= begin + segment->p_memsz)
            continue;
        const char *name = *info->dlpi_name != '\0' ? info->dlpi_name : "program";
        const char *slash = strrchr(name, '/');
        snprintf(search->text, sizeof(search->text), "%s+0x%" PRIxPTR,
                 slash != NULL ? slash + 1 : name, search->address - info->dlpi_addr);
        return 1;
    }
    return 0;
}

const char *boundary_name(uintptr_t address)
{
    static struct search search;
    search.address = address;
    snprintf(search.text, sizeof(search.text), "0x%" PRIxPTR, address);
    dl_iterate_phdr(look, &search);
    return search.text;
}
