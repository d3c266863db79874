/* SPDX-License-Identifier: BSD-3-Clause */
/* The functions of libc under the wrappers. In a program with a static libc interpose_static.c
 * takes the place of this file, and there are no wrappers. */
#include <dlfcn.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include "notify/interpose_impl.h"

static struct toc_interpose_real real;
static atomic_bool resolved;

static const struct {
    const char *name;
    size_t offset;
} real_names[] = {
#define TOC_INTERPOSE_NAME(name) {#name, offsetof(struct toc_interpose_real, name)},
    TOC_INTERPOSE_REAL(TOC_INTERPOSE_NAME)
#undef TOC_INTERPOSE_NAME
};

/* Out of an archive the linker takes only what somebody refers to: whoever starts MPI gets all the
 * wrappers, since shared libraries of the program may call what it does not call itself. */
__attribute__((used)) static const void *const whole[] = {
    (const void *)read,      (const void *)msgrcv, (const void *)sigaction, (const void *)sigwait,
    (const void *)nanosleep, (const void *)recv,   (const void *)poll,
};

/* With a static libc there is nothing under the wrappers that could be found. */
static _Noreturn void refuse_static_libc(void)
{
    static const char message[] =
        "tocsin: this program is linked statically with the C library, which Tocsin cannot work "
        "with in this way: link it by mpicc -static, or link only MPI statically (mpicc "
        "-static-mpi)\n";

    toc_syscall3(SYS_write, STDERR_FILENO, (long)message, sizeof(message) - 1);
    toc_syscall3(SYS_exit_group, EXIT_FAILURE, 0, 0);
    __builtin_unreachable();
}

/* Where libc comes before this library in the search order, nothing is next. Libraries that were
 * merged into libc with glibc 2.34 are asked as well: there is nothing in them then. */
static void *find_in_libc(const char *name)
{
    static const char *const libraries[] = {"libc.so.6", "libpthread.so.0", "librt.so.1"};
    void *function = NULL;

    for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]) && function == NULL; i++) {
        void *library = dlopen(libraries[i], RTLD_LAZY | RTLD_NOLOAD);

        if (library == NULL)
            continue;
        function = dlsym(library, name);
        dlclose(library);
    }
    return function;
}

/* Several threads may do this at once: they all store the same. */
static void resolve(void)
{
    for (size_t i = 0; i < sizeof(real_names) / sizeof(real_names[0]); i++) {
        void *function = dlsym(RTLD_NEXT, real_names[i].name);

        if (function == NULL)
            function = find_in_libc(real_names[i].name);
        memcpy((char *)&real + real_names[i].offset, &function, sizeof(function));
    }
    if (real.read == NULL)
        refuse_static_libc();
    /* Pairs with the acquire in toc_interpose_real: who sees the flag sees the table. */
    atomic_store_explicit(&resolved, true, memory_order_release);
}

const struct toc_interpose_real *toc_interpose_real(void)
{
    if (!atomic_load_explicit(&resolved, memory_order_acquire))
        resolve();
    return &real;
}

/* Before the program can be in a handler or between vfork and exec: dlsym is not allowed there. */
__attribute__((constructor(101))) static void load(void)
{
    toc_interpose_real();
}

/* Of the objects of the process, in the order in which symbols are looked for: which holds what? */
struct place {
    int objects, ours, libc;
    uintptr_t our_address, libc_address;
};

static bool holds(const struct dl_phdr_info *info, uintptr_t address)
{
    for (ElfW(Half) i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

        if (segment->p_type == PT_LOAD &&
            address - (info->dlpi_addr + segment->p_vaddr) < segment->p_memsz)
            return true;
    }
    return false;
}

static int locate(struct dl_phdr_info *info, size_t size, void *argument)
{
    struct place *place = argument;

    (void)size;
    if (place->ours < 0 && holds(info, place->our_address))
        place->ours = place->objects;
    if (place->libc < 0 && holds(info, place->libc_address))
        place->libc = place->objects;
    place->objects++;
    return 0;
}

bool toc_interpose_in_front(void)
{
    struct place place = {.ours = -1, .libc = -1};

    place.our_address = (uintptr_t)real_names;
    place.libc_address = (uintptr_t)find_in_libc("nanosleep");
    dl_iterate_phdr(locate, &place);
    return place.ours < place.libc;
}
