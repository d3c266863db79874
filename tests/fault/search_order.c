/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A program that sleeps while a message for it arrives, and says how the sleep ended ("slept" or
 * "interrupted"). With -DLOAD=RTLD_... it loads the part that calls MPI from the library that the
 * argument names. See search_order.sh.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef LOAD
static void (*search_order_begin)(void);
static int (*search_order_end)(void);

static void find_mpi_part(const char *library)
{
    void *handle = dlopen(library, RTLD_NOW | LOAD);

    if (handle == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(99);
    }
    search_order_begin = (void (*)(void))dlsym(handle, "search_order_begin");
    search_order_end = (int (*)(void))dlsym(handle, "search_order_end");
}
#else
void search_order_begin(void);
int search_order_end(void);

static void find_mpi_part(const char *library)
{
    (void)library;
}
#endif

int main(int argc, char **argv)
{
    struct timespec time = {0, 300000000};

    find_mpi_part(argc > 1 ? argv[1] : "");
    search_order_begin();
    printf("%s\n", nanosleep(&time, NULL) == 0 ? "slept" : errno == EINTR ? "interrupted" : "?");
    if (search_order_end() != 0) {
        printf("wrong data\n");
        return 1;
    }
    return 0;
}
