/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A rank that sends mpirun's broker of descriptors what no rank should. The argument: "garbage",
 * "empty", "descriptors" (too many in a message) or "full" (answers go to a socket that takes none;
 * rank 1 is killed meanwhile). Afterwards the broker still serves. See broker.sh.
 */
#include <dirent.h>
#include <mpi.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REQUEST = 2, MOST = 4 };

static int broker;

static int open_in_mpirun(void)
{
    char path[64];
    int count = 0;

    snprintf(path, sizeof(path), "/proc/%d/fd", getppid());
    DIR *folder = opendir(path);
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count;
}

static void put(const void *data, size_t size, const int *fds, int count)
{
    char control[CMSG_SPACE(sizeof(int) * MOST)] = {0};
    struct iovec part = {(void *)(uintptr_t)data, size};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    if (count > 0) {
        message.msg_control = control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)count);
    }
    (void)!sendmsg(broker, &message, MSG_NOSIGNAL);
}

static void send_garbage(void)
{
    char bytes[3000];

    srand(1);
    for (int i = 0; i < 2000; i++) {
        size_t size = 1 + (size_t)rand() % sizeof(bytes);
        uint32_t request[2] = {(uint32_t)rand() % 4, (uint32_t)rand()};

        for (size_t k = 0; k < size; k++)
            bytes[k] = (char)rand();
        put(bytes, size, (int[]){0}, i % 2);
        put(request, sizeof(request), (int[]){0}, i % 2);
    }
}

static void send_descriptors(void)
{
    uint32_t nonsense[2] = {77, 0};

    for (int i = 0; i < 500; i++)
        put(nonsense, sizeof(nonsense), (int[]){0, 1, 2, 0}, 1 + i % MOST);
}

static void fill_answers(void)
{
    uint32_t request[2] = {REQUEST, 1};
    int ends[2];

    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends);
    while (send(ends[1], "x", 1, MSG_DONTWAIT) == 1)
        ;
    for (int i = 0; i < 3; i++)
        put(request, sizeof(request), &ends[1], 1);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "", *fd = getenv("TOCSIN_EXCHANGE_FD");
    int rank, before = open_in_mpirun();

    if (fd == NULL)
        return 77;
    broker = dup(atoi(fd));
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0) {
        if (strcmp(what, "garbage") == 0)
            send_garbage();
        else if (strcmp(what, "descriptors") == 0)
            send_descriptors();
        else if (strcmp(what, "full") == 0)
            fill_answers();
        else
            for (int i = 0; i < 500; i++)
                put("", 0, (int[]){0}, i % 2);
    }
    if (strcmp(what, "full") == 0) {
        usleep(200000);
        if (rank == 1)
            raise(SIGKILL);
        pause();
    }
    MPI_Barrier(MPI_COMM_WORLD);
    usleep(200000); /* mpirun takes what it has been sent */
    if (rank == 0)
        printf("descriptors of mpirun: %d more\n", open_in_mpirun() - before);
    MPI_Finalize();
    return 0;
}
