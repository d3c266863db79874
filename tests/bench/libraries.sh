# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=bash
# Sourced by bench.sh: the MPI libraries to compare, how to build for them and to start with them, and
# what is known of the machine.

libraries=()
around=()
declare -A mpicc=() mpirun=() family=() extra=() bin=()

# One processor of each core that we may use, in the form 0,1; all processors if that is only one.
one_of_each_core()
{
    local allowed cores

    allowed=$(awk '/^Cpus_allowed_list/ {print $2}' /proc/self/status)
    cores=$(lscpu -p=CPU,CORE,SOCKET | awk -F, -v allowed="$allowed" '
        BEGIN {
            n = split(allowed, part, ",")
            for (i = 1; i <= n; i++) {
                m = split(part[i], range, "-")
                for (c = range[1] + 0; c <= range[m] + 0; c++)
                    may[c] = 1
            }
        }
        !/^#/ && ($1 in may) {
            all = all sep_all $1
            sep_all = ","
            if (!(($2, $3) in seen)) {
                each = each sep $1
                sep = ","
            }
            seen[$2, $3] = 1
        }
        END { print each ~ /,/ ? each : all }')
    echo "$cores"
}

# The tool $1 where a build or an installation has it.
find_tool()
{
    local d

    for d in bin . launcher; do
        if [ -x "$prefix/$d/$1" ]; then
            (cd "$prefix/$d" && echo "$PWD/$1")
            return
        fi
    done
    die "no $1 in $prefix"
}

# add_library NAME MPICC MPIRUN
add_library()
{
    libraries+=("$1")
    mpicc[$1]=$2
    mpirun[$1]=$3
    bin[$1]=$out/bin-$1
    case $(timeout 20 "$3" --version 2>&1) in
    *"Open MPI"* | *OpenRTE* | *PRRTE*) family[$1]=openmpi ;;
    *HYDRA* | *MPICH* | *Intel*) family[$1]=mpich ;;
    *Tocsin* | *tocsin*) family[$1]=tocsin ;;
    *) family[$1]=other ;;
    esac
}

# A peer by name or by the path of its mpicc; $2: complain if it is not there.
add_peer()
{
    local name=$1 compiler launcher

    case $1 in
    */* | mpicc*)
        compiler=$1
        launcher=$(sed 's/mpicc\([^/]*\)$/mpirun\1/' <<<"$1")
        name=$(sed 's|/*bin/mpicc$||; s|.*/||; s|^mpicc[.]*||' <<<"$1")
        ;;
    *) compiler=mpicc.$1 launcher=mpirun.$1 ;;
    esac
    name=${name//[^A-Za-z0-9_.]/_}
    name=${name:-mpi}
    if [ -n "${mpicc[$name]:-}" ]; then
        [ "${mpicc[$name]}" != "$compiler" ] || return 0
        name=$name${#libraries[@]}
    fi
    if command -v "$compiler" >/dev/null && command -v "$launcher" >/dev/null; then
        add_library "$name" "$compiler" "$launcher"
    else
        [ -z "${2:-}" ] || die "no $compiler and $launcher here"
        note "no $compiler and $launcher here; going on without"
    fi
}

find_libraries()
{
    local peer variant name

    if [ -n "$prefix" ]; then
        [ -n "$our_mpicc" ] || our_mpicc=$(find_tool mpicc) || exit
        [ -n "$our_mpirun" ] || our_mpirun=$(find_tool mpirun) || exit
    fi
    if [ -z "$our_mpicc" ] || [ -z "$our_mpirun" ]; then
        die "--prefix, or --mpicc and --mpirun, is required"
    fi
    add_library tocsin "$our_mpicc" "$our_mpirun"
    if [ -n "$peers" ]; then
        for peer in ${peers//,/ }; do
            [ "$peer" = none ] || add_peer "$peer" demanded
        done
    else
        add_peer mpich
        add_peer openmpi
    fi
    if [ "$peers" != none ]; then
        for peer in ${MPICC:-}; do
            add_peer "$peer" demanded
        done
    fi
    for variant in ${variants[@]+"${variants[@]}"}; do
        name=tocsin-${variant%%=*}
        [[ ${variant#*=} == *=* ]] || die "a variant is NAME=VARIABLE=VALUE, not $variant"
        add_library "$name" "$our_mpicc" "$our_mpirun"
        extra[$name]=${variant#*=}
        bin[$name]=$out/bin-tocsin
    done
}

# The sources of a program beside its own.
sources_of()
{
    case $1 in
    hello | self) ;;
    overlap) echo "$here/overlap_run.c $here/bench.c" ;;
    *) echo "$here/bench.c" ;;
    esac
}

build_programs()
{
    local library program

    for library in "${libraries[@]}"; do
        [[ $library == tocsin-* ]] && continue
        mkdir -p "${bin[$library]}"
        for program in $(wanted_programs); do
            # shellcheck disable=SC2046 # a list
            "${mpicc[$library]}" -D_GNU_SOURCE -std=gnu11 -O2 -w "$here/$program.c" \
                $(sources_of "$program") -o "${bin[$library]}/$program" 2>>"$errors" ||
                die "cannot build $program with ${mpicc[$library]}; see $errors"
        done
    done
    "${CC:-cc}" -D_GNU_SOURCE -std=gnu11 -O2 "$here"/limits*.c -o "$out/limits" 2>>"$errors" ||
        die "cannot build limits.c; see $errors"
}

# start LIBRARY RANKS PROCESSORS COMMAND...: the launcher (as an argument of the command in `around`, if
# there is one) confined to those processors and not binding
# anything. With more ranks than processors, libraries that can give way when idle are told to.
start()
{
    local library=$1 ranks=$2 processors=$3 options=()
    shift 3

    case ${family[$library]} in
    openmpi)
        options=(--allow-run-as-root --oversubscribe --bind-to none)
        if [ "$ranks" -gt "$(awk -F, '{print NF}' <<<"$processors")" ]; then
            options+=(--mca mpi_yield_when_idle 1)
        fi
        ;;
    tocsin) options=(--bind-to none) ;;
    esac
    # shellcheck disable=SC2086 # at most one word, NAME=VALUE
    timeout -k 5 "${limit_seconds:-120}" env ${extra[$library]:-} taskset -c "$processors" \
        "${around[@]+"${around[@]}"}" "${mpirun[$library]}" "${options[@]+"${options[@]}"}" -n "$ranks" "$@" </dev/null
}

# How the library moves long messages, as far as it tells.
copy_mechanism()
{
    local long=("${bin[$1]}/latency" -q -s 1M) info

    case ${family[$1]} in
    tocsin)
        TOCSIN_STATS=1 start "$1" 2 "$cpus" "${long[@]}" 2>&1 | awk '
            /: chunks_p/ { chunks += $4 }
            /: fragments/ { fragments += $4 }
            END {
                print chunks ? "cross-memory attach (CMA), both sides" : \
                    fragments ? "through shared memory (CMA refused)" : "not known"
            }'
        ;;
    mpich)
        info=$(UCX_LOG_LEVEL=info start "$1" 2 "$cpus" "${long[@]}" 2>&1 |
            grep -o ' tag([^)]*)' | grep -v 'tag(self' | sort -u | tr '\n' ' ')
        echo "UCX${UCX_TLS:+ with UCX_TLS=$UCX_TLS}:${info:- not known}"
        ;;
    openmpi)
        info=$(ompi_info_of "$1" | sed -n 's/.*:btl_\([a-z]*\)_single_copy_mechanism:value:/btl \1, /p' |
            tr '\n' ' ')
        echo "${OMPI_MCA_btl:+OMPI_MCA_btl=$OMPI_MCA_btl }${info:-not known}"
        ;;
    *) echo "not known" ;;
    esac
}

ompi_info_of()
{
    local beside

    beside=$(dirname "$(command -v "${mpicc[$1]}")")/ompi_info
    [ -x "$beside" ] || beside=ompi_info
    timeout 30 "$beside" --parsable --param btl all --level 9 2>/dev/null
}

describe_machine()
{
    local library version

    echo "machine: $(lscpu | sed -n 's/^Model name: *//p' | head -n 1), $(nproc) processors," \
        "$(lscpu | sed -n 's/^Hypervisor vendor: */virtual (/p' | sed 's/$/), /')kernel $(uname -r)," \
        "user interrupts: $(grep -qw uintr /proc/cpuinfo && echo yes || echo no)"
    echo "ranks on processors $cpus; load before: $(cut -d ' ' -f 1-3 /proc/loadavg); $(date -u +%F)"
    for library in "${libraries[@]}"; do
        version=$(start "$library" 1 "$cpus" "${bin[$library]}/hello" version 2>>"$errors" |
            sed -n '1s/[[:space:]][[:space:]]*/ /gp')
        echo "$library: ${version:-does not start}; copies: $(copy_mechanism "$library")${extra[$library]:+; ${extra[$library]}}"
    done
}
