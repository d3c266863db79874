/* SPDX-License-Identifier: BSD-3-Clause */
#include "option_table.h"

#include <stdint.h>
#include <string.h>

#define NAME_MAX_LEN 24

static const char ranks[] = "the number of ranks";
static const char hosts[] = "names of this machine";
static const char assignment[] = "NAME=VALUE";
static const char names[] = "names of variables, between commas";
static const char something[] = "its argument";

static const struct toc_option table[] = {
    {"-n", TOC_OPTION_RANKS, ranks, 1},
    {"-np", TOC_OPTION_RANKS, ranks, 1},
    {"-c", TOC_OPTION_RANKS, ranks, 1},
    {"-ppn", TOC_OPTION_PER_NODE, ranks, 1},
    {"-perhost", TOC_OPTION_PER_NODE, ranks, 1},
    {"-npernode", TOC_OPTION_PER_NODE, ranks, 1},
    {"-N", TOC_OPTION_PER_NODE, ranks, 1},
    {"-pernode", TOC_OPTION_ONE_PER_NODE, NULL, 0},
    {"-H", TOC_OPTION_HOSTS, hosts, 1},
    {"--host", TOC_OPTION_HOSTS, hosts, 1},
    {"-hosts", TOC_OPTION_HOSTS, hosts, 1},
    {"--hostfile", TOC_OPTION_HOSTFILE, "a file", 1},
    {"--default-hostfile", TOC_OPTION_HOSTFILE, "a file", 1},
    {"-machinefile", TOC_OPTION_HOSTFILE, "a file", 1},
    {"-f", TOC_OPTION_HOSTFILE, "a file", 1},
    {"-wdir", TOC_OPTION_DIRECTORY, "a directory", 1},
    {"-wd", TOC_OPTION_DIRECTORY, "a directory", 1},
    {"-env", TOC_OPTION_ENV, assignment, 1},
    {"-genv", TOC_OPTION_GENV, assignment, 1},
    {"-x", TOC_OPTION_X, assignment, 1},
    {"-envall", TOC_OPTION_ENV_ALL, NULL, 0},
    {"-envnone", TOC_OPTION_ENV_NONE, NULL, 0},
    {"-envlist", TOC_OPTION_ENV_LIST, names, 1},
    {"-genvall", TOC_OPTION_GENV_ALL, NULL, 0},
    {"-genvnone", TOC_OPTION_GENV_NONE, NULL, 0},
    {"-genvlist", TOC_OPTION_GENV_LIST, names, 1},
    {"--bind-to", TOC_OPTION_BIND, "core or none", 1},
    {"--bind-to-core", TOC_OPTION_BIND_CORE, NULL, 0},
    {"--bind-to-socket", TOC_OPTION_BIND_SOCKET, NULL, 0},
    {"--bind-to-none", TOC_OPTION_BIND_NONE, NULL, 0},
    {"--report-bindings", TOC_OPTION_REPORT_BINDINGS, NULL, 0},
    {"--nooversubscribe", TOC_OPTION_NO_OVERSUBSCRIBE, NULL, 0},
    {"-l", TOC_OPTION_TAG_RANK, NULL, 0},
    {"-prepend-rank", TOC_OPTION_TAG_RANK, NULL, 0},
    {"--tag-output", TOC_OPTION_TAG_STREAM, NULL, 0},
    {"--timeout", TOC_OPTION_TIMEOUT, "seconds", 1},
    {"--stdin", TOC_OPTION_STDIN, "a rank", 1},
    {"-s", TOC_OPTION_STDIN, "a rank", 1},
    {"--emulate-uintr", TOC_OPTION_EMULATE, NULL, 0},
    {"-q", TOC_OPTION_QUIET, NULL, 0},
    {"--quiet", TOC_OPTION_QUIET, NULL, 0},
    {"--oversubscribe", TOC_OPTION_MATTERLESS, NULL, 0},
    {"--overload-allowed", TOC_OPTION_MATTERLESS, NULL, 0},
    {"--allow-run-as-root", TOC_OPTION_MATTERLESS, NULL, 0},
    {"-v", TOC_OPTION_MATTERLESS, NULL, 0},
    {"--verbose", TOC_OPTION_MATTERLESS, NULL, 0},
    {"--mca", TOC_OPTION_IGNORED, "NAME VALUE", 2},
    {"--gmca", TOC_OPTION_IGNORED, "NAME VALUE", 2},
    {"--omca", TOC_OPTION_IGNORED, "NAME VALUE", 2},
    {"--prtemca", TOC_OPTION_IGNORED, "NAME VALUE", 2},
    {"--pmixmca", TOC_OPTION_IGNORED, "NAME VALUE", 2},
    {"--am", TOC_OPTION_IGNORED, something, 1},
    {"--tune", TOC_OPTION_IGNORED, something, 1},
    {"--map-by", TOC_OPTION_IGNORED, something, 1},
    {"--rank-by", TOC_OPTION_IGNORED, something, 1},
    {"-npersocket", TOC_OPTION_IGNORED, something, 1},
    {"--cpus-per-proc", TOC_OPTION_IGNORED, something, 1},
    {"--cpus-per-rank", TOC_OPTION_IGNORED, something, 1},
    {"--bycore", TOC_OPTION_IGNORED, NULL, 0},
    {"--bynode", TOC_OPTION_IGNORED, NULL, 0},
    {"--byslot", TOC_OPTION_IGNORED, NULL, 0},
    {"--bysocket", TOC_OPTION_IGNORED, NULL, 0},
    {"--use-hwthread-cpus", TOC_OPTION_IGNORED, NULL, 0},
    {"--display-map", TOC_OPTION_IGNORED, NULL, 0},
    {"--display-allocation", TOC_OPTION_IGNORED, NULL, 0},
    {"--enable-recovery", TOC_OPTION_IGNORED, NULL, 0},
    {"--prefix", TOC_OPTION_IGNORED, something, 1},
    {"-iface", TOC_OPTION_IGNORED, something, 1},
    {"-rmk", TOC_OPTION_IGNORED, something, 1},
    {"-launcher", TOC_OPTION_IGNORED, something, 1},
    {"-launcher-exec", TOC_OPTION_IGNORED, something, 1},
    {"-bootstrap", TOC_OPTION_IGNORED, something, 1},
    {"-bootstrap-exec", TOC_OPTION_IGNORED, something, 1},
    {"-usize", TOC_OPTION_IGNORED, something, 1},
    {"-print-all-exitcodes", TOC_OPTION_IGNORED, NULL, 0},
    {"--help", TOC_OPTION_HELP, NULL, 0},
    {"-h", TOC_OPTION_HELP, NULL, 0},
    {"--version", TOC_OPTION_VERSION, NULL, 0},
    {"-V", TOC_OPTION_VERSION, NULL, 0},
};

#define TABLE_LENGTH (sizeof(table) / sizeof(table[0]))

const char toc_option_help[] =
    "Usage: mpirun [options] program [arguments] [: [options] program [arguments]]...\n"
    "Starts a program as the ranks of an MPI job on this machine; with ':', several programs.\n"
    "\n"
    "Ranks\n"
    "  -n N, -np N, -c N     number of ranks (default 1); more than cores is allowed\n"
    "  -ppn N, -npernode N, -N N   the same unless -n is given too: there is one machine\n"
    "  --host H[:N],...      also -H, -hosts; N ranks unless -n is given too. Every host must be "
    "a\n"
    "                        name of this machine\n"
    "  --hostfile FILE       also -machinefile, -f; lines \"host\", \"host:N\" or \"host "
    "slots=N\"\n"
    "  --nooversubscribe     refuse to start more ranks than cores\n"
    "  --bind-to WHAT        bind each rank to its share of the cores (core, the default; never\n"
    "                        done with more ranks than cores) or hardware threads (hwthread), to\n"
    "                        all of its socket, numa node or l1cache, l2cache, l3cache; or none\n"
    "  --report-bindings     say where each rank is bound to\n"
    "  --emulate-uintr       run on emulated user interrupts, for tests\n"
    "\n"
    "Environment of the ranks: all of mpirun's is passed on unless an option says otherwise\n"
    "  -x NAME[=VALUE], -genv NAME VALUE   set a variable for all programs of the command line\n"
    "  -env NAME VALUE       set it for this program only\n"
    "  -genvlist A,B, -genvnone, -genvall   pass on only those, none, all; -envlist, -envnone and\n"
    "                        -envall say it for this program only\n"
    "  -wdir DIR             run in the directory DIR\n"
    "\n"
    "Output and end\n"
    "  -l                    put \"[rank] \" in front of each line\n"
    "  --tag-output          put \"[1,rank]<stdout>: \" in front of each line\n"
    "  --timeout SECONDS     end a job that takes longer, with exit code 124\n"
    "  -q                    no note about options without effect\n"
    "  -h, --help            this text\n"
    "  -V, --version         the version\n"
    "  --                    end of the options\n"
    "\n"
    "--oversubscribe and --allow-run-as-root are accepted: both are always allowed. --mca NAME "
    "VALUE,\n"
    "--map-by and more of MPICH's and Open MPI's options (see the manual page) are accepted with "
    "a\n"
    "note: they have no effect.\n"
    "Standard input goes to rank 0. The first rank that fails ends the job and gives mpirun its\n"
    "exit code (128 + signal number for a signal). Knobs of the library: tocsin-info --env.\n";

static const char *name_of(const struct toc_option *option)
{
    return option->written + strspn(option->written, "-");
}

const struct toc_option *toc_option_find(const char *name, size_t length)
{
    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        const char *known = name_of(&table[i]);
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return &table[i];
    }
    return NULL;
}

/* Edit distance with transpositions (optimal string alignment) of two short words. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t la = strlen(a), lb = strlen(b);
    size_t d[NAME_MAX_LEN + 1][NAME_MAX_LEN + 1];

    if (la > NAME_MAX_LEN || lb > NAME_MAX_LEN)
        return la > lb ? la : lb;
    for (size_t i = 0; i <= la; i++) {
        for (size_t j = 0; j <= lb; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            size_t best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
            if (d[i - 1][j] + 1 < best)
                best = d[i - 1][j] + 1;
            if (d[i][j - 1] + 1 < best)
                best = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                d[i - 2][j - 2] + 1 < best)
                best = d[i - 2][j - 2] + 1;
            d[i][j] = best;
        }
    }
    return d[la][lb];
}

const char *toc_option_nearest(const char *name)
{
    size_t best = 0, best_score = SIZE_MAX;

    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        const char *known = name_of(&table[i]);
        /* Of two that are equally near, the one of the same length: letters swapped or mistyped. */
        size_t score = edit_distance(name, known) * 2 + (strlen(known) != strlen(name));
        if (score < best_score) {
            best_score = score;
            best = i;
        }
    }
    return table[best].written;
}
