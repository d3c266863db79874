/* SPDX-License-Identifier: BSD-3-Clause */
/* A rank reads and writes pipes and sockets while messages arrive: no call is cut short. */
#include "interpose_traffic.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

static void rest(long ns)
{
    struct timespec t = {0, ns};

    while (nanosleep(&t, &t) != 0)
        ;
}

/* The other end, in a child: takes everything slowly and checks it. */
static void take(int fd, size_t size)
{
    static unsigned char buffer[32768];
    size_t got = 0;
    ssize_t n;

    while (got < size && (n = read(fd, buffer, sizeof(buffer))) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] != mt_byte(1, got + (size_t)i))
                _exit(2);
        }
        got += (size_t)n;
        rest(2000000);
    }
    _exit(got == size ? 0 : 3);
}

/* Sends a piece of five bytes now and then. */
static void give(int fd, int pieces)
{
    for (int i = 0; i < pieces; i++) {
        rest(30000000);
        if (write(fd, "abcde", 5) != 5)
            _exit(1);
    }
    _exit(0);
}

static void ended_well(pid_t pid, const char *what)
{
    int status;

    CHECK_EQ(waitpid(pid, &status, 0), pid, "waitpid");
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: the other end found status 0x%x",
          what, (unsigned)status);
}

static pid_t start_child(void)
{
    const pid_t pid = fork();

    CHECK(pid >= 0, "fork: errno %d", errno);
    return pid;
}

static void write_all(int ends[2], int way, const char *what)
{
    unsigned char *data = mt_alloc(MIB);
    struct iovec iov[2] = {{data, 12345}, {data + 12345, MIB - 12345}};
    const pid_t pid = start_child();
    ssize_t n;

    if (pid == 0)
        take(ends[0], MIB);
    close(ends[0]);
    mt_fill(data, MIB, 1);
    n = way == 0   ? write(ends[1], data, MIB)
        : way == 1 ? writev(ends[1], iov, 2)
                   : send(ends[1], data, MIB, 0);
    CHECK_EQ(n, MIB, what);
    close(ends[1]);
    ended_well(pid, what);
    free(data);
}

static void receive_all(void)
{
    char buffer[21] = "";
    int ends[2];
    pid_t pid;

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0, "socketpair");
    pid = start_child();
    if (pid == 0)
        give(ends[1], 4);
    CHECK_EQ(recv(ends[0], buffer, 20, MSG_WAITALL), 20, "recv with MSG_WAITALL");
    CHECK(!strcmp(buffer, "abcdeabcdeabcdeabcde"), "recv got '%s'", buffer);
    ended_well(pid, "recv");
    close(ends[0]);
    close(ends[1]);
}

static void time_out(void)
{
    const struct timeval t = {0, 100000};
    const double start = mt_now();
    int ends[2];
    char byte;

    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0, "socketpair");
    CHECK_EQ(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)), 0, "SO_RCVTIMEO");
    CHECK_EQ(recv(ends[0], &byte, 1, 0), -1, "recv of nothing");
    CHECK_EQ(errno, EAGAIN, "errno of recv after its time-out");
    CHECK(mt_now() - start >= 0.09, "the time-out of recv came after %f s", mt_now() - start);
    close(ends[0]);
    close(ends[1]);
}

/* What programs do more often: a command and its output. */
static void command(void)
{
    char line[16] = "";
    FILE *f = popen("sleep 0.1; echo done", "r");

    CHECK(f, "popen: errno %d", errno);
    CHECK(fgets(line, sizeof(line), f), "no output of the command, errno %d", errno);
    CHECK(!strcmp(line, "done\n"), "the command printed '%s'", line);
    CHECK_EQ(pclose(f), 0, "pclose");
    CHECK_EQ(system("sleep 0.1; exit 3"), 3 << 8, "system");
}

static void all_calls(void)
{
    int ends[2];

    CHECK_EQ(pipe(ends), 0, "pipe");
    write_all(ends, 0, "write to a pipe");
    CHECK_EQ(pipe(ends), 0, "pipe");
    write_all(ends, 1, "writev to a pipe");
    CHECK_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0, "socketpair");
    write_all(ends, 2, "send to a socket");
    receive_all();
    time_out();
    command();
}

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);
    traffic_run(all_calls, 0.8);
    return mt_end();
}
