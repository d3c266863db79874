#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Wherever the C library stands in the search order, a program that uses MPI starts, its messages are
# right, and it is not interrupted unless TOCSIN_NOTIFY asks for that: five ways of linking and three
# of loading, with the default and the four notifiers.
. "${0%/*}/helpers.sh"

main=$sources/search_order.c
part=$sources/search_order_mpi.c
cc=${CC:-cc}
# The part that calls MPI as a shared library, which brings libmpi_abi behind the C library.
"$TOC_MPICC" -shared -fPIC -o libpart.so "$part" || exit 99
link=$("$TOC_MPICC" -showme:link) compile=$("$TOC_MPICC" -showme:compile)

"$TOC_MPICC" -o by_mpicc "$main" "$part" &&
    "$TOC_MPICC" -o libc_named "$main" "$part" -lc &&
    "$TOC_MPICC" -o as_needed "$main" -Wl,--as-needed -L. -lpart -Wl,-rpath,"$work" &&
    $cc -o in_library "$main" -L. -lpart -Wl,-rpath,"$work" &&
    eval "$cc $compile -o libc_first '$main' '$part' -lc $link" &&
    $cc -DLOAD=RTLD_LOCAL -o load_local "$main" -ldl &&
    $cc -DLOAD=RTLD_GLOBAL -o load_global "$main" -ldl || exit 99
cp load_local preloaded # the library is in memory before the program asks for it

# right KIND NOTIFIER PROGRAM: KIND is front or behind: where the wrappers should stand.
right()
{
    kind=$1 notifier=$2 program=$3 preload='' emulate=''
    [ "$program" != preloaded ] || preload="-x LD_PRELOAD=$work/libpart.so"
    [ "$notifier" != uintr ] || emulate=--emulate-uintr
    # shellcheck disable=SC2086 # none or two words
    run env TOCSIN_NOTIFY="$notifier" "$TOC_MPIRUN" $emulate $preload -n 2 "./$program" ./libpart.so
    expect 0 "$program, $notifier"
    [ "$(grep -c . out)" -eq 2 ] || fail "$program, $notifier: $(cat out)"
    notes=$(grep -c 'search order' err)
    case $kind,$notifier in
    behind,signal | behind,uintr) [ "$notes" -eq 1 ] || fail "$program, $notifier: $notes notes" ;;
    behind,auto)
        [ "$notes" -eq 1 ] || fail "$program, auto: $notes notes"
        [ "$(grep -c slept out)" -eq 2 ] || fail "$program, auto: the program saw an interrupt"
        ;;
    *)
        [ "$notes" -eq 0 ] || fail "$program, $notifier: a note without a reason: $(cat err)"
        [ "$(grep -c slept out)" -eq 2 ] || fail "$program, $notifier: the program saw an interrupt"
        ;;
    esac
    if grep -q 'program is linked statically' err; then
        fail "$program, $notifier: nothing is static"
    fi
}

for notifier in auto signal thread poll uintr; do
    right front $notifier by_mpicc
    right front $notifier libc_named
    # mpicc keeps libmpi_abi in a program that has no use for it itself.
    right front $notifier as_needed
    for program in in_library libc_first load_local load_global preloaded; do
        right behind $notifier $program
    done
done

# Programs that call no MPI function, with a tool in front of them that is linked with MPI.
run env LD_PRELOAD="$work/libpart.so" "$TOC_MPIRUN" -n 2 true
expect 0 "LD_PRELOAD=tool mpirun"
run env LD_PRELOAD="$work/libpart.so" true
expect 0 "LD_PRELOAD=tool program"
finish
