#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Where the instructions of user interrupts are: senduipi, stui, clui, testui and uiret in functions
# of lib/notify only, in the linked library. They are told by their bytes, so that the disassembler
# need not know them.
#
# Usage: uintr.sh LIBRARY OBJECT...      the objects of lib/notify

library=$1
shift
LC_ALL=C
export LC_ALL

[ -f "$library" ] || {
    echo "uintr: no $library; build the library first" >&2
    exit 1
}

# "function instruction" of each one.
instructions()
{
    objdump -d --wide "$@" | awk '
        /^[0-9a-f]+ <.*>:$/ {
            name = $2
            gsub(/[<>:]/, "", name)
        }
        /:\tf3 (4[0-9a-f] )?0f c7 f[0-7] / { print name, "senduipi" }
        /:\tf3 (4[0-9a-f] )?0f 01 e[c-f] / {
            match($0, / 0f 01 e[c-f] /)
            last = substr($0, RSTART + 8, 1)
            print name, last == "c" ? "uiret" : last == "d" ? "testui" : last == "e" ? "clui" : "stui"
        }' | sort
}

found=$(instructions "$library")
allowed=$(instructions "$@")
if [ -z "$found" ]; then
    echo "uintr: no instruction of user interrupts in $library" >&2
    exit 1
fi
if [ "$found" != "$allowed" ]; then
    echo "uintr: other instructions in $library than in lib/notify:" >&2
    printf '%s\n' "$found" "$allowed" "$allowed" | sort | uniq -u | sed 's/^/    /' >&2
    exit 1
fi
echo "uintr: $(echo "$found" | wc -l) instructions, all of lib/notify"
