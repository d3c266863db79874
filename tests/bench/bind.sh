#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# bind.sh "CPU CPU ..." program [argument ...]: run the program on the processor that is this rank's in
# the list, so that all MPI libraries compared have the same binding.

cpus=$1
shift
rank=${TOCSIN_RANK:-${PMI_RANK:-${OMPI_COMM_WORLD_RANK:-}}}
if [ -z "$rank" ]; then
    echo "bind.sh: the launcher told no rank" >&2
    exit 1
fi
# shellcheck disable=SC2086 # a list
set -- $cpus -- "$@"
i=0
cpu=$1
while [ "$1" != -- ]; do
    [ "$i" -ne "$rank" ] || cpu=$1
    i=$((i + 1))
    shift
done
shift
if [ "$rank" -ge "$i" ]; then
    echo "bind.sh: no processor for rank $rank in \"$cpus\"" >&2
    exit 1
fi
exec taskset -c "$cpu" "$@"
