#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# Includes point downwards only:
#     mpi -> coll -> p2p -> core, datatype -> progress -> transport, notify -> base
# A file of lib/ includes headers of its own level and of lower ones, written relative to lib/. The
# launcher includes lib/base and its own headers, an example mpi.h and its own. Tests include what
# they like. Nobody includes a .c file.
#
# Usage: layers.sh [source directory]

srcdir=${1:-$(dirname "$0")/../..}
cd "$srcdir" || exit 1
LC_ALL=C
export LC_ALL

find include lib launcher examples tests -name '*.[ch]' -o -name '*.def' |
    sort | xargs grep -nE '^[[:space:]]*#[[:space:]]*include[[:space:]]' | awk '
    BEGIN {
        split("base transport notify progress core datatype p2p coll mpi", layers, " ")
        split("0 1 1 2 3 3 4 5 6", levels, " ")
        for (i in layers)
            level[layers[i]] = levels[i]
    }
    function complain(text)
    {
        print place ": " text
        failures++
    }
    function exists(path, line, found)
    {
        found = (getline line < path) >= 0
        close(path)
        return found
    }
    function check_lib(name, from, to)
    {
        split(file, parts, "/")
        from = parts[2]
        to = name
        sub("/.*", "", to)
        if (!(from in level))
            complain("lib/" from " is not a layer")
        else if (!(to in level))
            complain("\"" name "\": write it relative to lib/, as \"layer/name.h\"")
        else if (level[to] > level[from])
            complain(from " includes \"" name "\", which is above it")
        else if (!exists("lib/" name))
            complain("\"" name "\" is not there")
    }
    {
        match($0, /^[^:]*:[0-9]+/)
        place = substr($0, 1, RLENGTH)
        file = place
        sub(/:.*/, "", file)
        if (!match($0, /["<][^">]*[">]/))
            next
        quoted = substr($0, RSTART, 1) == "\""
        name = substr($0, RSTART + 1, RLENGTH - 2)
        layer = name
        sub("/.*", "", layer)
        includes++
        if (name ~ /\.c$/)
            complain("includes a .c file")
        else if (file ~ /^tests\// || name == "config.h")
            next
        else if (!quoted && name ~ "/" && (layer in level) && exists("lib/" name))
            complain("<" name ">: headers of the library go in quotes")
        else if (!quoted)
            next
        else if (file ~ /^lib\//)
            check_lib(name)
        else if (file == "launcher/info.c" && layer == "notify")
            next # tells which notifiers work
        else if (file ~ /^launcher\// && name ~ "/" && layer != "base")
            complain("the launcher may include lib/base only, not \"" name "\"")
        else if (file ~ /^examples\// && name ~ "/")
            complain("an example includes mpi.h only")
        else if (name !~ "/" && !exists(substr(file, 1, match(file, /[^\/]*$/) - 1) name))
            complain("\"" name "\" is not beside the file")
    }
    END {
        if (includes == 0)
            complain("no includes found: wrong directory?")
        if (failures)
            exit 1
        print "layers: " includes " includes"
    }' || exit 1
