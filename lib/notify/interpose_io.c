/* SPDX-License-Identifier: BSD-3-Clause */
/* Calls on any kind of descriptor. */
#include "notify/interpose_impl.h"

TOC_EXPORT ssize_t read(int fd, void *buf, size_t len)
{
    const struct iovec iov = {buf, len};
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->read(fd, buf, len);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->read(fd, buf, len);
    } while (n < 0 && toc_interpose_again(&call, POLLIN));
    return toc_interpose_finish(&call, TOC_INTERPOSE_READ, &iov, 1, n, 0);
}

TOC_EXPORT ssize_t __read_chk(int fd, void *buf, size_t len, size_t size)
{
    if (len > size) /* ends the program */
        return toc_interpose_real()->__read_chk(fd, buf, len, size);
    return read(fd, buf, len);
}

TOC_EXPORT ssize_t readv(int fd, const struct iovec *iov, int count)
{
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->readv(fd, iov, count);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->readv(fd, iov, count);
    } while (n < 0 && toc_interpose_again(&call, POLLIN));
    return toc_interpose_finish(&call, TOC_INTERPOSE_READ, iov, (size_t)count, n, 0);
}

TOC_EXPORT ssize_t write(int fd, const void *buf, size_t len)
{
    const struct iovec iov = {(void *)(uintptr_t)buf, len};
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->write(fd, buf, len);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->write(fd, buf, len);
    } while (n < 0 && toc_interpose_again(&call, POLLOUT));
    return toc_interpose_finish(&call, TOC_INTERPOSE_WRITE, &iov, 1, n, 0);
}

TOC_EXPORT ssize_t writev(int fd, const struct iovec *iov, int count)
{
    struct toc_interpose_call call;
    ssize_t n;

    if (!toc_interpose_active())
        return toc_interpose_real()->writev(fd, iov, count);
    call = toc_interpose_begin(fd);
    do {
        n = toc_interpose_real()->writev(fd, iov, count);
    } while (n < 0 && toc_interpose_again(&call, POLLOUT));
    return toc_interpose_finish(&call, TOC_INTERPOSE_WRITE, iov, (size_t)count, n, 0);
}

TOC_EXPORT ssize_t getrandom(void *buf, size_t len, unsigned flags)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    ssize_t n = toc_interpose_real()->getrandom(buf, len, flags);
    const size_t total = len < INT_MAX ? len : INT_MAX;

    while (n > 0 && (size_t)n < total && toc_interpose_only_bells(mark)) {
        const long more = toc_interpose_retry(mark, SYS_getrandom, (long)buf + n,
                                              (long)(total - (size_t)n), flags, 0, 0, 0);

        if (more > 0)
            n += more;
        else if (more != -EINTR)
            break;
    }
    return n;
}

/* A short count before the end of the input, from files as well: the kernel looks for signals
 * between any two pages. The end of the input, or an output that must not block, gives 0 or an
 * error next. */
TOC_EXPORT ssize_t sendfile(int out, int in, off_t *offset, size_t count)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    ssize_t n = toc_interpose_real()->sendfile(out, in, offset, count);

    while (n > 0 && (size_t)n < count && toc_interpose_only_bells(mark)) {
        const long more = toc_interpose_retry(mark, SYS_sendfile, out, in, (long)offset,
                                              (long)(count - (size_t)n), 0, 0);

        if (more > 0)
            n += more;
        else if (more != -EINTR)
            break;
    }
    return n;
}

/* The same function where off_t has 64 bits. */
TOC_EXPORT ssize_t sendfile64(int out, int in, off64_t *offset, size_t count)
{
    return sendfile(out, in, offset, count);
}

TOC_EXPORT ssize_t copy_file_range(int in, off64_t *in_offset, int out, off64_t *out_offset,
                                   size_t len, unsigned flags)
{
    const struct toc_interpose_mark mark = toc_interpose_mark();
    ssize_t n = toc_interpose_real()->copy_file_range(in, in_offset, out, out_offset, len, flags);

    while (n > 0 && (size_t)n < len && toc_interpose_only_bells(mark)) {
        const long more =
            toc_interpose_retry(mark, SYS_copy_file_range, in, (long)in_offset, out,
                                (long)out_offset, (long)(len - (size_t)n), (long)flags);

        if (more > 0)
            n += more;
        else if (more != -EINTR)
            break;
    }
    return n;
}
