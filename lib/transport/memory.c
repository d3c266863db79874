/* SPDX-License-Identifier: BSD-3-Clause */
/* handler-safe: toc_memory_find, toc_memory_reach */
#include "transport/memory.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/syscall.h"
#include "transport/world.h"

/* More is allocated elsewhere: every long message looks through all of them. */
#define MOST_BLOCKS 256

/* A peer's area is mapped in multiples of this. */
#define WINDOW (UINT64_C(64) << 20)

struct block {
    char *address;
    uint64_t offset; /* in this rank's area */
    uint64_t bytes;  /* whole pages */
};

static struct block blocks[MOST_BLOCKS]; /* by offset */
static int block_count;
static int segment = -1;
static struct stat identity; /* of `segment`: programs close what they do not know */

void toc_memory_open(int fd)
{
    if (toc_world.job->layout.memory_bytes == 0)
        return;
    segment = fcntl(fd, F_DUPFD_CLOEXEC, 100);
    if (segment >= 0 && fstat(segment, &identity) < 0) {
        close(segment);
        segment = -1;
    }
}

/* Raw: for the handler. */
static bool is_open(void)
{
    struct stat now = {0};
    return segment >= 0 && toc_syscall3(SYS_fstat, segment, (long)&now, 0) == 0 &&
           now.st_ino == identity.st_ino && now.st_dev == identity.st_dev;
}

void toc_memory_close(void)
{
    for (int rank = 0; rank < toc_world.size; rank++)
        if (toc_world.peers[rank].memory != NULL)
            munmap(toc_world.peers[rank].memory, toc_world.peers[rank].memory_bytes);
    if (is_open())
        close(segment);
    segment = -1;
}

/* Where in the file byte `offset` of a rank's area is. */
static uint64_t place(int rank, uint64_t offset)
{
    const struct toc_job_layout *layout = &toc_world.job->layout;
    return layout->memory_offset + (uint64_t)rank * layout->memory_bytes + offset;
}

static void *map(int rank, uint64_t offset, uint64_t bytes)
{
    long address = toc_syscall6(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                                segment, (long)place(rank, offset));
    return address < 0 && address > -TOC_PAGE ? NULL : (void *)address;
}

/* The first gap that is large enough: the area stays compact, and so do the peers' maps of it.
 * Returns the index of the block that follows it, or -1. */
static int find_gap(uint64_t bytes, uint64_t *offset)
{
    uint64_t end = 0;
    for (int i = 0; i < block_count; i++) {
        if (blocks[i].offset - end >= bytes) {
            *offset = end;
            return i;
        }
        end = blocks[i].offset + blocks[i].bytes;
    }
    *offset = end;
    return toc_world.job->layout.memory_bytes - end >= bytes ? block_count : -1;
}

/* Pages are there when they are touched, and not before: nobody would say that it is too much. */
static bool is_too_much(uint64_t bytes)
{
    long pages = sysconf(_SC_PHYS_PAGES);
    return pages > 0 && bytes / TOC_PAGE >= (uint64_t)pages;
}

void *toc_memory_alloc(size_t bytes)
{
    uint64_t offset, size = ((uint64_t)bytes + TOC_PAGE - 1) / TOC_PAGE * TOC_PAGE;
    if (size < bytes || size == 0 || is_too_much(size) || block_count == MOST_BLOCKS || !is_open())
        return NULL;
    int at = find_gap(size, &offset);
    char *address = at < 0 ? NULL : map(toc_world.rank, offset, size);
    if (address == NULL)
        return NULL;
    memmove(&blocks[at + 1], &blocks[at], (size_t)(block_count - at) * sizeof(blocks[0]));
    blocks[at] = (struct block){address, offset, size};
    block_count++;
    return address;
}

bool toc_memory_free(void *base)
{
    for (int i = 0; i < block_count; i++) {
        if (blocks[i].address != base)
            continue;
        /* The pages go at once, whoever has mapped them; the next owner finds zeros. */
        madvise(blocks[i].address, blocks[i].bytes, MADV_REMOVE);
        munmap(blocks[i].address, blocks[i].bytes);
        block_count--;
        memmove(&blocks[i], &blocks[i + 1], (size_t)(block_count - i) * sizeof(blocks[0]));
        return true;
    }
    return false;
}

bool toc_memory_find(const void *address, uint64_t bytes, uint64_t *offset)
{
    for (int i = 0; i < block_count; i++) {
        uintptr_t at = (uintptr_t)address - (uintptr_t)blocks[i].address;
        if (at < blocks[i].bytes && bytes <= blocks[i].bytes - at) {
            *offset = blocks[i].offset + at;
            return true;
        }
    }
    return false;
}

void *toc_memory_reach(struct toc_peer *peer, uint64_t offset, uint64_t bytes)
{
    uint64_t end = offset + bytes, most = toc_world.job->layout.memory_bytes;
    if (end < offset || end > most)
        return NULL;
    if (end > peer->memory_bytes) {
        uint64_t size = (end + WINDOW - 1) / WINDOW * WINDOW;
        char *memory = is_open() ? map(peer->rank, 0, size < most ? size : most) : NULL;
        if (memory == NULL)
            return NULL;
        if (peer->memory != NULL)
            toc_syscall3(SYS_munmap, (long)peer->memory, (long)peer->memory_bytes, 0);
        peer->memory = memory;
        peer->memory_bytes = size < most ? size : most;
    }
    return peer->memory + offset;
}
