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
bad 2 "'some' after --stdin is not known: give a rank, all or none" --stdin some true
bad 2 "--stdin 2: there is no such rank in a job of 2" --stdin 2 -n 2 true
bad 2 "-s 99999 is too large" -s 99999 true
bad 2 "-arch pdp11: this machine is $(uname -m)" -arch pdp11 true
bad 2 "'' after -soft is not a set of numbers" -n 4 -soft '' true
bad 2 "'1:' after -soft is not a set of numbers" -n 4 -soft 1: true
bad 2 "'1:2:3:' after -soft is not a set of numbers" -n 4 -soft 4,1:2:3: true
bad 2 "'1:2:0' after -soft is not a set of numbers" -n 4 -soft 1:2:0 true
bad 2 "'1:2:3:4' after -soft is not a set of numbers" -n 4 -soft 1:2:3:4 true
bad 2 "' 2' after -soft is not a set of numbers" -n 4 -soft '1, 2' true
bad 2 "-soft 5:9 has no number from 1 to 4" -n 4 -soft 5:9 true
bad 2 "-soft -3:0,9:5 has no number from 1 to 4" -n 4 -soft -3:0,9:5 true
bad 2 "'mpi_errors' after -initial-errhandler is not an error handler: give mpi_errors_are_fatal" \
    -initial-errhandler mpi_errors true
bad 2 "comes after mpi_errors_return: all programs of a job have the same one" \
    -initial-errhandler mpi_errors_return true : -initial-errhandler mpi_errors_abort true
bad 2 "cannot read the file 'nowhere' after -configfile: No such file" -configfile nowhere
bad 2 "cannot read the file '.' after -file: Is a directory" -file . true
bad 2 "cannot read the file '/dev/zero' after --app: it is longer than 16 MiB" --app /dev/zero
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

# The numbers of ranks that -soft allows.
soft()
{
    want=$1
    shift
    run "$TOC_MPIRUN" "$@" sh -c 'echo $TOCSIN_SIZE'
    expect 0 "mpirun $*"
    [ "$(sort -u out)" = "$want" ] || fail "mpirun $*: $(sort -u out) ranks, not $want"
}
soft 4 -n 4 -soft 4
soft 3 -n 4 -soft 1:100:2
soft 4 -n 5 -soft 10:1:-3
soft 2 -n 4 -soft 9,2,-5:1
soft 7 -soft=1:7 -n 100
soft 1 -soft 1
soft 3 -ppn 3 -soft 1:9

# Where a program is looked for first; the machine's own architecture.
mkdir bin && printf '#!/bin/sh\necho mine\n' >bin/true && chmod +x bin/true
run "$TOC_MPIRUN" -arch "$(uname -m)" -path "nowhere:bin" true
expect 0 -path
[ "$(cat out)" = mine ] || fail "-path: not the program in bin"
run "$TOC_MPIRUN" -path bin sh -c 'echo $PATH'
[ "$(cat out)" = "$PATH" ] || fail "-path changes PATH"

# Words in files.
cat >programs <<'EOF'
# A comment, and an empty line.

-n 2 sh -c 'echo one $TOCSIN_PROGRAM "$0"' "two  words"
  -n 1 -env A \
      "a \"b\" \\c" sh -c 'printf "%s\\n" "$A # no comment $TOCSIN_PROGRAM"'
EOF
printf '%s\n' 'a "b" \c # no comment 1' 'last 2' 'one 0 two  words' 'one 0 two  words' >programs.want
for option in -configfile --app; do
    run "$TOC_MPIRUN" -q $option programs : sh -c 'echo last $TOCSIN_PROGRAM'
    expect 0 "$option"
    LC_ALL=C sort out | cmp -s - programs.want || fail "$option: $(cat out)"
done
printf -- '-n 3\n-env A "x y"' >more.words
run "$TOC_MPIRUN" -file more.words sh -c 'echo $A'
expect 0 -file
[ "$(sort out | uniq -c | tr -s ' ')" = " 3 x y" ] || fail "-file: $(cat out)"
printf -- '-file again\n' >again
printf "./hello 'never closed\n" >quote
: >empty
bad 2 "does one name itself?" -file again ./hello
bad 2 "-configfile quote: line 1: a quote is not closed" -configfile quote
bad 2 "-configfile empty: there is no program in this file" -configfile empty
bad 2 "'./hello' follows -configfile programs, which has the programs: give ':'" \
    -configfile programs ./hello
bad 2 "unknown option '--nonsense'" -file /dev/stdin ./hello <<EOF
--nonsense
EOF

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
