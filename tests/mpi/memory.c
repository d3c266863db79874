/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MPI_Alloc_mem and MPI_Free_mem: alignment, contents, many of them and large ones; messages
 * between such memory and ordinary memory, contiguous and strided, while nobody or the receiver
 * computes; memory that is freed and taken again between messages.
 *
 *     memory [refused [shared]]
 *
 * "refused": under a seccomp filter that refuses to copy between processes; with "shared" all
 * buffers are such memory.
 */
#include <unistd.h>

#include "mpitest.h"
#include "refuse.h"

enum { TAG = 5, BLOCK = 64, STRIDE = 128, MANY = 300 };

static bool only_shared, alone;

static void *take(size_t bytes, bool shared)
{
    void *p = NULL;

    if (!shared)
        return mt_alloc(bytes);
    CHECK_EQ(MPI_Alloc_mem((MPI_Aint)bytes, MPI_INFO_NULL, &p), MPI_SUCCESS, "MPI_Alloc_mem");
    CHECK(p != NULL, "MPI_Alloc_mem of %zu bytes gives a null pointer", bytes);
    return p;
}

static void give(void *p, bool shared)
{
    if (shared)
        CHECK_EQ(MPI_Free_mem(p), MPI_SUCCESS, "MPI_Free_mem");
    else
        free(p);
}

/* Where byte i of the data is. */
static size_t place(size_t i, bool strided)
{
    return strided ? i / BLOCK * STRIDE + i % BLOCK : i;
}

struct side {
    bool shared, strided;
};

/* The right-hand neighbour gets a message from the left-hand one; `shift` bytes into the memory. */
static void exchange(size_t bytes, struct side from, struct side to, bool computes, size_t shift)
{
    const int right = (mt_rank + 1) % mt_size, left = (mt_rank + mt_size - 1) % mt_size;
    const size_t room = shift + 2 * bytes + STRIDE;
    unsigned char *out = take(room, from.shared), *in = take(room, to.shared);
    MPI_Datatype type;
    MPI_Request requests[2];
    char what[120];

    snprintf(what, sizeof(what), "%zu bytes, %s %s to %s %s%s", bytes,
             from.shared ? "shared" : "private", from.strided ? "strided" : "contiguous",
             to.shared ? "shared" : "private", to.strided ? "strided" : "contiguous",
             computes ? ", computing" : "");
    MPI_Type_vector((int)(bytes / BLOCK), BLOCK, STRIDE, MPI_BYTE, &type);
    MPI_Type_commit(&type);
    memset(in, 0xee, room);
    memset(out, 0x11, room);
    for (size_t i = 0; i < bytes; i++)
        out[shift + place(i, from.strided)] = mt_byte((unsigned)mt_rank + 1, i);
    MPI_Irecv(in + shift, to.strided ? 1 : (int)bytes, to.strided ? type : MPI_BYTE, left, TAG,
              MPI_COMM_WORLD, &requests[0]);
    MPI_Barrier(MPI_COMM_WORLD);
    MPI_Isend(out + shift, from.strided ? 1 : (int)bytes, from.strided ? type : MPI_BYTE, right,
              TAG, MPI_COMM_WORLD, &requests[1]);
    for (size_t i = 0; i < bytes && computes && alone; i++) {
        const volatile unsigned char *byte = &in[shift + place(i, to.strided)];
        const double start = mt_now();

        while (*byte != mt_byte((unsigned)left + 1, i))
            CHECK(mt_now() - start < 20.0, "%s: byte %zu did not come", what, i);
    }
    MPI_Waitall(2, requests, MPI_STATUSES_IGNORE);
    for (size_t i = 0; i < bytes; i++) {
        unsigned char *byte = &in[shift + place(i, to.strided)];

        CHECK(*byte == mt_byte((unsigned)left + 1, i), "%s: byte %zu is wrong", what, i);
        *byte = 0xee;
    }
    CHECK_UNTOUCHED(in, room, 0xee, what);
    MPI_Type_free(&type);
    give(in, to.shared);
    give(out, from.shared);
}

static void messages(void)
{
    static const size_t sizes[] = {20032, 131072, 1300032};

    for (int k = 0; k < 3; k++)
        for (int kind = 0; kind < 32; kind++) {
            const struct side from = {!(kind & 1), kind & 2}, to = {!(kind & 4), kind & 8};

            if (only_shared && (!from.shared || !to.shared || (from.strided && to.strided)))
                continue;
            exchange(sizes[k], from, to, kind & 16, (size_t)kind * 24);
        }
}

/* Much at once, in an order that leaves gaps; every piece keeps its own contents. */
static void many(void)
{
    static unsigned char *pieces[MANY];
    static size_t sizes[MANY];

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MANY; i++) {
            if (pieces[i])
                continue;
            sizes[i] = (size_t)(1 + (i * 37 + round * 11) % 50) * 1000;
            pieces[i] = take(sizes[i], true);
            mt_fill(pieces[i], sizes[i], (unsigned)(mt_rank * MANY + i));
        }
        MPI_Barrier(MPI_COMM_WORLD);
        for (int i = 0; i < MANY; i++)
            CHECK_FILLED(pieces[i], sizes[i], (unsigned)(mt_rank * MANY + i), "one of many");
        for (int i = round == 2 ? 0 : round; i < MANY; i += round == 2 ? 1 : 3) {
            give(pieces[i], true);
            pieces[i] = NULL;
        }
    }
}

static void alignments(void)
{
    static const char *const texts[] = {"16", "4096", "65536", "nonsense", "48", "-5"};
    static const size_t least[] = {16, 4096, 65536, 8, 8, 8};

    for (int k = 0; k < 6; k++) {
        MPI_Info info;

        MPI_Info_create(&info);
        MPI_Info_set(info, "mpi_minimum_memory_alignment", texts[k]);
        for (MPI_Aint bytes = 0; bytes < 3000000; bytes = bytes * 9 + 1) {
            unsigned char *p = NULL;

            CHECK_EQ(MPI_Alloc_mem(bytes, info, &p), MPI_SUCCESS, "MPI_Alloc_mem");
            CHECK((uintptr_t)p % least[k] == 0, "%ld bytes aligned to %s are at %p", (long)bytes,
                  texts[k], (void *)p);
            memset(p, 1, (size_t)bytes);
            MPI_Free_mem(p);
        }
        MPI_Info_free(&info);
    }
}

static void errors(void)
{
    void *p;

    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_RETURN);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    if (mt_is_tocsin()) {
        CHECK_CLASS(MPI_Alloc_mem(-1, MPI_INFO_NULL, &p), MPI_ERR_SIZE, "-1 bytes");
        CHECK_CLASS(MPI_Alloc_mem((MPI_Aint)1 << 62, MPI_INFO_NULL, &p), MPI_ERR_NO_MEM,
                    "more than there is");
    }
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_ARE_FATAL);
    MPI_Comm_set_errhandler(MPI_COMM_SELF, MPI_ERRORS_ARE_FATAL);
}

int main(int argc, char **argv)
{
    setenv("TOCSIN_QUIET_SIZE", "0", 0); /* short ones arrive during the computation as well */
    if (argc > 1 && !refuse_copies(EPERM))
        return MT_SKIP;
    mt_start(&argc, &argv, 1);
    only_shared = argc > 2;
    alone = mt_progresses_alone();
    messages();
    if (!only_shared) {
        many();
        alignments();
        errors();
        /* Descriptors that the program does not know of: the memory goes on as ordinary memory. */
        for (int fd = 100; fd < 200 && mt_rank == 0; fd++)
            close(fd);
        messages();
    }
    return mt_end();
}
