#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Programs with several threads, built with mpicc -fsanitize=thread against the library as it is
# installed, which is not: ThreadSanitizer reports nothing with any notifier, but what is the program's
# own fault. From the build directory. The last line is "N passed, N failed, N skipped".
set -u
. ./tests/paths.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-tsan.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0
# Its run time maps fixed addresses, which a random layout may have given away.
fixed=
setarch -R true 2>/dev/null && fixed="setarch -R"
export TSAN_OPTIONS=${TSAN_OPTIONS:-exitcode=66}

compile()
{
    launcher/mpicc -g -O1 -fsanitize=thread -I "$TOC_SRCDIR/tests/mpi" -o "$work/$1" "$2" -lpthread -lm
}

# verdict NAME CODE: 0 passes, 77 is skipped
verdict()
{
    case $2 in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) && echo "SKIP $1" ;;
    *) failed=$((failed + 1)) && echo "FAIL $1 (exit code $2)" && sed 's/^/    /' "$work/log" | head -n 60 ;;
    esac
}

job()
{
    # shellcheck disable=SC2086
    TOCSIN_NOTIFY=$1 timeout -k 5 300 launcher/mpirun -n 3 $fixed "$work/$2" >"$work/log" 2>&1
}

if ! compile race "$TOC_SRCDIR/tests/tsan_race.c" 2>"$work/log"; then
    echo "SKIP: this compiler has no ThreadSanitizer: $(tail -n 1 "$work/log")"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
for notify in signal thread poll; do
    job $notify race
    if grep -q 'FATAL: ThreadSanitizer' "$work/log"; then
        echo "SKIP: ThreadSanitizer does not run here (see vm.mmap_rnd_bits):" \
            "$(grep -m 1 'FATAL: ThreadSanitizer' "$work/log")"
        echo "0 passed, 0 failed, 1 skipped"
        exit 0
    fi
    grep -q 'WARNING: ThreadSanitizer: data race' "$work/log"
    verdict "race: reported, TOCSIN_NOTIFY=$notify" $?
done

for source in "$TOC_SRCDIR"/tests/mpi/threads_*.c; do
    name=$(basename "$source" .c)
    compile "$name" "$source" 2>"$work/log" || { verdict "$name: compile" 1; continue; }
    for notify in signal thread poll; do
        job $notify "$name"
        code=$?
        grep -q 'ThreadSanitizer' "$work/log" && code=66
        verdict "$name TOCSIN_NOTIFY=$notify" $code
    done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
