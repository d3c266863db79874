#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What mpirun says to a wrong command line: it names the value and what to do.
. "${0%/*}/helpers.sh"

bad()
{
    want=$1
    text=$2
    shift 2
    run "$TOC_MPIRUN" "$@"
    expect "$want" "mpirun $*"
    says "$text"
    [ ! -s out ] || fail "mpirun $* wrote to stdout"
}

bad 2 "unknown option '--bindto'; the nearest known one is --bind-to" --bindto none true
bad 2 "unknown option '-pn'; the nearest known one is -np" -pn 2 true
bad 2 "unknown option '--versoin'; the nearest known one is --version" --versoin
bad 2 "'four' after -n is not a number" -n four true
bad 2 "'2x' after -np is not a number" -np 2x true
bad 2 "'' after -n is not a number" -n '' true
bad 2 "-n 0 is too small: the number of ranks is 1 to 1024" -n 0 true
bad 2 "-n -7 is too small" -n -7 true
bad 2 "-n 1025 is too large" -n 1025 true
bad 2 "--np 99999999999999999999999 is too large" --np 99999999999999999999999 true
bad 2 "nothing follows -n" -n
bad 2 "no program is given"
bad 2 "no program is given" -n 2
bad 2 "'sock' after --bind-to is not known: give core, hwthread, socket" --bind-to sock true
bad 2 "'$work/nowhere': No such file" -wdir "$work/nowhere" true
bad 2 "has no variable name" -x =1 true
bad 2 "no program is given before ':'" -n 1 : -n 1 true
bad 2 "no program is given after ':'" -n 1 true :
bad 2 "no program is given after ':'" -n 1 true : -n 2
bad 2 "these are 1025 ranks or more" -n 1000 true : -n 25 true
bad 2 "'soon' after --timeout is not a number" --timeout soon true
bad 2 "nothing follows --mca btl: give --mca btl VALUE" --mca btl
bad 2 "nothing follows --map-by" --map-by
bad 2 "--stdin all is not possible: standard input goes to rank 0" --stdin all true
bad 2 "-genv A has no value: give -genv A VALUE" -genv A
bad 2 "'nowhere': No such file" -n 1 true : -n 1 -wdir nowhere true
bad 127 "cannot start './none': No such file" -n 1 true : -n 1 ./none

printf '#!/bin/sh\nexit 0\n' >hello && chmod +x hello
printf 'int main;\n' >source.c
printf 'text\n' >text
mkdir folder
printf '\177ELF damaged' >damaged && chmod +x damaged
bad 127 "did you mean ./hello?" -n 2 hello
bad 127 "there is no program 'no-such-program'" -n 2 no-such-program
bad 127 "cannot start './none': No such file" ./none
bad 126 "'./text' is not executable (chmod +x ./text)" ./text
bad 126 "compile it first (mpicc -o ./source ./source.c)" ./source.c
bad 126 "compile it first" source.c
bad 126 "'./folder' is a directory" ./folder
bad 126 "./damaged: Exec format error" -n 3 ./damaged
bad 127 "the program's name is empty" ''

run "$TOC_MPIRUN" --help
expect 0 --help
check "--help explains -np" grep -q -e '-np N' out
run "$TOC_MPIRUN" -V
expect 0 -V
check "-V prints a version" grep -q '^mpirun (Tocsin) [0-9]' out
run "$TOC_MPIRUN" -np=2 --oversubscribe --allow-run-as-root -- ./hello
expect 0 "options that are accepted"

# What scripts for other launchers carry: one note names all that has no effect.
run "$TOC_MPIRUN" --mca btl self,vader -mca pml ob1 --map-by core -iface lo -launcher fork \
    --bycore -np 1 ./hello
expect 0 "options without effect"
[ "$(cat err)" = "mpirun: note: without effect here: --mca btl self,vader, -mca pml ob1, \
--map-by core, -iface lo, -launcher fork, --bycore" ] || fail "the note: $(cat err)"
run "$TOC_MPIRUN" -q --mca btl self --map-by=core ./hello
expect 0 -q
[ ! -s err ] || fail "-q: $(cat err)"
run "$TOC_MPIRUN" --oversubscribe -v --allow-run-as-root --bind-to core:overload-allowed \
    --stdin 0 -genvall -envall -n 1 ./hello
expect 0 "options that ask for what is always so"
[ ! -s err ] || fail "a note without a reason: $(cat err)"

run "$TOC_MPIRUN" --nooversubscribe -n 1000 ./hello
expect 2 --nooversubscribe
says "there are more ranks (1000) than cores"
run "$TOC_MPIRUN" --nooversubscribe -n 1 ./hello
expect 0 --nooversubscribe

run "$TOC_MPIRUN" -n 2 --timeout 1 sleep "$mark"
expect 124 --timeout
says "longer than 1 second "
expect_gone --timeout
run "$TOC_MPIRUN" --timeout 50 ./hello
expect 0 "--timeout not reached"

# Every option that the help text names is one.
for option in $("$TOC_MPIRUN" --help | grep -oE '(^| |")--?[a-zA-Z][a-z-]*' | tr -d '" '); do
    run "$TOC_MPIRUN" "$option=1" --version
    ! grep -q 'unknown option' err || "$TOC_MPIRUN" "$option" --version >out 2>&1
    ! grep -q 'unknown option' out || fail "--help names $option: $(cat out)"
done

# The manual page has every option.
if [ -n "$TOC_SRCDIR" ]; then
    sed 's/\\-/-/g' "$TOC_SRCDIR/launcher/mpirun.1" >page
    for option in $(sed -n 's/^    {"\(-[^"]*\)".*/\1/p' "$TOC_SRCDIR/launcher/option_table.c"); do
        grep -q -e "[^-a-z]$option\([^-a-z]\|\$\)" page || fail "$option is not in mpirun.1"
    done
fi

PATH=$work:$PATH run "$TOC_MPIRUN" -n 2 hello
expect 0 "program found in PATH"
finish
