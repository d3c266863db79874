#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
#
# Run the MPI programs of the test list.
#
#   run.sh --mpirun PATH --builddir DIR [options] [program ...]
#
#   --mpirun PATH         the launcher (required)
#   --builddir DIR        where the programs were built (required)
#   --list FILE           the test list; otherwise "testlist" beside this script
#   --notify A,B          notifiers to test (TOCSIN_NOTIFY); otherwise
#                         signal,poll,thread,uintr; uintr is emulated where the CPU lacks it
#   --full                every number of ranks with every notifier; otherwise each number and each
#                         notifier at least once per line of the list
#   --jobs N              runs at the same time; otherwise 1
#   --timeout-scale N     multiply all time limits (sanitizers, valgrind)
#   --mpirun-args "..."   further arguments for the launcher
#   --library NAME        tocsin (default), mpich or openmpi: to check the tests themselves; no
#                         notifiers then, and no messages or exit codes of this launcher expected
#   --verbose             one line for every run, not only for failures
#
# Named programs (as in the list, e.g. p2p_basic) restrict the list to them. Prints the output of every
# failed run and ends with "N passed, N failed, N skipped"; exit status 1 if any failed, 2 on misuse.

set -u
shopt -s extglob

die()
{
    echo "run.sh: $*" >&2
    exit 2
}

mpirun='' builddir='' list='' notify=signal,poll,thread,uintr full=0 jobs=1 scale=1 library=tocsin verbose=0
mpirun_args=()
only=()

while [ $# -gt 0 ]; do
    case $1 in
    --mpirun | --builddir | --list | --notify | --jobs | --timeout-scale | --mpirun-args | --library)
        [ $# -ge 2 ] || die "$1 needs a value"
        ;;
    esac
    case $1 in
    --mpirun) mpirun=$2 && shift ;;
    --builddir) builddir=$2 && shift ;;
    --list) list=$2 && shift ;;
    --notify) notify=$2 && shift ;;
    --jobs) jobs=$2 && shift ;;
    --timeout-scale) scale=$2 && shift ;;
    --mpirun-args) read -ra mpirun_args <<<"$2" && shift ;;
    --library) library=$2 && shift ;;
    --full) full=1 ;;
    --verbose) verbose=1 ;;
    -*) die "unknown option $1" ;;
    *) only+=("$1") ;;
    esac
    shift
done

[ -n "$mpirun" ] || die "--mpirun PATH is required"
[ -n "$builddir" ] || die "--builddir DIR is required"
[ -d "$builddir" ] || die "no such directory: $builddir"
command -v "$mpirun" >/dev/null || die "no such launcher: $mpirun"
[ -n "$list" ] || list=$(dirname "$0")/testlist
[ -r "$list" ] || die "cannot read the test list $list"
[[ $jobs =~ ^[1-9][0-9]*$ ]] || die "--jobs needs a number, not $jobs"
[[ $scale =~ ^[1-9][0-9]*$ ]] || die "--timeout-scale needs a number, not $scale"
[[ $library =~ ^(tocsin|mpich|openmpi)$ ]] || die "unknown library $library"

# Is $2 one of the comma-separated words $1?
contains()
{
    [[ ",$1," == *",$2,"* ]]
}

for_uintr=()
if ! grep -qsw uintr /proc/cpuinfo; then
    for_uintr=(TOCSIN_EMULATE_UINTR=1)
fi

if [ "$library" = tocsin ] && contains "$notify" uintr && [ ${#for_uintr[@]} -gt 0 ] &&
    ! "$mpirun" --emulate-uintr -n 1 true 2>/dev/null; then
    echo "without uintr: there is no emulator in this build"
    mapfile -t -d , others < <(printf %s "$notify")
    notify=''
    for name in "${others[@]}"; do
        [ "$name" = uintr ] || notify+=${notify:+,}$name
    done
fi

tmp=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-mpi-tests.XXXXXX") || exit 2
trap 'rm -rf "$tmp"' EXIT
stop()
{
    trap '' INT TERM
    # shellcheck disable=SC2046 # a list of process ids
    kill $(jobs -p) 2>/dev/null
    wait
    exit 130
}
trap stop INT TERM

# What is wrong with a run that ended with code $1 (outputs in $2.out, $2.err)? Prints nothing if all is
# well. Uses expect_* of the caller.
judge()
{
    local rc=$1 base=$2

    case $expect_exit in
    nonzero) [ "$rc" -ne 0 ] || echo "exit code 0, expected another" ;;
    *) [ "$rc" -eq "$expect_exit" ] || echo "exit code $rc, expected $expect_exit" ;;
    esac
    if [ -n "$expect_stderr" ] && ! grep -Eq -- "$expect_stderr" "$base.err"; then
        echo "standard error does not match $expect_stderr"
    fi
    if [ -n "$deny_stderr" ] && grep -E -- "$deny_stderr" "$base.err"; then
        echo "standard error matches $deny_stderr"
    fi
    if [ -n "$expect_stdout" ] && ! grep -Eq -- "$expect_stdout" "$base.out"; then
        echo "standard output does not match $expect_stdout"
    fi
}

# One run: $1 number of the run, $2 ranks, $3 notifier. Writes pass, fail or skip to $tmp/$1.verdict.
run_one()
{
    local base=$tmp/$1 np=$2 notifier=$3 rc=0 wrong start=$SECONDS
    local -a variables=("${environment[@]}")
    local title="$program${arguments[*]:+ ${arguments[*]}} np=$np"

    if [ "$library" = tocsin ]; then
        variables+=("TOCSIN_NOTIFY=$notifier")
        title+=" notify=$notifier"
        [ "$notifier" != uintr ] || variables+=("${for_uintr[@]}")
    fi
    [ "$notifier" != uintr ] || : >"$base.uintr"
    env "${variables[@]}" timeout -k 10 "$limit" "$mpirun" "${mpirun_args[@]}" -n "$np" \
        "$builddir/$program" "${arguments[@]}" </dev/null >"$base.out" 2>"$base.err" || rc=$?

    if [ $rc -eq 77 ] && [ "$expect_exit" != 77 ]; then
        echo skip >"$base.verdict"
        echo "SKIP $title: $(tail -n 1 "$base.err")"
        return
    fi
    # timeout(1) gives 124, or 137 when it had to kill.
    if [ $rc -eq 124 ] || { [ $rc -eq 137 ] && [ $((SECONDS - start)) -ge "$limit" ]; }; then
        wrong="did not end within $limit s"
    else
        wrong=$(judge $rc "$base")
    fi
    if [ -n "$xfail" ]; then
        if [ -n "$wrong" ]; then
            wrong=''
        else
            wrong="passed, but is known to fail: $xfail"
        fi
    fi
    if [ -z "$wrong" ]; then
        echo pass >"$base.verdict"
        [ $verbose -eq 0 ] || echo "PASS $title ($((SECONDS - start)) s)"
        return
    fi
    echo fail >"$base.verdict"
    {
        echo "FAIL $title: ${wrong//$'\n'/; }"
        tail -n 40 "$base.out" | sed 's/^/    out: /'
        tail -n 40 "$base.err" | sed 's/^/    err: /'
    } >"$base.report"
    # At once, so that the reports of runs at the same time do not mix.
    cat "$base.report"
}

# Start a run, after one has ended when enough are running.
submit()
{
    runs=$((runs + 1))
    if [ "$jobs" -eq 1 ]; then
        run_one "$runs" "$@"
        return
    fi
    while [ "$(jobs -rp | wc -l)" -ge "$jobs" ]; do
        wait -n
    done
    run_one "$runs" "$@" &
}

# The fields of one line into program, nps, arguments, …
parse_line()
{
    local field

    program=$1
    shift
    nps='' arguments=() environment=() line_notify='' limit=60 expect_exit=0
    expect_stderr='' deny_stderr='' expect_stdout='' xfail='' skip=''
    for field; do
        case $field in
        np=*) nps=${field#*=} ;;
        args=*) IFS=, read -ra arguments <<<"${field#*=}" ;;
        env=*) environment+=("${field#*=}") ;;
        notify=*) line_notify=${field#*=} ;;
        timeout=*) limit=${field#*=} ;;
        expect_exit=*) expect_exit=${field#*=} ;;
        expect_stderr=*) expect_stderr=${field#*=} ;;
        deny_stderr=*) deny_stderr=${field#*=} ;;
        expect_stdout=*) expect_stdout=${field#*=} ;;
        xfail=*) xfail=${field#*=} ;;
        skip=*) skip=${field#*=} ;;
        *) die "$list:$line_number: cannot understand $field" ;;
        esac
    done
    [ -n "$nps" ] || die "$list:$line_number: no np="
    limit=$((limit * scale))
    if [ "$library" != tocsin ]; then
        # Their launchers speak differently.
        [ "$expect_exit" = 0 ] || expect_exit=nonzero
        expect_stderr=''
    fi
}

# Which of the names $1 (comma-separated) does this line allow?
allowed_notifiers()
{
    local name

    for name in ${1//,/ }; do
        if [ -z "$line_notify" ] || contains "$line_notify" "$name"; then
            echo "$name"
        fi
    done
}

runs=0 lines=0 line_number=0 not_run=0

run_line()
{
    local -a np_list notifiers
    local i count

    IFS=, read -ra np_list <<<"$nps"
    if [ "$library" = tocsin ]; then
        mapfile -t notifiers < <(allowed_notifiers "$notify")
    else
        notifiers=(none)
    fi
    if [ ${#notifiers[@]} -eq 0 ] || contains "$skip" "$library"; then
        not_run=$((not_run + 1))
        [ $verbose -eq 0 ] || echo "SKIP $program ${arguments[*]}: not with $library, $notify"
        return
    fi
    if [ ! -x "$builddir/$program" ]; then
        runs=$((runs + 1))
        echo fail >"$tmp/$runs.verdict"
        echo "FAIL $program: $builddir/$program does not exist"
        return
    fi
    if [ $full -eq 1 ]; then
        for np in "${np_list[@]}"; do
            for notifier in "${notifiers[@]}"; do
                submit "$np" "$notifier"
            done
        done
        return
    fi
    # Side by side, starting at another notifier on each line, so that all pairs come about over the list.
    count=${#np_list[@]}
    [ ${#notifiers[@]} -le "$count" ] || count=${#notifiers[@]}
    for ((i = 0; i < count; i++)); do
        submit "${np_list[i % ${#np_list[@]}]}" "${notifiers[(i + lines) % ${#notifiers[@]}]}"
    done
}

while read -r -a fields <&3; do
    line_number=$((line_number + 1))
    [ ${#fields[@]} -gt 0 ] || continue
    [[ ${fields[0]} != \#* ]] || continue
    parse_line "${fields[@]}"
    if [ ${#only[@]} -gt 0 ]; then
        [[ " ${only[*]} " == *" $program "* || " ${only[*]} " == *" ${program##*/} "* ]] || continue
    fi
    run_line
    lines=$((lines + 1))
done 3<"$list"
wait

[ $((runs + not_run)) -gt 0 ] || die "nothing to run: no such program in $list: ${only[*]}"

passed=0 failed=0 skipped=$not_run on_uintr=0
for ((i = 1; i <= runs; i++)); do
    # A run without a verdict was itself killed.
    verdict=fail
    [ ! -r "$tmp/$i.verdict" ] || read -r verdict <"$tmp/$i.verdict"
    [ ! -e "$tmp/$i.uintr" ] || on_uintr=$((on_uintr + 1))
    case $verdict in
    pass) passed=$((passed + 1)) ;;
    skip) skipped=$((skipped + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
done
if [ $on_uintr -gt 0 ]; then
    [ ${#for_uintr[@]} -eq 0 ] && kind=real || kind=emulated
    echo "of these, $on_uintr with $kind user interrupts"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
