# SPDX-License-Identifier: BSD-3-Clause
#
# Call graph of the notification handler. Reads what handler_safe.sh writes: the two lists, the
# assignments to members, and for each object its symbols, relocations and disassembly.
#
# A node is a function of an object, "object SUBSEP name". An edge is a call or a jump from one
# function to another; "*" for an indirect one, whose targets the table of calls names.

function fail(text)
{
    print text
    failures++
}

# Compilers split functions: f.cold, f.part.0, f.constprop.0 and f.isra.0 are all f.
function base(name)
{
    sub(/\.(cold|part|constprop|isra|lto_priv|llvm)(\.[0-9]+|\.cold)*$/, "", name)
    return name
}

function hex(text, value, i, digits)
{
    digits = "0123456789abcdef"
    value = 0
    for (i = 1; i <= length(text); i++)
        value = value * 16 + index(digits, substr(text, i, 1)) - 1
    return value
}

# Function of `object` that lies at `address` of `section`; "" for none.
function function_at(object, section, address, i, key)
{
    for (i = 1; i <= functions[object]; i++) {
        key = object SUBSEP i
        if (f_section[key] == section && address >= f_start[key] &&
            (address < f_start[key] + f_size[key] || address == f_start[key]))
            return f_name[key]
    }
    return ""
}

# Splits "symbol+0x12" into r_symbol and r_offset.
function split_relocation(text, at)
{
    r_symbol = text
    r_offset = 0
    if (match(text, /[+-]0x[0-9a-f]+$/)) {
        at = substr(text, RSTART + 3)
        r_symbol = substr(text, 1, RSTART - 1)
        r_offset = hex(at)
        if (substr(text, RSTART, 1) == "-")
            r_offset = -r_offset
    }
}

# The node that `name`, seen in `object`, stands for; "" when the library does not define it.
function resolve(object, name)
{
    if ((object SUBSEP name) in defined)
        return object SUBSEP name
    if (name in global)
        return global[name] SUBSEP name
    return ""
}

function add_edge(target)
{
    edges[node]++
    edge[node, edges[node]] = target
    edge_at[node, edges[node]] = line != "" ? line : object
}

# The pending jump or call is complete: its relocation, if any, has been read.
function flush(name)
{
    if (!pending)
        return
    pending = 0
    if (p_relocation != "") {
        split_relocation(p_relocation)
        if (p_indirect && p_type !~ /GOT/) {
            if (!(p_table))
                add_edge("*")
            return
        }
        name = r_symbol
        if (name in is_section)
            name = function_at(object, r_symbol, r_offset + 4)
    } else if (p_indirect) {
        if (!p_table)
            add_edge("*")
        return
    } else {
        name = p_target
    }
    if (name == "" || object SUBSEP name == node)
        return
    add_edge(object SUBSEP name)
}

# `jmp *%reg` ends a switch when the register was computed from a table of offsets just before.
function is_switch(operand, i, register, added)
{
    if (operand ~ /^\*0x[0-9a-f]+\(,/)
        return 1
    if (operand !~ /^\*%/)
        return 0
    register = substr(operand, 2)
    for (i = count; i > count - 12 && i > 0; i--) {
        if (history[i] ~ ("^add +%[a-z0-9]+," register "$"))
            added = 1
        if (added && history[i] ~ /^(movslq .*,4\),%|cltq)/)
            return 1
    }
    return 0
}

function instruction(text, words, n, i)
{
    flush()
    n = split(text, words, / +/)
    i = 1
    while (i < n && words[i] ~ /^(notrack|bnd|data16|rex(\.W)?|[cd]s|addr32)$/)
        i++
    if (words[i] ~ /^(call|j[a-z]+)q?$/) {
        pending = 1
        p_relocation = p_target = p_type = ""
        p_indirect = words[i + 1] ~ /^\*/
        p_table = p_indirect && words[i] ~ /^jmp/ && is_switch(words[i + 1])
        if (match(text, /<[^>]*>$/)) {
            p_target = substr(text, RSTART + 1, RLENGTH - 2)
            sub(/\+0x[0-9a-f]+$/, "", p_target)
        }
    }
    history[++count] = text
}

function begin_function(name)
{
    flush()
    node = object SUBSEP name
    line = ""
    count = 0
}

# Source files under lib/ whose code is in this function, inlined headers too.
function note_file(path, at)
{
    at = path
    if (!sub(/.*\/lib\//, "lib/", at))
        return
    if (!((node, at) in has_file)) {
        has_file[node, at] = 1
        files[node] = files[node] " " at
    }
}

function read_symbol(parts, n, words, m, flags, name, key)
{
    if ($0 !~ /^[0-9a-f]+ /)
        return
    n = split($0, parts, "\t")
    if (n < 2)
        return
    flags = substr(parts[1], 18, 7)
    m = split(parts[1], words, " ")
    section = words[m]
    m = split(parts[2], words, " ")
    name = words[m]
    if (section == "*UND*" || name in is_section)
        return
    if (flags ~ /d/) {
        is_section[name] = 1
        return
    }
    if (flags ~ /F/ || (flags !~ /O/ && section ~ /^\.text/ && name !~ /^\.L/)) {
        key = object SUBSEP (++functions[object])
        f_name[key] = name
        f_section[key] = section
        f_start[key] = hex($1)
        f_size[key] = hex(words[1])
        defined[object SUBSEP name] = 1
        if (flags ~ /[gwu]/)
            global[name] = object
        by_base[object, base(name)] = by_base[object, base(name)] " " name
    } else if (flags ~ /O/) {
        d_object[name] = object
        d_section[name] = section
        d_start[name] = hex($1)
        d_end[name] = hex($1) + hex(words[1])
    }
}

function read_list_line(verb)
{
    if ($0 ~ /^[ \t]*(#|$)/)
        return
    verb = $1
    if (verb == "entry") {
        entries[++entry_count] = $2
    } else if (verb == "calls") {
        for (i = 3; i <= NF && $i != "#"; i++)
            calls[$2] = calls[$2] " " $i
    } else if (verb == "cut" && NF > 3) {
        cut[$2, $3] = 1
    } else {
        fail("handler_tables.txt: cannot read: " $0)
    }
}

/^@/ {
    flush()
    mode = $1
    if (mode == "@object") {
        object = $2
        line = ""
        node = ""
    }
    next
}
mode == "@tables" { read_list_line(); next }
mode == "@allowed" {
    if ($0 !~ /^[ \t]*(#|$)/)
        allowed[$1] = 1
    next
}
mode == "@members" { # file member function
    member[$2, ++members[$2]] = $1 SUBSEP $3
    next
}
mode == "@symbols" { read_symbol(); next }
mode == "@relocations" {
    if ($0 ~ /^RELOCATION RECORDS FOR/) {
        section = $4
        gsub(/[\[\]:]/, "", section)
    } else if ($2 ~ /^R_X86_64_64/) {
        key = object SUBSEP section SUBSEP (++data_relocations[object, section])
        data_at[key] = hex($1)
        data_value[key] = $3
    }
    next
}
mode == "@text" {
    if ($0 ~ /^[0-9a-f]+ <.*>:$/) {
        name = $2
        gsub(/[<>:]/, "", name)
        begin_function(name)
    } else if ($0 ~ /^ *[0-9a-f]+:\t/) {
        text = $0
        sub(/^ *[0-9a-f]+:\t/, "", text)
        sub(/ +$/, "", text)
        sub(/ +#.*$/, "", text)
        instruction(text)
    } else if ($0 ~ /^\t+[0-9a-f]+: R_X86_64/) {
        if (pending && p_relocation == "") {
            p_type = $2
            p_relocation = $3
        }
    } else if ($0 ~ /^[^ \t].*:[0-9]+( \(discriminator [0-9]+\))?$/) {
        line = $0
        sub(/ \(discriminator.*/, "", line)
        path = line
        sub(/:[0-9]+$/, "", path)
        note_file(path)
        sub(/.*\/lib\//, "lib/", line)
    }
}

# --- what the table's targets mean -----------------------------------------------------------

function add_target(list, object_, name)
{
    targets[list] = targets[list] "\n" object_ SUBSEP name
}

# Local or global function `name`, whatever the compiler has made of it.
function add_function(list, file, name, n, names, i, node_)
{
    n = split(by_base[file, name], names, " ")
    for (i = 1; i <= n; i++)
        add_target(list, file, names[i])
    if (n > 0)
        return 1
    node_ = resolve(file, name)
    if (node_ == "")
        return 0
    split(node_, names, SUBSEP)
    add_target(list, names[1], names[2])
    return 1
}

function add_member(list, name, i, parts)
{
    if (members[name] == 0)
        fail("handler_tables.txt: nothing is ever assigned to member " name)
    for (i = 1; i <= members[name]; i++) {
        split(member[name, i], parts, SUBSEP)
        if (parts[2] != "NULL" && !add_function(list, parts[1], parts[2]))
            fail(parts[1] ": " parts[2] " is assigned to member " name \
                 ", but is no function that the lint can follow")
    }
}

function add_data(list, name, object_, section_, i, key, found)
{
    if (!(name in d_object)) {
        fail("handler_tables.txt: no data object " name)
        return
    }
    object_ = d_object[name]
    section_ = d_section[name]
    for (i = 1; i <= data_relocations[object_, section_]; i++) {
        key = object_ SUBSEP section_ SUBSEP i
        if (data_at[key] < d_start[name] || data_at[key] >= d_end[name])
            continue
        split_relocation(data_value[key])
        if (r_symbol in is_section)
            r_symbol = function_at(object_, r_symbol, r_offset)
        if (r_symbol != "" && resolve(object_, r_symbol) != "") {
            split(resolve(object_, r_symbol), found, SUBSEP)
            add_target(list, found[1], found[2])
        }
    }
    if (targets[list] == "")
        fail("handler_tables.txt: no function in data object " name)
}

function expand(list, n, words, i, parts)
{
    n = split(calls[list], words, " ")
    for (i = 1; i <= n; i++) {
        if (words[i] == "program")
            continue
        split(words[i], parts, ":")
        if (parts[1] == "member")
            add_member(list, parts[2])
        else if (parts[1] == "data")
            add_data(list, parts[2])
        else if (!add_function(list, parts[1], parts[2]))
            fail("handler_tables.txt: no function " words[i])
    }
}

# --- the walk --------------------------------------------------------------------------------

function describe(node_, parts)
{
    split(node_, parts, SUBSEP)
    return parts[2] " (" parts[1] ")"
}

function print_chain(node_)
{
    while (node_ != "") {
        print "    called by " describe(node_) (reached_at[node_] != "" ? " from " : "") \
            reached_at[node_]
        node_ = parent[node_]
    }
}

function reach(node_, from, at)
{
    if (node_ in reached)
        return
    reached[node_] = 1
    parent[node_] = from
    reached_at[node_] = at
    queue[++tail] = node_
}

function follow(node_, number, parts, target, at, n, list, i, to)
{
    target = edge[node_, number]
    at = edge_at[node_, number]
    split(node_, parts, SUBSEP)
    if (target == "*") {
        used_calls[parts[1]] = 1
        if (!(parts[1] in calls)) {
            fail(at ": indirect call in " parts[2] \
                 ": handler_tables.txt does not say where it may lead")
            print_chain(node_)
            return
        }
        n = split(targets[parts[1]], list, "\n")
        for (i = 1; i <= n; i++)
            if (list[i] != "")
                reach(list[i], node_, at)
        return
    }
    split(target, to, SUBSEP)
    if ((parts[1], base(to[2])) in cut) {
        used_cut[parts[1], base(to[2])] = 1
        return
    }
    if (resolve(to[1], to[2]) != "") {
        reach(resolve(to[1], to[2]), node_, at)
    } else if (!(to[2] in allowed)) {
        if ((node_, to[2]) in told)
            return
        told[node_, to[2]] = 1
        fail(at ": " to[2] " may not be called from the handler")
        print_chain(node_)
    } else {
        used_allowed[to[2]] = 1
    }
}

function is_marked(file, text, i, found)
{
    if (file in marked)
        return marked[file]
    marked[file] = 1
    for (i = 1; i <= 3; i++) {
        if ((getline text < (srcdir "/" file)) <= 0) {
            if (i == 1) {
                close(srcdir "/" file)
                return 1 # a header of the system whose path looks like ours
            }
            break
        }
        if (text ~ /handler-safe/)
            found = 1
    }
    close(srcdir "/" file)
    marked[file] = found
    return found
}

function check_marks(node_, parts, n, list, i)
{
    split(node_, parts, SUBSEP)
    n = split(parts[1] " " files[node_], list, " ")
    for (i = 1; i <= n; i++)
        if (!is_marked(list[i]) && !(list[i] in complained)) {
            complained[list[i]] = 1
            fail(list[i] ": the handler reaches it, but it is not marked handler-safe in its " \
                 "first three lines")
            print_chain(node_)
        }
}

END {
    flush()
    for (list in calls)
        expand(list)
    for (i = 1; i <= entry_count; i++) {
        split(entries[i], parts, ":")
        n = split(by_base[parts[1], parts[2]], names, " ")
        if (n == 0)
            fail("handler_tables.txt: no entry " entries[i])
        for (j = 1; j <= n; j++)
            reach(parts[1] SUBSEP names[j], "", "")
    }
    if (entry_count == 0)
        fail("handler_tables.txt: no entry")
    for (head = 1; head <= tail; head++) {
        check_marks(queue[head])
        for (number = 1; number <= edges[queue[head]]; number++)
            follow(queue[head], number)
    }
    for (list in calls)
        if (!(list in used_calls))
            fail("handler_tables.txt: no indirect call is reached in " list)
    for (key in cut)
        if (!(key in used_cut)) {
            split(key, parts, SUBSEP)
            fail("handler_tables.txt: " parts[1] " does not call " parts[2])
        }
    if (verbose)
        for (i = 1; i <= tail; i++)
            print "    " describe(queue[i])
    if (failures)
        exit 1
    print "handler_safe: " tail " functions reached from the handler"
}
