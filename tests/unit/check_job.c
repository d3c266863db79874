/* SPDX-License-Identifier: BSD-3-Clause */
/* lib/base/job: layout of the segment, and what attaching to one refuses. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/job.h"
#include "unit.h"

/* The parts lie one behind the other, aligned, and fill the segment. */
START_TEST(parts_do_not_overlap)
{
    for (uint32_t k = 0; k < TOC_MAX_RANKS * (TOC_JOB_TIGHTEST + 1); k++) {
        struct toc_job_layout l;
        uint32_t n = k % TOC_MAX_RANKS + 1;
        toc_job_layout_compute(n, k / TOC_MAX_RANKS, &l);
        UNIT_CHECK(l.ranks_offset >= sizeof(struct toc_job_header));
        UNIT_CHECK(l.ranks_offset % TOC_CACHE_LINE == 0);
        UNIT_CHECK(l.held_offset >= l.ranks_offset + n * sizeof(struct toc_job_rank));
        UNIT_CHECK(l.held_offset % TOC_CACHE_LINE == 0);
        UNIT_CHECK(l.doorbells_offset >= l.held_offset + n * sizeof(struct toc_job_held));
        UNIT_CHECK(l.doorbells_offset % TOC_CACHE_LINE == 0);
        UNIT_CHECK(l.notices_offset >= l.doorbells_offset + (uint64_t)n * TOC_DOORBELL_BYTES);
        UNIT_CHECK(l.notices_offset % TOC_CACHE_LINE == 0);
        UNIT_CHECK(l.xfers_offset >= l.notices_offset + (uint64_t)n * TOC_NOTICE_BYTES);
        UNIT_CHECK(l.xfers_offset % TOC_CACHE_LINE == 0);
        UNIT_CHECK(l.adverts_offset >= l.xfers_offset + (uint64_t)n * l.xfers * TOC_XFER_BYTES);
        UNIT_CHECK(l.adverts_offset % TOC_CACHE_LINE == 0);
        UNIT_CHECK(l.rings_offset >= l.adverts_offset + (uint64_t)n * n * TOC_ADVERT_BYTES);
        UNIT_CHECK(l.rings_offset % TOC_PAGE == 0);
        UNIT_CHECK(l.slots_offset >= l.rings_offset + (uint64_t)n * n * l.ring_bytes);
        UNIT_CHECK(l.slots_offset % TOC_PAGE == 0);
        UNIT_CHECK(l.size >= l.slots_offset + (uint64_t)n * n * l.slots_bytes);
        UNIT_CHECK(l.size % TOC_PAGE == 0);
        UNIT_CHECK(l.memory_offset >= l.size && l.memory_offset % TOC_PAGE == 0);
        UNIT_CHECK((l.memory_bytes > 0) == (n > 1) && l.memory_bytes % TOC_PAGE == 0);
        UNIT_CHECK(toc_job_file_size(&l, n) >= l.size + n * l.memory_bytes);
    }
}
END_TEST

/* In a process of its own, for the limit: what toc_job_create() says, and the layout. SIGXFSZ would
 * kill it. */
static int create_limited(uint32_t nranks, rlim_t bytes, struct toc_job_layout *layout)
{
    struct rlimit limit = {bytes, bytes};
    struct toc_job_header *job;
    const char *what;
    int fd;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int status = toc_job_create(nranks, 1, 0, &fd, &job, &what);
    if (status == 0) {
        struct toc_job_header *again;
        *layout = job->layout;
        ck_assert_int_eq(toc_job_attach(fd, &again, &what), 0);
    }
    return status;
}

/* 8 ranks need a bit more than 100 MiB, and do with a tenth. */
START_TEST(segment_fits_the_limit_on_files)
{
    struct toc_job_layout layout;
    static const rlim_t limits[] = {12, 17, 20, 37, 50, 100, 110};
    rlim_t mib = limits[_i];
    ck_assert_int_eq(create_limited(8, mib << 20, &layout), 0);
    ck_assert_uint_le(layout.size, mib << 20);
    ck_assert_uint_eq(layout.memory_bytes, 0);
    ck_assert_uint_eq(layout.tightness, mib < 18 ? 3 : mib < 38 ? 2 : mib < 102 ? 1 : 0);
}
END_TEST

START_TEST(segment_beyond_the_limit_on_files)
{
    struct toc_job_layout layout;
    ck_assert_int_eq(create_limited(8, 100000, &layout), -EFBIG);
}
END_TEST

static bool is_power_of_two(uint32_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

START_TEST(rings_have_their_sizes)
{
    for (uint32_t k = 0; k < TOC_MAX_RANKS * (TOC_JOB_TIGHTEST + 1); k++) {
        struct toc_job_layout l;
        uint32_t n = k % TOC_MAX_RANKS + 1;
        toc_job_layout_compute(n, k / TOC_MAX_RANKS, &l);
        UNIT_CHECK(is_power_of_two(l.ring_cells));
        UNIT_CHECK(is_power_of_two(l.ring_data_bytes));
        UNIT_CHECK(is_power_of_two(l.slots));
        UNIT_CHECK(l.xfers >= 1024 && l.xfers <= TOC_XFERS_PER_RANK);
        UNIT_CHECK(l.slots_bytes >= TOC_PAGE + l.slots * l.slot_bytes);
        UNIT_CHECK(l.slots_bytes % TOC_PAGE == 0);
        UNIT_CHECK(l.slot_bytes % TOC_PAGE == 0);
        UNIT_CHECK(l.ring_bytes % TOC_PAGE == 0);
        UNIT_CHECK(l.ring_bytes >=
                   TOC_RING_CTL_BYTES + l.ring_cells * TOC_CELL_BYTES + l.ring_data_bytes);
        /* before the wrap or after it */
        UNIT_CHECK(l.eager_max > 0 && l.eager_max * 2 <= l.ring_data_bytes);
    }
}
END_TEST

static const uint32_t sizes[] = {1, 2, 8, 9, 33, TOC_MAX_RANKS};

START_TEST(created_and_attached)
{
    struct toc_job_header *made, *job;
    const char *what;
    int fd;
    uint32_t n = sizes[_i];
    ck_assert_int_eq(toc_job_create(n, 3, 4711, &fd, &made, &what), 0);
    ck_assert_int_ne(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(toc_job_attach(fd, &job, &what), 0);
    ck_assert_ptr_ne(made, job);
    ck_assert_uint_eq(job->nranks, n);
    ck_assert_uint_eq(job->cores, 3);
    ck_assert_int_eq(job->launcher_pid, 4711);
    ck_assert_int_eq(job->abort_state, 0);
    for (uint32_t rank = 0; rank < n; rank++) {
        struct toc_job_rank *entry = toc_job_rank(job, rank);
        UNIT_CHECK(entry->state == TOC_RANK_STARTED && entry->pid == 0);
        UNIT_CHECK((char *)entry == (char *)job + job->layout.ranks_offset + rank * sizeof(*entry));
        atomic_store(&entry->pid, (int)rank + 1);
    }
    for (uint32_t rank = 0; rank < n; rank++) /* it is the same memory */
        UNIT_CHECK(toc_job_rank(made, rank)->pid == (int)rank + 1);
    ((volatile char *)job)[job->layout.size - 1] = 1;
    toc_job_detach(made);
    toc_job_detach(job);
    close(fd);
}
END_TEST

START_TEST(sealed_against_resizing)
{
    struct toc_job_header *job;
    const char *what;
    struct stat st;
    int fd;
    ck_assert_int_eq(toc_job_create(2, 1, 0, &fd, &job, &what), 0);
    ck_assert_int_eq(ftruncate(fd, 4096), -1);
    ck_assert_int_eq(errno, EPERM);
    ck_assert_int_eq(ftruncate(fd, (off_t)job->layout.size * 2), -1);
    ck_assert_int_eq(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE), -1);
    ck_assert_int_eq(fstat(fd, &st), 0);
    ck_assert_int_eq(st.st_size, (off_t)toc_job_file_size(&job->layout, 2));
}
END_TEST

/* ---- each fault, and a word of the sentence that tells it ---- */

static void bad_magic(struct toc_job_header *job)
{
    job->magic ^= 1;
}

static void bad_version(struct toc_job_header *job)
{
    job->version++;
}

static void bad_header_size(struct toc_job_header *job)
{
    job->header_size += 64;
}

static void bad_rank_size(struct toc_job_header *job)
{
    job->rank_size += 64;
}

static void no_ranks(struct toc_job_header *job)
{
    job->nranks = 0;
}

static void too_many_ranks(struct toc_job_header *job)
{
    job->nranks = TOC_MAX_RANKS + 1;
}

static void other_number_of_ranks(struct toc_job_header *job)
{
    job->nranks = 3;
}

static void other_ring(struct toc_job_header *job)
{
    job->layout.ring_cells *= 2;
}

static void other_place(struct toc_job_header *job)
{
    job->layout.rings_offset += TOC_PAGE;
}

static void other_size(struct toc_job_header *job)
{
    job->layout.size -= TOC_PAGE;
}

static const struct {
    void (*spoil)(struct toc_job_header *job);
    const char *words;
} faults[] = {
    {bad_magic, "not a Tocsin job"},
    {bad_version, "different versions"},
    {bad_header_size, "different versions"},
    {bad_rank_size, "different versions"},
    {no_ranks, "number of ranks"},
    {too_many_ranks, "number of ranks"},
    {other_number_of_ranks, "layout"},
    {other_ring, "layout"},
    {other_place, "layout"},
    {other_size, "layout"},
};

START_TEST(faults_are_refused)
{
    struct toc_job_header *made, *job = NULL;
    const char *what = NULL;
    int fd;
    ck_assert_int_eq(toc_job_create(2, 1, 0, &fd, &made, &what), 0);
    faults[_i].spoil(made);
    ck_assert_int_eq(toc_job_attach(fd, &job, &what), TOC_ERR_MISMATCH);
    ck_assert_ptr_null(job);
    ck_assert_msg(strstr(what, faults[_i].words) != NULL, "no \"%s\" in: %s", faults[_i].words,
                  what);
}
END_TEST

/* The same bytes in a file of another length. */
static int attach_copy(off_t length)
{
    struct toc_job_header *made, *job;
    const char *what = NULL;
    int fd;
    ck_assert_int_eq(toc_job_create(2, 1, 0, &fd, &made, &what), 0);
    int copy = memfd_create("copy", 0);
    ck_assert_int_ge(copy, 0);
    ck_assert_int_eq(write(copy, made, sizeof(*made)), (ssize_t)sizeof(*made));
    ck_assert_int_eq(ftruncate(copy, length < 0 ? (off_t)made->layout.size - length : length), 0);
    int status = toc_job_attach(copy, &job, &what);
    if (status == TOC_ERR_MISMATCH)
        ck_assert_ptr_nonnull(what);
    return status;
}

START_TEST(wrong_lengths_are_refused)
{
    ck_assert_int_eq(attach_copy(0), TOC_ERR_MISMATCH);
    ck_assert_int_eq(attach_copy(10), TOC_ERR_MISMATCH);
    ck_assert_int_eq(attach_copy(sizeof(struct toc_job_header) - 1), TOC_ERR_MISMATCH);
    ck_assert_int_eq(attach_copy(sizeof(struct toc_job_header)), TOC_ERR_MISMATCH);
    ck_assert_int_eq(attach_copy(65536), TOC_ERR_MISMATCH);
    ck_assert_int_eq(attach_copy(-TOC_PAGE), TOC_ERR_MISMATCH);
}
END_TEST

START_TEST(no_segment_at_all)
{
    struct toc_job_header *job;
    const char *what = NULL;
    int pipes[2];
    ck_assert_int_eq(toc_job_attach(1000, &job, &what), -EBADF);
    ck_assert_str_eq(what, "fstat");
    ck_assert_int_eq(pipe(pipes), 0);
    ck_assert_int_eq(toc_job_attach(pipes[0], &job, &what), TOC_ERR_MISMATCH);
    int zero = open("/dev/zero", O_RDWR);
    ck_assert_int_lt(toc_job_attach(zero, &job, &what), 0);
}
END_TEST

/* ---- the end of a job ---- */

enum { ROUNDS = 20000 };
static struct toc_job_header shared_header;
static _Atomic int winners[ROUNDS], winner;
static _Atomic int arrived;

/* All of 2 threads are past the `number`th of these. Spins, so that they go on at the same time. */
static void meet(int number)
{
    atomic_fetch_add(&arrived, 1);
    for (int spins = 0; atomic_load(&arrived) < 2 * number; spins++)
        if (spins > 1000)
            sched_yield();
}

static void *end_jobs(void *number)
{
    int me = (int)(intptr_t)number;
    for (int round = 0; round < ROUNDS; round++) {
        if (me == 0)
            memset(&shared_header, 0, sizeof(shared_header));
        meet(3 * round + 1);
        if (toc_job_abort(&shared_header, me, 100 + me, TOC_ABORT_CALLED) == 1) {
            atomic_fetch_add(&winners[round], 1);
            atomic_store(&winner, me);
        }
        meet(3 * round + 2);
        UNIT_CHECK(winners[round] == 1);
        UNIT_CHECK(shared_header.abort_rank == winner);
        UNIT_CHECK(shared_header.abort_code == 100 + winner);
        UNIT_CHECK(shared_header.abort_state == 2);
        meet(3 * round + 3);
    }
    return NULL;
}

START_TEST(first_abort_wins)
{
    ck_assert_int_eq(toc_job_abort(&shared_header, 3, 42, TOC_ABORT_ERROR), 1);
    ck_assert_int_eq(toc_job_abort(&shared_header, 4, 43, TOC_ABORT_CALLED), 0);
    ck_assert_int_eq(shared_header.abort_state, 2);
    ck_assert_int_eq(shared_header.abort_rank, 3);
    ck_assert_int_eq(shared_header.abort_code, 42);
}
END_TEST

START_TEST(aborts_at_once)
{
    pthread_t other;
    ck_assert_int_eq(pthread_create(&other, NULL, end_jobs, (void *)1), 0);
    end_jobs((void *)0);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("job");
    TCase *tcase = unit_case(suite, "job", 60);
    tcase_add_test(tcase, parts_do_not_overlap);
    tcase_add_test(tcase, rings_have_their_sizes);
    tcase_add_loop_test(tcase, segment_fits_the_limit_on_files, 0, 7);
    tcase_add_test(tcase, segment_beyond_the_limit_on_files);
    tcase_add_loop_test(tcase, created_and_attached, 0, (int)UNIT_LENGTH(sizes));
    tcase_add_test(tcase, sealed_against_resizing);
    tcase_add_loop_test(tcase, faults_are_refused, 0, (int)UNIT_LENGTH(faults));
    tcase_add_test(tcase, wrong_lengths_are_refused);
    tcase_add_test(tcase, no_segment_at_all);
    tcase_add_test(tcase, first_abort_wins);
    tcase_add_test(tcase, aborts_at_once);
    return unit_run(suite);
}
