/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_job_abort, toc_job_line_read, toc_job_line_seal */
#include "base/job.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Memory of MPI_Alloc_mem: untouched it costs nothing, so that every rank may have as much as most
 * machines have, and all together what most file systems allow. */
#define MEMORY_UNIT  (UINT64_C(2) << 20)
#define MEMORY_MOST  (UINT64_C(1) << 40)
#define MEMORY_TOTAL (UINT64_C(64) << 40)

#define SLOTS_LEAST 4

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* Rings grow with the square of the number of ranks, so they get smaller as the job gets larger;
 * untouched pages of the memfd cost nothing. eager_max stays at or below half of the data area:
 * a message that does not fit before the wrap must still fit after it. */
static void ring_geometry(uint32_t nranks, uint32_t tightness, struct toc_job_layout *layout)
{
    layout->ring_cells = nranks <= 8 ? 256 : nranks <= 32 ? 128 : 64;
    layout->ring_data_bytes = nranks <= 8 ? 64 * 1024 : nranks <= 32 ? 32 * 1024 : 16 * 1024;
    layout->eager_max = layout->ring_data_bytes / 2;
    if (layout->eager_max > 16 * 1024)
        layout->eager_max = 16 * 1024;
    /* Long messages that cannot be copied otherwise: a receiver that computes is interrupted as
     * often as these fill up, or less. */
    layout->slot_bytes = nranks <= 32 ? 16 * 1024 : 8 * 1024;
    layout->slots = nranks <= 8 ? 32 : nranks <= 32 ? 16 : nranks <= 128 ? 8 : 4;
    layout->slots =
        layout->slots >> tightness < SLOTS_LEAST ? SLOTS_LEAST : layout->slots >> tightness;
    layout->xfers = TOC_XFERS_PER_RANK >> 2 * tightness;
    layout->tightness = tightness;
    layout->reserved = 0;
    layout->slots_bytes = TOC_PAGE + layout->slots * layout->slot_bytes;
    layout->ring_bytes =
        (uint32_t)round_up(TOC_RING_CTL_BYTES + (uint64_t)layout->ring_cells * TOC_CELL_BYTES +
                               layout->ring_data_bytes,
                           TOC_PAGE);
}

void toc_job_layout_compute(uint32_t nranks, uint32_t tightness, struct toc_job_layout *layout)
{
    uint64_t at = round_up(sizeof(struct toc_job_header), TOC_CACHE_LINE);

    ring_geometry(nranks, tightness, layout);
    layout->ranks_offset = at;
    at += (uint64_t)nranks * sizeof(struct toc_job_rank);
    layout->held_offset = at;
    at += (uint64_t)nranks * sizeof(struct toc_job_held);
    layout->doorbells_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * TOC_DOORBELL_BYTES;
    layout->notices_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * TOC_NOTICE_BYTES;
    layout->xfers_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * layout->xfers * TOC_XFER_BYTES;
    layout->adverts_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * nranks * TOC_ADVERT_BYTES;
    layout->rings_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * nranks * layout->ring_bytes;
    layout->slots_offset = at;
    at += (uint64_t)nranks * nranks * layout->slots_bytes;
    layout->size = round_up(at, TOC_PAGE);
    layout->memory_offset = round_up(layout->size, MEMORY_UNIT);
    layout->memory_bytes = nranks == 1 ? 0 : MEMORY_TOTAL / nranks / MEMORY_UNIT * MEMORY_UNIT;
    if (layout->memory_bytes > MEMORY_MOST)
        layout->memory_bytes = MEMORY_MOST;
}

/* A limit on the size of files (ulimit -f) holds for memfds, too, and a process that passes it is
 * killed by SIGXFSZ. First the memory of MPI_Alloc_mem goes, which ordinary memory replaces. */
static bool fit_limit(struct toc_job_layout *layout, uint32_t nranks)
{
    struct rlimit limit;

    toc_job_layout_compute(nranks, 0, layout);
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= toc_job_file_size(layout, nranks))
        return true;
    for (uint32_t tightness = 0; tightness <= TOC_JOB_TIGHTEST; tightness++) {
        toc_job_layout_compute(nranks, tightness, layout);
        layout->memory_bytes = 0;
        if (limit.rlim_cur >= layout->size)
            return true;
    }
    return false;
}

/* Where the kernel or a sandbox has no memfds. */
static int open_unlinked(void)
{
    const char *const folders[] = {"/dev/shm", getenv("TMPDIR"), "/tmp"};
    int fd = -1;

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && fd < 0; i++) {
        char path[PATH_MAX];
        if (folders[i] == NULL || snprintf(path, sizeof(path), "%s/" TOC_JOB_FILE "-XXXXXX",
                                           folders[i]) >= (int)sizeof(path))
            continue;
        fd = mkostemp(path, O_CLOEXEC);
        if (fd >= 0)
            unlink(path);
    }
    return fd;
}

static int open_file(void)
{
    int fd = memfd_create(TOC_JOB_FILE, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    return fd >= 0 ? fd : open_unlinked();
}

/* Files of a file system may not be as large as memfds. */
static int set_size(int fd, struct toc_job_layout *layout, uint32_t nranks)
{
    int status = ftruncate(fd, (off_t)toc_job_file_size(layout, nranks));

    if (status == 0 || layout->memory_bytes == 0)
        return status;
    layout->memory_bytes = 0;
    return ftruncate(fd, (off_t)layout->size);
}

static int fail(int fd, const char *call, const char **what)
{
    int err = errno;
    if (fd >= 0)
        close(fd);
    *what = call;
    return -err;
}

int toc_job_create(uint32_t nranks, uint32_t cores, int32_t launcher_pid, int *fd,
                   struct toc_job_header **header, const char **what)
{
    struct toc_job_layout layout;
    if (!fit_limit(&layout, nranks)) {
        *what = "the limit on the size of files (ulimit -f) is too low";
        return -EFBIG;
    }
    int file = open_file();
    if (file < 0)
        return fail(-1,
                    "memfd_create is refused, and no file can be made in /dev/shm, TMPDIR or /tmp",
                    what);
    if (set_size(file, &layout, nranks) < 0)
        return fail(file, "ftruncate", what);
    /* What is no memfd cannot be sealed: nobody else can open it either. */
    (void)fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    struct toc_job_header *job =
        mmap(NULL, layout.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (job == MAP_FAILED)
        return fail(file, "mmap", what);

    job->version = TOC_JOB_VERSION;
    job->header_size = sizeof(*job);
    job->nranks = nranks;
    job->rank_size = sizeof(struct toc_job_rank);
    job->launcher_pid = launcher_pid;
    job->cores = cores;
    job->exchange_fd = -1;
    job->layout = layout;
    job->magic = TOC_JOB_MAGIC;
    *fd = file;
    *header = job;
    return 0;
}

/* The pages of a private map are this process's own as soon as it has written to them. */
static int keep_first_page(struct toc_job_header *header, int fd, const void *page)
{
    void *own = mmap(header, TOC_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd, 0);
    if (own == MAP_FAILED)
        return -errno;
    memcpy(own, page, TOC_PAGE);
    return mprotect(own, TOC_PAGE, PROT_READ) < 0 ? -errno : 0;
}

int toc_job_seal(struct toc_job_header *header, int fd)
{
    unsigned char page[TOC_PAGE];

    memcpy(page, header, TOC_PAGE);
    return keep_first_page(header, fd, page);
}

/* Of a private copy, which nobody changes behind the checks. */
static const char *check_header(const struct toc_job_header *job, uint64_t file_size)
{
    struct toc_job_layout expected;

    if (job->magic != TOC_JOB_MAGIC)
        return "it is not a Tocsin job segment";
    if (job->version != TOC_JOB_VERSION || job->header_size != sizeof(*job) ||
        job->rank_size != sizeof(struct toc_job_rank))
        return "mpirun and libmpi_abi come from different versions of Tocsin";
    if (job->nranks < 1 || job->nranks > TOC_MAX_RANKS)
        return "its number of ranks is impossible";
    if (job->cores < 1)
        return "its number of cores is impossible";
    if (job->layout.tightness > TOC_JOB_TIGHTEST)
        return "its layout differs from this library's";
    toc_job_layout_compute(job->nranks, job->layout.tightness, &expected);
    if (job->layout.memory_bytes == 0)
        expected.memory_bytes = 0;
    if (memcmp(&expected, &job->layout, sizeof(expected)) != 0 ||
        toc_job_file_size(&expected, job->nranks) != file_size)
        return "its layout differs from this library's";
    return NULL;
}

int toc_job_attach(int fd, struct toc_job_header **header, const char **what)
{
    struct toc_job_header copy; /* of its first page */
    struct stat st;

    if (fstat(fd, &st) < 0)
        return fail(-1, "fstat", what);
    if ((uint64_t)st.st_size < sizeof(copy)) {
        *what = "it is not a Tocsin job segment";
        return TOC_ERR_MISMATCH;
    }
    errno = EIO; /* of a short read */
    if (pread(fd, &copy, TOC_PAGE, 0) != TOC_PAGE)
        return fail(-1, "pread", what);
    *what = check_header(&copy, (uint64_t)st.st_size);
    if (*what != NULL)
        return TOC_ERR_MISMATCH;
    struct toc_job_header *job =
        mmap(NULL, copy.layout.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (job == MAP_FAILED)
        return fail(-1, "mmap", what);
    int status = keep_first_page(job, fd, &copy);
    if (status < 0) {
        munmap(job, copy.layout.size);
        *what = "mmap";
        return status;
    }
    *header = job;
    return 0;
}

void toc_job_detach(struct toc_job_header *header)
{
    munmap(header, header->layout.size);
}

struct toc_job_line toc_job_line_read(struct toc_job_rank *entry)
{
    return (struct toc_job_line){
        .pid = atomic_load_explicit(&entry->pid, memory_order_relaxed),
        .tid = atomic_load_explicit(&entry->tid, memory_order_relaxed),
        .notifier = atomic_load_explicit(&entry->notifier, memory_order_relaxed),
        .signo = atomic_load_explicit(&entry->signo, memory_order_relaxed),
        .vector_fd = atomic_load_explicit(&entry->vector_fd, memory_order_relaxed),
        .pidns = atomic_load_explicit(&entry->pidns, memory_order_relaxed),
        .nonce_address = atomic_load_explicit(&entry->nonce_address, memory_order_relaxed),
        .nonce = atomic_load_explicit(&entry->nonce, memory_order_relaxed),
    };
}

uint64_t toc_job_line_seal(const struct toc_job_line *line, uint32_t rank)
{
    uint64_t seal = toc_seal(rank + 1, (uint32_t)line->pid | (uint64_t)(uint32_t)line->tid << 32);
    seal = toc_seal(seal, (uint32_t)line->notifier | (uint64_t)(uint32_t)line->signo << 32);
    seal = toc_seal(seal, (uint32_t)line->vector_fd);
    seal = toc_seal(seal, line->pidns);
    return toc_seal(seal, line->nonce_address);
}

int toc_job_abort(struct toc_job_header *header, int rank, int code, enum toc_abort_reason reason)
{
    int32_t expected = 0;
    if (!atomic_compare_exchange_strong(&header->abort_state, &expected, 1))
        return 0;
    atomic_store_explicit(&header->abort_code, code, memory_order_relaxed);
    atomic_store_explicit(&header->abort_rank, rank, memory_order_relaxed);
    atomic_store_explicit(&header->abort_reason, reason, memory_order_relaxed);
    /* Pairs with the acquire load of abort_state in the launcher and in the progress loop. */
    atomic_store_explicit(&header->abort_state, 2, memory_order_release);
    return 1;
}
