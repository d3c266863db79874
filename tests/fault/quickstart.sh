#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# ./quickstart run installs what is not found, and nothing else: neither Check nor Debian's names are
# asked for. The tools are stubs here; nothing is installed.
. "${0%/*}/helpers.sh"

pkg_config=$(command -v pkg-config) && "$pkg_config" --exists 'hwloc >= 2.0' || exit 77

# A source tree that is built at once, and says so.
mkdir tree stubs
cp "$TOC_SRCDIR/quickstart" tree
cat >tree/configure <<'END'
#!/bin/sh
mkdir -p examples
printf '#!/bin/sh\necho the story\n' >examples/story
chmod +x examples/story
echo all: >Makefile
touch config.status
END
chmod +x tree/configure

stub()
{
    printf '#!/bin/sh\n%s\n' "$2" >"stubs/$1"
    chmod +x "stubs/$1"
}

stub apt-get "echo \"\$*\" >>'$work/installed'"
stub dpkg-query "echo '$work: asked for a package' >&2; exit 1"
stub env 'case $1 in DEBIAN_FRONTEND=*) shift ;; esac; exec "$@"'
stub sudo '[ "$1" != -n ] || shift; exec "$@"'

quickstart()
{
    : >installed
    rm -rf tree/build
    run bash -c 'PATH=$1/stubs:$PATH; exec "$1/tree/quickstart" run' - "$work"
}

# installs PACKAGES: the last run asked for them, in one command.
installs()
{
    grep '^install' installed | sed 's/^install \(-[^ ]* \)*//' >found
    [ "$(cat found)" = "$1" ] || fail "installed \"$(cat found)\" instead of \"$1\""
}

quickstart
expect 0 "all is there"
[ ! -s installed ] || fail "apt-get was called: $(cat installed)"
[ ! -s err ] || fail "Debian's names were asked for: $(cat err)"
grep -q '^the story$' out || fail "no story: $(cat out)"

# Without hwloc; Check is not missed.
stub pkg-config 'exit 1'
quickstart
expect 0 "without hwloc"
installs 'libhwloc-dev'
rm stubs/pkg-config

stub cc 'exit 1'
quickstart
installs 'build-essential'
rm stubs/cc

# The Autotools only where there is no configure yet: here they are stubs that make none.
mv tree/configure configure
stub autoreconf 'cp "$OLDPWD/../configure" . 2>/dev/null || cp ../configure .'
stub libtoolize true
stub automake true
quickstart
expect 0 "without configure"
[ ! -s installed ] || fail "apt-get was called: $(cat installed)"

# The tests want Check, and a build that was configured before it was there is configured again.
stub dpkg-query 'echo install ok installed'
mkdir -p tree/tests tree/build
echo 'echo the tests' >tree/tests/all.sh
echo all: >tree/build/Makefile
cat >tree/build/config.status <<'END'
#!/bin/sh
# S["TESTS_ENABLED_TRUE"]="#"
echo "$*" >>asked
END
chmod +x tree/build/config.status
run bash -c 'PATH=$1/stubs:$PATH; exec "$1/tree/quickstart" test' - "$work"
expect 0 "the tests"
grep -q '^the tests$' out || fail "no tests: $(cat out)"
grep -q '^--recheck' tree/build/asked || fail "not configured again"

# Without apt-get it names what is missing.
mkdir path
for tool in bash sh dirname cat sed printf mkdir grep nproc make env "${TOC_CC##* }"; do
    found=$(command -v "$tool") && case $found in /*) ln -sf "$found" path/ ;; esac
done
run bash -c 'PATH=$1/path; CC=false; export CC; exec bash "$1/tree/quickstart" run' - "$work"
expect 1 "nothing is there"
says "build-essential"
says "pkg-config"
says "libhwloc-dev"

# Without Check, configure does without the unit tests, unless they are asked for.
[ ! -e "$TOC_SRCDIR/config.status" ] || finish
stub pkg-config "case \"\$*\" in *check*) exit 1 ;; esac; exec $pkg_config \"\$@\""
mkdir conf && cd conf || exit 99
PATH=$work/stubs:$PATH
run "$TOC_SRCDIR/configure"
expect 0 "configure without Check"
grep -q 'unit tests *no (Check was not found)' "$work/out" "$work/err" ||
    fail "configure does not say that there are no unit tests: $(cat "$work/out" "$work/err")"
run "$TOC_SRCDIR/configure" -q --enable-tests
[ "$code" -ne 0 ] || fail "configure --enable-tests without Check"
says "Check is needed for the unit tests"
finish
