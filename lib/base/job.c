/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/job.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
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

static uint64_t round_up(uint64_t value, uint64_t unit)
{
    return (value + unit - 1) / unit * unit;
}

/* Rings grow with the square of the number of ranks, so they get smaller as the job gets larger;
 * untouched pages of the memfd cost nothing. eager_max stays at or below half of the data area:
 * a message that does not fit before the wrap must still fit after it. */
static void ring_geometry(uint32_t nranks, struct toc_job_layout *layout)
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
    layout->reserved = 0;
    layout->slots_bytes = TOC_PAGE + layout->slots * layout->slot_bytes;
    layout->ring_bytes =
        (uint32_t)round_up(TOC_RING_CTL_BYTES + (uint64_t)layout->ring_cells * TOC_CELL_BYTES +
                               layout->ring_data_bytes,
                           TOC_PAGE);
}

void toc_job_layout_compute(uint32_t nranks, struct toc_job_layout *layout)
{
    uint64_t at = round_up(sizeof(struct toc_job_header), TOC_CACHE_LINE);

    ring_geometry(nranks, layout);
    layout->ranks_offset = at;
    at += (uint64_t)nranks * sizeof(struct toc_job_rank);
    layout->doorbells_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * TOC_DOORBELL_BYTES;
    layout->notices_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * TOC_NOTICE_BYTES;
    layout->xfers_offset = at = round_up(at, TOC_PAGE);
    at += (uint64_t)nranks * TOC_XFERS_PER_RANK * TOC_XFER_BYTES;
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

/* A limit on the size of files (ulimit -f) holds for memfds, too. */
static void respect_limit(struct toc_job_layout *layout, uint32_t nranks)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY &&
        limit.rlim_cur < toc_job_file_size(layout, nranks))
        layout->memory_bytes = 0;
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
    toc_job_layout_compute(nranks, &layout);
    respect_limit(&layout, nranks);

    int memfd = memfd_create("tocsin-job", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (memfd < 0)
        return fail(-1, "memfd_create", what);
    if (ftruncate(memfd, (off_t)toc_job_file_size(&layout, nranks)) < 0)
        return fail(memfd, "ftruncate", what);
    if (fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) < 0)
        return fail(memfd, "fcntl(F_ADD_SEALS)", what);
    struct toc_job_header *job =
        mmap(NULL, layout.size, PROT_READ | PROT_WRITE, MAP_SHARED, memfd, 0);
    if (job == MAP_FAILED)
        return fail(memfd, "mmap", what);

    job->version = TOC_JOB_VERSION;
    job->header_size = sizeof(*job);
    job->nranks = nranks;
    job->rank_size = sizeof(struct toc_job_rank);
    job->launcher_pid = launcher_pid;
    job->cores = cores;
    job->layout = layout;
    job->magic = TOC_JOB_MAGIC;
    *fd = memfd;
    *header = job;
    return 0;
}

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
    toc_job_layout_compute(job->nranks, &expected);
    if (job->layout.memory_bytes == 0)
        expected.memory_bytes = 0;
    if (memcmp(&expected, &job->layout, sizeof(expected)) != 0 ||
        toc_job_file_size(&expected, job->nranks) != file_size)
        return "its layout differs from this library's";
    return NULL;
}

int toc_job_attach(int fd, struct toc_job_header **header, const char **what)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return fail(-1, "fstat", what);
    if ((uint64_t)st.st_size < sizeof(struct toc_job_header)) {
        *what = "it is not a Tocsin job segment";
        return TOC_ERR_MISMATCH;
    }
    /* The header first: it says how much there is to map. */
    struct toc_job_header *job = mmap(NULL, sizeof(*job), PROT_READ, MAP_SHARED, fd, 0);
    if (job == MAP_FAILED)
        return fail(-1, "mmap", what);
    *what = check_header(job, (uint64_t)st.st_size);
    uint64_t size = job->layout.size;
    munmap(job, sizeof(*job));
    if (*what != NULL)
        return TOC_ERR_MISMATCH;
    job = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (job == MAP_FAILED)
        return fail(-1, "mmap", what);
    *header = job;
    return 0;
}

void toc_job_detach(struct toc_job_header *header)
{
    munmap(header, header->layout.size);
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
