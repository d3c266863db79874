/* SPDX-License-Identifier: BSD-3-Clause */
#include "output.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUFFER_BYTES 32768
#define QUIET_MS     30  /* an unfinished line is shown when its rank writes no more for so long */
#define HOLD_MS      500 /* ... and keeps other ranks' lines waiting for so long */
#define TICK_MS      10
#define NO_RANK      UINT32_MAX

/* One rank's stdout or stderr, or mpirun's own messages. */
struct stream {
    int fd; /* -1: closed */
    uint32_t rank;
    struct sink *sink;
    char *data;
    size_t begin, end; /* bytes read and not yet written */
    size_t lines_end;  /* end of the last complete line among them, or below begin */
    int64_t changed;   /* when bytes arrived last */
    bool reading;      /* registered for reading */
    bool queued;       /* in the sink's queue */
    bool inside;       /* the last byte read was not the end of a line */
    char prefix[32];   /* in front of each line */
    size_t prefix_length;
    struct stream *next;
};

enum sink_kind { SINK_FILE, SINK_PIPE, SINK_SOCKET };

/* mpirun's own stdout or stderr; where both are the same file there is only one sink. */
struct sink {
    int fd;
    const char *name;
    enum sink_kind kind;
    bool blocked;          /* waiting for EPOLLOUT */
    bool watched;          /* known to epoll */
    int failure;           /* errno of a failed write: everything is discarded from then on */
    struct stream *holder; /* whose line is open */
    int64_t waiting;       /* since when another stream has waited for it, or 0 */
    struct stream *first, **last; /* streams that have something they may write */
};

struct toc_output {
    int epoll_fd;
    uint64_t tag;
    uint32_t nranks;
    uint32_t nstreams; /* open */
    bool flushing;
    bool restless; /* something may have to be done when time has passed */
    struct sink sinks[2];
    struct sink *sink_of[2];
    struct stream message;
    struct stream streams[];
};

static size_t held(const struct stream *stream)
{
    return stream->end - stream->begin;
}

static bool has_line(const struct stream *stream)
{
    return stream->lines_end > stream->begin;
}

/* How many bytes may be read: each of them may be a line that gets a prefix. */
static size_t room(const struct stream *stream)
{
    return (BUFFER_BYTES - stream->end) / (stream->prefix_length + 1);
}

static bool is_full(const struct stream *stream)
{
    return stream->begin == 0 && room(stream) == 0;
}

/* Whole lines always; the rest when nothing can be gained by waiting for the end of the line. */
static bool may_write(const struct toc_output *output, const struct stream *stream, int64_t now)
{
    if (held(stream) == 0)
        return false;
    return has_line(stream) || is_full(stream) || stream->fd < 0 || output->flushing ||
           output->nranks == 1 || stream->sink->holder == stream ||
           now - stream->changed >= QUIET_MS;
}

static void enqueue(struct stream *stream)
{
    struct sink *sink = stream->sink;

    if (stream->queued)
        return;
    stream->queued = true;
    stream->next = NULL;
    *sink->last = stream;
    sink->last = &stream->next;
}

static void dequeue(struct stream *stream)
{
    struct sink *sink = stream->sink;
    struct stream **link = &sink->first;

    if (!stream->queued)
        return;
    while (*link != stream)
        link = &(*link)->next;
    *link = stream->next;
    if (*link == NULL)
        sink->last = link;
    stream->queued = false;
}

static void set_reading(struct toc_output *output, struct stream *stream, bool reading)
{
    struct epoll_event event = {.events = EPOLLIN};

    if (stream->fd < 0 || stream->reading == reading)
        return;
    event.data.u64 = output->tag | (uint64_t)(stream - output->streams);
    epoll_ctl(output->epoll_fd, reading ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, stream->fd, &event);
    stream->reading = reading;
}

static void close_stream(struct toc_output *output, struct stream *stream)
{
    set_reading(output, stream, false);
    close(stream->fd);
    stream->fd = -1;
    output->nstreams--;
}

static void append(struct stream *stream, size_t length)
{
    char *newline = memrchr(stream->data + stream->end, '\n', length);

    if (newline != NULL)
        stream->lines_end = (size_t)(newline - stream->data) + 1;
    stream->end += length;
    stream->changed = toc_clock_ms();
}

static void make_room(struct stream *stream)
{
    if (stream->begin == 0)
        return;
    memmove(stream->data, stream->data + stream->begin, held(stream));
    stream->lines_end = has_line(stream) ? stream->lines_end - stream->begin : 0;
    stream->end -= stream->begin;
    stream->begin = 0;
}

/* Copies `length` bytes to the end of the buffer, with the prefix in front of each line. Returns
 * how many bytes that makes. */
static size_t copy_lines(struct stream *stream, const char *raw, size_t length)
{
    char *to = stream->data + stream->end;

    while (length > 0) {
        const char *newline = memchr(raw, '\n', length);
        size_t line = newline != NULL ? (size_t)(newline - raw) + 1 : length;
        if (!stream->inside) {
            memcpy(to, stream->prefix, stream->prefix_length);
            to += stream->prefix_length;
        }
        memcpy(to, raw, line);
        to += line;
        raw += line;
        length -= line;
        stream->inside = newline == NULL;
    }
    return (size_t)(to - (stream->data + stream->end));
}

static ssize_t read_stream(struct stream *stream)
{
    char raw[BUFFER_BYTES / 2];

    if (stream->prefix_length == 0)
        return read(stream->fd, stream->data + stream->end, room(stream));
    ssize_t got = read(stream->fd, raw, room(stream));
    return got <= 0 ? got : (ssize_t)copy_lines(stream, raw, (size_t)got);
}

/* A line with a prefix is ended at the latest with the stream, or the next one's prefix would stand
 * inside of it. */
static void end_line(struct stream *stream)
{
    if (stream->prefix_length == 0 || !stream->inside)
        return;
    stream->data[stream->end] = '\n'; /* there is room: something has just been tried to be read */
    stream->inside = false;
    append(stream, 1);
}

/* Returns whether there may be more to read at once. */
static bool fill(struct toc_output *output, struct stream *stream)
{
    if (stream->fd < 0)
        return false;
    if (room(stream) == 0)
        make_room(stream);
    if (room(stream) == 0) {
        set_reading(output, stream, false);
        return false;
    }
    ssize_t got = read_stream(stream);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (got <= 0) {
        end_line(stream);
        close_stream(output, stream);
        return false;
    }
    append(stream, (size_t)got);
    return true;
}

static void watch_sink(struct toc_output *output, struct sink *sink)
{
    struct epoll_event event = {.events = EPOLLOUT | EPOLLONESHOT};

    event.data.u64 = output->tag | (output->nranks * 2 + (uint64_t)(sink - output->sinks));
    sink->blocked = epoll_ctl(output->epoll_fd, sink->watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
                              sink->fd, &event) == 0;
    sink->watched = sink->watched || sink->blocked;
    if (!sink->blocked) /* a kind of file that epoll cannot watch: try again by the clock */
        output->restless = true;
}

/* Writes without blocking, and without making the descriptor non-blocking: others share it. A pipe
 * that polls as writable has room for PIPE_BUF bytes. */
static ssize_t write_some(const struct sink *sink, const char *data, size_t length)
{
    struct pollfd ready = {.fd = sink->fd, .events = POLLOUT};

    if (sink->kind == SINK_SOCKET)
        return send(sink->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sink->kind == SINK_FILE)
        return write(sink->fd, data, length);
    if (poll(&ready, 1, 0) == 0) {
        errno = EAGAIN;
        return -1;
    }
    return write(sink->fd, data, length < PIPE_BUF ? length : PIPE_BUF);
}

/* Up to the end of the last complete line, so that the sink is free afterwards. */
static size_t portion(const struct stream *stream)
{
    return (has_line(stream) ? stream->lines_end : stream->end) - stream->begin;
}

/* Returns false when the sink takes nothing more now. */
static bool write_stream(struct toc_output *output, struct sink *sink, struct stream *stream)
{
    const char *data = stream->data + stream->begin;
    ssize_t done = (ssize_t)portion(stream);

    if (sink->failure == 0)
        done = write_some(sink, data, (size_t)done);
    if (done < 0 && errno == EINTR)
        return true;
    if (done < 0 && errno == EAGAIN) {
        watch_sink(output, sink);
        return false;
    }
    if (done < 0) {
        sink->failure = errno;
        return true;
    }
    if (done > 0) {
        sink->holder = data[done - 1] == '\n' ? NULL : stream;
        stream->begin += (size_t)done;
    }
    if (stream->begin == stream->end)
        stream->begin = stream->end = stream->lines_end = 0;
    set_reading(output, stream, true);
    return true;
}

/* A line stays open only as long as its end may come, and not for ever when others wait. */
static void release_holder(struct toc_output *output, struct sink *sink, int64_t now)
{
    struct stream *holder = sink->holder;

    if (holder == NULL || held(holder) > 0)
        return;
    if (holder->fd < 0 || output->flushing ||
        (sink->waiting != 0 && now - sink->waiting >= HOLD_MS)) {
        sink->holder = NULL;
        sink->waiting = 0;
    }
}

/* The open line first; then the streams in the order in which they came. */
static struct stream *choose(struct toc_output *output, struct sink *sink, int64_t now)
{
    release_holder(output, sink, now);
    struct stream *holder = sink->holder;
    if (holder != NULL && held(holder) > 0)
        return holder;
    if (holder == NULL) {
        sink->waiting = 0;
        return sink->first;
    }
    /* A rank's own stdout and stderr on one terminal are not kept apart. */
    for (struct stream *stream = sink->first; stream != NULL; stream = stream->next)
        if (stream->rank == holder->rank)
            return stream;
    if (sink->first != NULL && sink->waiting == 0)
        sink->waiting = now;
    return NULL;
}

static void pump(struct toc_output *output, struct sink *sink)
{
    int64_t now = toc_clock_ms();
    struct stream *stream;

    while (!sink->blocked && (stream = choose(output, sink, now)) != NULL) {
        if (!write_stream(output, sink, stream))
            break;
        dequeue(stream);
        if (may_write(output, stream, now))
            enqueue(stream);
        else if (held(stream) > 0)
            output->restless = true;
    }
    if (sink->waiting != 0)
        output->restless = true;
}

static void update(struct toc_output *output, struct stream *stream)
{
    if (may_write(output, stream, stream->changed))
        enqueue(stream);
    else if (held(stream) > 0)
        output->restless = true;
    pump(output, stream->sink);
}

void toc_output_event(struct toc_output *output, uint32_t index)
{
    if (index >= output->nranks * 2) {
        struct sink *sink = &output->sinks[index - output->nranks * 2];
        sink->blocked = false;
        pump(output, sink);
        return;
    }
    fill(output, &output->streams[index]);
    update(output, &output->streams[index]);
}

void toc_output_drain(struct toc_output *output, uint32_t rank)
{
    for (uint32_t which = 0; which < 2; which++) {
        struct stream *stream = &output->streams[rank * 2 + which];
        while (fill(output, stream))
            update(output, stream);
        update(output, stream);
    }
}

int toc_output_tick(struct toc_output *output)
{
    if (!output->restless)
        return -1;
    int64_t now = toc_clock_ms();
    output->restless = false;
    for (uint32_t i = 0; i < output->nranks * 2; i++) {
        struct stream *stream = &output->streams[i];
        if (may_write(output, stream, now))
            enqueue(stream);
        else if (held(stream) > 0)
            output->restless = true;
    }
    for (uint32_t i = 0; i < 2; i++)
        pump(output, &output->sinks[i]);
    return output->restless ? TICK_MS : -1;
}

void toc_output_message(void *context, const char *line, size_t length)
{
    struct toc_output *output = context;
    struct stream *stream = &output->message;

    if (BUFFER_BYTES - stream->end < length)
        make_room(stream);
    if (BUFFER_BYTES - stream->end < length)
        return; /* nobody has read the messages before it */
    memcpy(stream->data + stream->end, line, length);
    append(stream, length);
    update(output, stream);
}

void toc_output_flush(struct toc_output *output)
{
    output->flushing = true;
    output->restless = true;
    toc_output_tick(output);
}

uint32_t toc_output_streams(const struct toc_output *output)
{
    return output->nstreams;
}

bool toc_output_pending(const struct toc_output *output)
{
    for (uint32_t i = 0; i < output->nranks * 2; i++)
        if (held(&output->streams[i]) > 0)
            return true;
    return held(&output->message) > 0;
}

bool toc_output_blocked(const struct toc_output *output)
{
    return output->sinks[0].blocked || output->sinks[1].blocked;
}

int toc_output_failure(const struct toc_output *output, const char **name)
{
    for (uint32_t i = 0; i < 2; i++) {
        *name = output->sinks[i].name;
        if (output->sinks[i].failure != 0)
            return output->sinks[i].failure;
    }
    return 0;
}

static void open_sink(struct sink *sink, int fd, const char *name)
{
    struct stat st;

    *sink = (struct sink){.fd = fd, .name = name, .kind = SINK_FILE};
    sink->last = &sink->first;
    if (fstat(fd, &st) < 0)
        return;
    if (S_ISFIFO(st.st_mode) || isatty(fd))
        sink->kind = SINK_PIPE;
    else if (S_ISSOCK(st.st_mode))
        sink->kind = SINK_SOCKET;
}

static bool same_file(int a, int b)
{
    struct stat sa, sb;
    return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
           sa.st_ino == sb.st_ino;
}

static bool open_stream(struct stream *stream, uint32_t rank, struct sink *sink)
{
    *stream = (struct stream){.fd = -1, .rank = rank, .sink = sink};
    stream->data = malloc(BUFFER_BYTES);
    return stream->data != NULL;
}

/* Streams 2r and 2r + 1 are rank r's stdout and stderr. */
static void set_prefix(struct stream *stream, uint32_t index, enum toc_tag_style style)
{
    int length = 0;

    if (style == TOC_TAG_RANK_ONLY)
        length = snprintf(stream->prefix, sizeof(stream->prefix), "[%u] ", index / 2);
    else if (style == TOC_TAG_STREAM)
        length = snprintf(stream->prefix, sizeof(stream->prefix), "[1,%u]<%s>: ", index / 2,
                          index % 2 == 0 ? "stdout" : "stderr");
    stream->prefix_length = (size_t)length;
}

int toc_output_open(uint32_t nranks, enum toc_tag_style style, int epoll_fd, uint64_t tag,
                    struct toc_output **result)
{
    struct toc_output *output =
        calloc(1, sizeof(*output) + (size_t)nranks * 2 * sizeof(struct stream));
    if (output == NULL)
        return -ENOMEM;

    output->nranks = nranks;
    output->epoll_fd = epoll_fd;
    output->tag = tag;
    open_sink(&output->sinks[0], STDOUT_FILENO, "stdout");
    open_sink(&output->sinks[1], STDERR_FILENO, "stderr");
    output->sink_of[0] = &output->sinks[0];
    output->sink_of[1] = &output->sinks[same_file(STDOUT_FILENO, STDERR_FILENO) ? 0 : 1];
    bool ok = open_stream(&output->message, NO_RANK, output->sink_of[1]);
    for (uint32_t i = 0; ok && i < nranks * 2; i++)
        ok = open_stream(&output->streams[i], i / 2, output->sink_of[i % 2]);
    for (uint32_t i = 0; ok && i < nranks * 2; i++)
        set_prefix(&output->streams[i], i, style);
    if (!ok) {
        toc_output_close(output);
        return -ENOMEM;
    }
    *result = output;
    return 0;
}

void toc_output_close(struct toc_output *output)
{
    for (uint32_t i = 0; i < output->nranks * 2; i++) {
        if (output->streams[i].data != NULL && output->streams[i].fd >= 0)
            close(output->streams[i].fd);
        free(output->streams[i].data);
    }
    free(output->message.data);
    free(output);
}

static int open_pipe(struct toc_output *output, struct stream *stream, int *write_end)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    stream->fd = ends[0];
    output->nstreams++;
    set_reading(output, stream, true);
    *write_end = ends[1];
    return 0;
}

int toc_output_pipes(struct toc_output *output, uint32_t rank, int *stdout_fd, int *stderr_fd)
{
    struct stream *streams = &output->streams[rank * 2];
    int status = open_pipe(output, &streams[0], stdout_fd);

    if (status != 0)
        return status;
    status = open_pipe(output, &streams[1], stderr_fd);
    if (status != 0)
        close(*stdout_fd);
    return status;
}
