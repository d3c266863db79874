#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# mpicc and mpicxx: when they add what to the compiler's arguments, and quoting.
. "${0%/*}/helpers.sh"

TOC_MPICXX=${TOC_MPICC%/*}/mpicxx
[ -e "$TOC_MPICXX" ] || TOC_MPICXX=$(command -v mpicxx) || exit 77

# shows PATTERN ARGUMENTS...: the command that mpicc would run matches.
shows()
{
    pattern=$1
    shift
    line=$("$TOC_MPICC" -show "$@")
    # shellcheck disable=SC2254 # a pattern it is
    case $line in
    $pattern) return ;;
    esac
    fail "mpicc $*: $line"
}

links='*-lmpi_abi*'
for stop in -c -S -E -M -MM -fsyntax-only -r; do
    case $("$TOC_MPICC" -show $stop a.c) in
    *-lmpi_abi*) fail "mpicc $stop adds libraries" ;;
    *-I*include*) ;;
    *) fail "mpicc $stop has no -I" ;;
    esac
done
shows "* a.o b.c -o x $links" a.o b.c -o x
shows "* a.c -MMD -MF -c $links" a.c -MMD -MF -c
shows "* -x c - $links" -x c -
shows "*enable-new-dtags*" a.o
shows "clang -g *-I*" -cc='clang -g' a.c
line=$(TOCSIN_CC='other compiler' "$TOC_MPICC" -show a.c)
case $line in "other compiler "*) ;; *) fail "TOCSIN_CC: $line" ;; esac
case $("$TOC_MPICC" -showme:compile) in *-I*) ;; *) fail -showme:compile ;; esac
case $("$TOC_MPICC" -showme:link) in *-lmpi_abi*) ;; *) fail -showme:link ;; esac

# Before the C library where that is named, but behind a profiling library.
shows "* a.o -ltool $links -lc -lm" a.o -ltool -lc -lm
shows "* a.o -ltool -lm $links" a.o -ltool -lm

# Response files: passed on as they are, looked into for what they mean, opened if ours is in them.
printf '%s\n' '-c "b file.c"' '-DTEXT=it\'"'s" >response
shows '* -I* @response' @response
printf '%s\n' 'a.o -lc' >response
shows "* -I* $links @response" @response
printf '%s\n' '-cc=other "b file.c" -o x' >response
shows "other * \"b file.c\" -o x $links" @response
shows "* @missing.rsp $links" @missing.rsp
echo 'int main(void) { return 0; }' >main.c
echo '-o main main.c' >response
run "$TOC_MPICC" @response
expect 0 "mpicc @response"
[ -x main ] || fail "mpicc @response makes no program"

# Time grows with the number of words, not with its square: that takes minutes.
seq -f '-DA%.0f=1' 20000 >words
# shellcheck disable=SC2046 # many words
run "$TOC_MPICC" -show -c a.c $(cat words)
expect 0 "20,000 words"
[ "$(wc -w <out)" -eq $((20000 + $("$TOC_MPICC" -show -c a.c | wc -w))) ] ||
    fail "20,000 words: $(wc -w <out) are left"

run "$TOC_MPICC" -v
expect 0 "mpicc -v"
run "$TOC_MPICC" --version
expect 0 "mpicc --version"
run "$TOC_MPICC"
[ "$code" -ne 0 ] || fail "mpicc without arguments succeeds"

mkdir 'a folder'
cat >'a folder/hello world.c' <<'END'
#include <mpi.h>
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
    MPI_Init(&argc, &argv);
    MPI_Finalize();
    return strcmp(TEXT, "it's \"$HOME\" * `x`") != 0;
}
END
cp 'a folder/hello world.c' hello.cc
# shellcheck disable=SC2016
text='-DTEXT="it'\''s \"$HOME\" * `x`"'
"$TOC_MPICC" "$text" -o 'a folder/in one' 'a folder/hello world.c' || fail "compile and link"
"$TOC_MPICC" "$text" -c -o 'a folder/o.o' 'a folder/hello world.c' || fail "compile"
"$TOC_MPICC" -o 'a folder/in two' 'a folder/o.o' || fail "link"
"$TOC_MPICXX" "$text" -o 'a folder/in C++' hello.cc || fail "C++"
for program in 'in one' 'in two' 'in C++'; do
    run "$TOC_MPIRUN" -n 2 "./a folder/$program"
    expect 0 "$program"
    if command -v readelf >/dev/null; then
        readelf -d "a folder/$program" >dynamic
        grep -q '(RUNPATH)' dynamic || fail "$program has no RUNPATH"
        grep -q '(RPATH)' dynamic && fail "$program has an RPATH"
        grep -q 'libmpi_abi.so.1' dynamic || fail "$program does not need libmpi_abi.so.1"
    fi
done

# An installation that has been moved: nothing but the script's own place counts.
root=$work/moved\ \$x,y
mkdir -p "$root/bin"
cp "$TOC_MPICC" "$root/bin/mpicc"
ln -s "$root/bin/mpicc" mpicxx
line=$("$root/bin/mpicc" -show a.c)
case $line in *"'-I$root/include'"*"'-L$root/lib"*) ;; *) fail "moved: $line" ;; esac
line=$(./mpicxx -show a.cc)
case $line in *"'-I$root/include'"*) ;; *) fail "moved, through a link: $line" ;; esac
finish
