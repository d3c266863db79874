#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Lists of hosts: they give numbers of ranks, and every host has to be this machine.
# shellcheck disable=SC2016
. "${0%/*}/helpers.sh"

# ranks NUMBER OPTIONS...
ranks()
{
    want=$1
    shift
    run "$TOC_MPIRUN" "$@" sh -c 'echo $TOCSIN_SIZE'
    expect 0 "mpirun $*"
    [ "$(uniq -c out | tr -s ' ')" = " $want $want" ] || fail "mpirun $*: $(uniq -c out)"
}

refused()
{
    text=$1
    shift
    run "$TOC_MPIRUN" "$@" true
    expect 2 "mpirun $*"
    says "$text"
}

ranks 4 -H localhost:4
ranks 2 --host localhost,localhost
ranks 1 -hosts 127.0.0.1
ranks 3 -H 127.0.0.1:2,LOCALHOST
ranks 3 -host "$(hostname):3"
ranks 2 -H "[::1]:2"
ranks 1 -H ::1
ranks 2 -n 2 -H localhost:4
ranks 3 -ppn 3
ranks 2 -n 2 -ppn 1
ranks 3 -npernode=3 -H localhost
ranks 1 -pernode -H localhost:4

cat >hosts <<END
# two kinds of lines
localhost slots=2 max_slots=4   # Open MPI's

127.0.0.1:1
$(hostname)
END
ranks 4 --hostfile hosts
ranks 4 -machinefile hosts
ranks 4 -f hosts
ranks 2 --hostfile hosts -n 2

refused "-H names the host 'node7.invalid', which is not this machine" -H localhost:2,node7.invalid:2
refused "which is not this machine" -n 1 -host 192.0.2.1
printf 'localhost\nother.invalid slots=4\n' >hosts
refused "hosts names the host 'other.invalid'" -n 2 --hostfile hosts
printf 'localhost slots=many\n' >hosts
refused "'many' in hosts is not a number of slots" --hostfile hosts
refused "'0' in -H is not a number of slots" -H localhost:0
refused "a host in -H has no name" -H localhost,
refused "cannot read the hosts in 'nowhere': No such file" -f nowhere
finish
