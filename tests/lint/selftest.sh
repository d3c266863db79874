#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The lints can fail: each is given a small tree with one fault in it, and must name the fault.
#
# Usage: selftest.sh

here=$(cd "$(dirname "$0")" && pwd) || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# In files, because some of it runs at the end of pipes, in subshells.
fail()
{
    printf 'selftest: %s\n' "$*" >&2
    : >"$work/failed"
}

# expect <exit code> <words of the message> <command...>
expect()
{
    code=$1 words=$2
    shift 2
    echo >>"$work/cases"
    "$@" >"$work/out" 2>&1
    got=$?
    if [ "$got" -ne "$code" ] || ! grep -qF -- "$words" "$work/out"; then
        fail "$*: exit $got instead of $code, or nothing of '$words' in:
$(cat "$work/out")"
    fi
}

# --- handler_safe.sh --------------------------------------------------------------------------
mkdir -p "$work/lib/p2p"

# handler <expected code> <words>: the program on standard input, tables in $work/tables
handler()
{
    cat >"$work/lib/p2p/x.c"
    "${CC:-cc}" -std=gnu11 -O2 -g -fPIC -c "$work/lib/p2p/x.c" -o "$work/lib/p2p/x.o" || exit 1
    expect "$1" "$2" "$here/handler_safe.sh" -s "$work" -t "$work/tables" "$work/lib/p2p/x.o"
}

mark='/* SPDX */
/* handler-safe */'
entry='entry lib/p2p/x.c:handler'
keep='__attribute__((noinline))'

echo "$entry" >"$work/tables"
handler 0 "reached from the handler" <<PROGRAM
$mark
#include <string.h>
static $keep int step(char *p, int n) { memset(p, 0, n); return p[n / 2]; }
int handler(char *p, int n) { return step(p, n) + 1; }
PROGRAM
handler 1 "malloc may not be called from the handler" <<PROGRAM
$mark
#include <stdlib.h>
static $keep void *deep(int n) { return (char *)malloc(n) + n; }
static $keep void *step(int n) { return (char *)deep(n) + 1; }
void *handler(int n) { return (char *)step(n) + 1; }
PROGRAM
grep -q 'called by step' "$work/out" || fail "the chain of calls is missing"
handler 1 "puts may not be called from the handler" <<PROGRAM
$mark
#include <stdio.h>
static $keep int last(const char *p) { return puts(p); }
int handler(const char *p) { return last(p); }
PROGRAM
handler 1 "abort may not be called from the handler" <<PROGRAM
$mark
#include <stdlib.h>
static $keep __attribute__((cold)) void rare(int n) { if (n) abort(); }
int handler(int n) { if (n > 3) rare(n); return n; }
PROGRAM
handler 1 "errno_location may not be called" <<PROGRAM
$mark
#include <errno.h>
int handler(void) { return errno; }
PROGRAM
handler 1 "tls_get_addr may not be called" <<PROGRAM
$mark
__thread int counter;
int handler(void) { return counter; }
PROGRAM
handler 1 "indirect call in handler" <<PROGRAM
$mark
int (*where)(int);
int handler(int n) { return where(n); }
PROGRAM
handler 1 "not marked handler-safe" <<PROGRAM
/* SPDX */
int handler(int n) { return n; }
PROGRAM
handler 0 "reached from the handler" <<PROGRAM
$mark
int a, b, c, d, e;
int *handler(int n)
{
    switch (n) { /* a table of jumps, not of functions */
    case 0: return &a; case 1: b++; return &b; case 2: c *= 3; return &c; case 3: d--; return &d;
    case 4: e = a + b; return &e; case 5: a = c; return &b; case 6: c = 1; return &a;
    default: return 0;
    }
}
PROGRAM

printf '%s\n' "$entry" 'calls lib/p2p/x.c member:strike' >"$work/tables"
through_member="$mark
#include <stdlib.h>
struct ops { void (*name)(void *); void (*strike)(void *); };
static void bad(void *p) { free(p); }
static void good(void *p) { *(int *)p = 1; }
extern const struct ops one;
const struct ops *volatile current;
void handler(void *p) { current->strike(p); }"
handler 1 "free may not be called from the handler" <<PROGRAM
$through_member
const struct ops one = {.name = good, .strike = bad};
PROGRAM
handler 0 "reached from the handler" <<PROGRAM
$through_member
const struct ops one = {.name = bad, .strike = good};
PROGRAM
printf '%s\n' "$entry" 'calls lib/p2p/x.c data:kernels' >"$work/tables"
handler 1 "printf may not be called from the handler" <<PROGRAM
$mark
#include <stdio.h>
static int good(int n) { return n; }
static int bad(int n) { return printf("%d", n); }
extern int (*const kernels[])(int);
int (*const kernels[])(int) = {good, NULL, bad};
int handler(int n) { return kernels[n](n) + 1; }
PROGRAM

faultless="$mark
int handler(int n) { return n; }"
for line in 'entry lib/p2p/x.c:gone' 'cut lib/p2p/x.c malloc once it did' \
    'calls lib/p2p/x.c lib/p2p/x.c:gone' 'calls lib/p2p/x.c program' 'call lib/p2p/x.c program'; do
    printf '%s\n' "$entry" "$line" >"$work/tables"
    echo "$faultless" | handler 1 "handler_tables.txt"
done
printf '%s\n' "$entry" 'cut lib/p2p/x.c malloc only where n is 0' >"$work/tables"
handler 0 "reached from the handler" <<PROGRAM
$mark
#include <stdlib.h>
void *handler(int n) { return n ? NULL : malloc(4); }
PROGRAM
rm -rf "${work:?}/lib"

# --- layers.sh --------------------------------------------------------------------------------
mkdir -p "$work/lib/base" "$work/lib/notify" "$work/lib/transport" "$work/lib/p2p" \
    "$work/include" "$work/launcher" "$work/examples" "$work/tests/unit"
: >"$work/lib/base/env.h"
: >"$work/lib/p2p/p2p.h"
: >"$work/lib/notify/bell.h"

# layer <expected code> <words> <file> <include line>
layer()
{
    echo "$4" >"$work/$3"
    expect "$1" "$2" "$here/layers.sh" "$work"
    rm "$work/$3"
}

layer 0 "1 includes" lib/transport/ring.c '#include "notify/bell.h"'
layer 0 "1 includes" tests/unit/x.c '#include "p2p/p2p.h"'
layer 1 "lib/base/log.c:1: base includes" lib/base/log.c '#include "p2p/p2p.h"'
layer 1 "lib/notify/bell.c:1: " lib/notify/bell.c '#  include "p2p/p2p.h"'
layer 1 "relative to lib/" lib/p2p/p2p.c '#include "p2p.h"'
layer 1 "is not there" lib/p2p/p2p.c '#include "base/gone.h"'
layer 1 "in quotes" lib/p2p/p2p.c '#include <base/env.h>'
layer 1 "includes a .c file" tests/unit/x.c '#include "../lib/p2p/p2p.c"'
layer 1 "the launcher may include" launcher/main.c '#include "notify/bell.h"'
layer 0 "1 includes" launcher/main.c '#include "base/env.h"'
layer 1 "beside the file" launcher/main.c '#include "gone.h"'
layer 1 "an example includes" examples/hello.c '#include "base/env.h"'

# --- source.sh --------------------------------------------------------------------------------
licence='/* SPDX-License-Identifier: BSD-3-Clause */'
mkdir -p "$work/lib/core" "$work/lib/mpi" "$work/lib/coll"
tree="lib/notify/interpose_handler.h lib/notify/interpose_retry.c lib/coll/build.c
lib/mpi/request.c lib/p2p/p2p.c lib/transport/world.c lib/core/info_env.c
lib/mpi/singleton.c lib/base/topology.c lib/base/job.c"
for file in $tree; do
    printf '%s\n' "$licence" '/* volatile getenv */' >"$work/$file"
done
mkdir -p "$work/tests/fault"
printf '%s\n' '# SPDX-License-Identifier: BSD-3-Clause' '# variable TOCSIN_NOT''FIY' \
    >"$work/tests/fault/environment.sh"
chmod +x "$work/tests/fault/environment.sh"
printf '%s\n' "$licence" 'TOC_KNOB_INT(chunk, "TOCSIN_CHUNK", 1, 0, 9, "")' \
    >"$work/lib/base/env.def"
printf '%s\n' "$licence" 'TOC_STAT(sent, "")' >"$work/lib/base/stats.def"
cat >"$work/lib/core/use.c" <<PROGRAM
$licence
int use(void)
{
    toc_stats.sent++;
    return toc_env.chunk;
}
PROGRAM
echo "$licence" >"$work/lib/base/env.h"
echo "$licence" >"$work/lib/p2p/p2p.h"
echo "$licence" >"$work/lib/notify/bell.h"
cp "$here/../../.clang-format" "$work/" 2>/dev/null

# text <expected code> <words> <file>: its content on standard input
text()
{
    cat >"$work/$3"
    expect "$1" "$2" "$here/source.sh" "$work"
    rm "$work/$3"
}

echo "$licence" | text 0 "files" lib/core/x.c
echo 'int x;' | text 1 "no licence line" lib/core/x.c
echo '# SPDX-License-Identifier: BSD-3-Clause' | text 1 "not executable" tests/fault/x.sh
printf '%s\n' "$licence" '/* TO''DO */' | text 1 "unfinished" lib/core/x.c
printf '%s\n' "$licence" 'const char *home = "/ho''me/me/x";' | text 1 "path of a machine" lib/core/x.c
printf '%s\n' "$licence" 'volatile int flag;' | text 1 "volatile does not" lib/core/x.c
printf '%s\n' "$licence" 'void f(void)' '{' '    __asm__ volatile("");' '}' |
    text 0 "files" lib/core/x.c
printf '%s\n' "$licence" 'char *x = getenv("A");' | text 1 "getenv: a knob" lib/core/x.c
echo 'TOC_STAT(lost, "")' >>"$work/lib/base/stats.def"
echo "$licence" | text 1 "counters of stats.def" lib/core/x.c
sed -i '$d' "$work/lib/base/stats.def"
echo 'TOC_KNOB_BOOL(unread, "TOCSIN_UNREAD", 0, "")' >>"$work/lib/base/env.def"
echo "$licence" | text 1 "knobs of env.def" lib/core/x.c
sed -i '$d' "$work/lib/base/env.def"
echo 'Set TOCSIN_CHUNKS to 4.' | text 1 "environment variables that do not exist" README.md
echo 'Set TOCSIN_CHUNK to 4; all of TOCSIN_* are listed.' | text 0 "files" README.md
if command -v clang-format >/dev/null; then
    printf '%s\n' "$licence" 'int   x ;' | text 1 "clang-format" lib/core/x.c
fi
if command -v shellcheck >/dev/null; then
    printf '%s\n' '#!/bin/sh' '# SPDX-License-Identifier: BSD-3-Clause' 'echo $(ls *.c' |
        text 1 "shellcheck" lib/core/x.sh
fi

# --- uintr.sh ---------------------------------------------------------------------------------
mkdir -p "$work/uintr"

# uintr <expected code> <words> <instruction bytes outside of lib/notify>
uintr()
{
    printf 'void bell(void) { __asm__ volatile(".byte 0xf3, 0x0f, 0x01, 0xef"); }\n' >"$work/uintr/in.c"
    printf 'void send(void) { __asm__ volatile("%s"); }\n' "$3" >"$work/uintr/out.c"
    for name in in out; do
        "${CC:-cc}" -O1 -fPIC -c "$work/uintr/$name.c" -o "$work/uintr/$name.o" || exit 1
    done
    "${CC:-cc}" -shared -o "$work/uintr/x.so" "$work/uintr/in.o" "$work/uintr/out.o" || exit 1
    expect "$1" "$2" "$here/uintr.sh" "$work/uintr/x.so" "$work/uintr/in.o"
}

uintr 0 "1 instructions, all of lib/notify" nop
uintr 1 "send senduipi" ".byte 0xf3, 0x0f, 0xc7, 0xf0"
uintr 1 "send senduipi" ".byte 0xf3, 0x41, 0x0f, 0xc7, 0xf3"
uintr 1 "send clui" ".byte 0xf3, 0x0f, 0x01, 0xee"
uintr 1 "send uiret" ".byte 0xf3, 0x0f, 0x01, 0xec"

[ ! -e "$work/failed" ] || exit 1
echo "selftest: $(wc -l <"$work/cases") cases"
