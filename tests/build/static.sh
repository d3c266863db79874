#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# libmpi_abi.a, in a build of its own that has nothing else: programs, the calls of libc that the
# library stands in front of, profiling tools, and what is said where it cannot work.
. "${0%/*}/helpers.sh"
need make nm ar

mkdir build
cd build || exit 99
quietly env -u PKG_CONFIG_LIBDIR "$TOC_SRCDIR/configure" -q --enable-static --disable-shared --disable-tests \
    --prefix="$work/static" || finish
timeout 800 make -s -j2 install >"$work/log" 2>&1 || {
    tail -n 30 "$work/log"
    fail "make install"
    finish
}
cd "$work" || exit 99
PATH=$work/static/bin:$PATH
[ ! -e static/lib/libmpi_abi.so ] || fail "--disable-shared makes a shared library"

# is_static PROGRAM: and brings libc's functions along for the libraries that it loads.
is_static()
{
    if ldd "$1" | grep -q libmpi_abi; then
        fail "$1 needs the shared library"
    fi
    nm "$1" >symbols
    for name in read nanosleep sigaction sigwait poll recv msgrcv; do
        grep -q -i " [TW] $name\$" symbols || fail "$1 has no $name of its own"
    done
}

quietly mpicc -o sum "$sources/sum.c" && works ./sum && is_static ./sum
quietly mpicc -static-mpi -o sum2 "$sources/sum.c" && works ./sum2
quietly mpicxx -o sum_cxx "$sources/sum.cc" && works ./sum_cxx && is_static ./sum_cxx
if command -v pkg-config >/dev/null; then
    # shellcheck disable=SC2046 # flags
    PKG_CONFIG_LIBDIR=static/lib/pkgconfig quietly cc -o sum_pc "$sources/sum.c" \
        $(PKG_CONFIG_LIBDIR=static/lib/pkgconfig pkg-config --static --cflags --libs mpi-c) &&
        works ./sum_pc
fi

if command -v cmake >/dev/null; then
    mkdir project
    cp "$sources/sum.c" project/
    printf '%s\n' 'cmake_minimum_required(VERSION 3.10)' 'project(sum C)' 'find_package(MPI REQUIRED)' \
        'add_executable(sum sum.c)' 'target_link_libraries(sum MPI::MPI_C)' >project/CMakeLists.txt
    quietly cmake -S project -B built && quietly cmake --build built && works built/sum &&
        is_static built/sum
fi

# The suite's own programs whose subject a static library could break, over both notifiers.
for name in interpose_io interpose_signal interpose_sleep p2p_random coll_user comm_split; do
    quietly mpicc -O1 -o $name "$TOC_SRCDIR/tests/mpi/$name.c" -lm || continue
    for notify in signal poll; do
        TOCSIN_NOTIFY=$notify quietly mpirun -n 2 ./$name
    done
done

# A program's own function of an interposed name goes before the library's.
cat >own.c <<'END'
#include <mpi.h>
#include <unistd.h>
static int called;
ssize_t read(int fd, void *buf, size_t len)
{
    (void)fd, (void)buf, (void)len;
    called++;
    return 0;
}
int main(int argc, char **argv)
{
    char byte;
    MPI_Init(&argc, &argv);
    int before = called; /* the library reads too */
    int got = (int)read(0, &byte, 1);
    int after = called;
    write(1, "", 0);
    MPI_Finalize();
    return got != 0 || after != before + 1;
}
END
quietly mpicc -o own own.c && quietly mpirun -n 2 ./own

quietly mpicc -c "$sources/counted.c" "$sources/count.c"
quietly ar rc libcount_a.a count.o
quietly mpicc -o object counted.o count.o
quietly mpicc -o archive counted.o -L. -lcount_a
quietly mpicc -profile=count_a -L. -o profile counted.o
for program in object archive profile; do
    quietly mpirun -n 2 ./$program
    equals 'rank 0 sent 3 rank 1 sent 1' "$(sort log | tr '\n' ' ' | sed 's/ $//')" $program
done

# With a static libc: without the wrappers, over all notifiers that need no preloading.
for name in p2p_random threads_p2p coll_user; do
    quietly mpicc -static -O1 -o static_$name "$TOC_SRCDIR/tests/mpi/$name.c" -lm || continue
    ldd static_$name >log 2>&1 && fail "mpicc -static makes a dynamic program: $(cat log)"
    for notify in signal thread poll; do
        TOCSIN_NOTIFY=$notify quietly mpirun -n 2 ./static_$name
    done
done
# Interrupts could not be hidden: without being asked for they are not used.
fault=$TOC_SRCDIR/tests/fault
quietly mpicc -static -o sleeps "$fault/search_order.c" "$fault/search_order_mpi.c"
mpirun -n 2 ./sleeps >out 2>err || fail "a static program: $(cat err)"
equals 'slept slept' "$(tr '\n' ' ' <out | sed 's/ $//')" "a static program sleeps"
# The language that the user names is that of the user's files.
for option in -static -static-mpi; do
    quietly mpicc $option -o from_stdin -x c - <"$sources/sum.c" && works ./from_stdin
done
quietly mpicxx -static -o sum_cxx_static "$sources/sum.cc" && works ./sum_cxx_static
# Linked by hand with the wrong archive: told of.
if cc -static -Istatic/include -o none "$sources/sum.c" -Lstatic/lib -lmpi_abi 2>err; then
    if mpirun -n 1 ./none >out 2>err || ! grep -q "linked statically with the C library" err; then
        fail "a program with a static libc: $(cat err)"
    fi
fi
finish
