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
bad 2 "'socket' after --bind-to is not known: give core or none" --bind-to socket true
bad 2 "'$work/nowhere': No such file" -wdir "$work/nowhere" true
bad 2 "has no variable name" -x =1 true
bad 2 "':' between programs is not supported" -n 1 true : -n 1 true

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
PATH=$work:$PATH run "$TOC_MPIRUN" -n 2 hello
expect 0 "program found in PATH"
finish
