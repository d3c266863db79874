/* SPDX-License-Identifier: BSD-3-Clause */
#include "option_table.h"
#include "base/words.h"

#include <stdint.h>
#include <string.h>

static const char ranks[] = "the number of ranks";
static const char hosts[] = "names of this machine";
static const char assignment[] = "NAME=VALUE";
static const char names[] = "names of variables, between commas";
static const char something[] = "its argument";

static const struct toc_option table[] = {
    {"-n", TOC_OPTION_RANKS, 1, ranks},
    {"-np", TOC_OPTION_RANKS, 1, ranks},
    {"-c", TOC_OPTION_RANKS, 1, ranks},
    {"-ppn", TOC_OPTION_PER_NODE, 1, ranks},
    {"-perhost", TOC_OPTION_PER_NODE, 1, ranks},
    {"-npernode", TOC_OPTION_PER_NODE, 1, ranks},
    {"-N", TOC_OPTION_PER_NODE, 1, ranks},
    {"-pernode", TOC_OPTION_ONE_PER_NODE, 0, NULL},
    {"-soft", TOC_OPTION_SOFT, 1, "a set of numbers of ranks"},
    {"-H", TOC_OPTION_HOSTS, 1, hosts},
    {"--host", TOC_OPTION_HOSTS, 1, hosts},
    {"-hosts", TOC_OPTION_HOSTS, 1, hosts},
    {"--hostfile", TOC_OPTION_HOSTFILE, 1, "a file"},
    {"--default-hostfile", TOC_OPTION_HOSTFILE, 1, "a file"},
    {"-machinefile", TOC_OPTION_HOSTFILE, 1, "a file"},
    {"-f", TOC_OPTION_HOSTFILE, 1, "a file"},
    {"-arch", TOC_OPTION_ARCH, 1, "what uname -m prints"},
    {"-path", TOC_OPTION_PATH, 1, "directories, between colons"},
    {"-file", TOC_OPTION_FILE, 1, "a file of options"},
    {"-configfile", TOC_OPTION_PROGRAMS, 1, "a file of programs"},
    {"--app", TOC_OPTION_PROGRAMS, 1, "a file of programs"},
    {"-initial-errhandler", TOC_OPTION_ERRHANDLER, 1, "mpi_errors_return, say"},
    {"-wdir", TOC_OPTION_DIRECTORY, 1, "a directory"},
    {"-wd", TOC_OPTION_DIRECTORY, 1, "a directory"},
    {"-env", TOC_OPTION_ENV, 1, assignment},
    {"-genv", TOC_OPTION_GENV, 1, assignment},
    {"-x", TOC_OPTION_X, 1, assignment},
    {"-envall", TOC_OPTION_ENV_ALL, 0, NULL},
    {"-envnone", TOC_OPTION_ENV_NONE, 0, NULL},
    {"-envlist", TOC_OPTION_ENV_LIST, 1, names},
    {"-genvall", TOC_OPTION_GENV_ALL, 0, NULL},
    {"-genvnone", TOC_OPTION_GENV_NONE, 0, NULL},
    {"-genvlist", TOC_OPTION_GENV_LIST, 1, names},
    {"--bind-to", TOC_OPTION_BIND, 1, "core or none"},
    {"--bind-to-core", TOC_OPTION_BIND_CORE, 0, NULL},
    {"--bind-to-socket", TOC_OPTION_BIND_SOCKET, 0, NULL},
    {"--bind-to-none", TOC_OPTION_BIND_NONE, 0, NULL},
    {"--report-bindings", TOC_OPTION_REPORT_BINDINGS, 0, NULL},
    {"--nooversubscribe", TOC_OPTION_NO_OVERSUBSCRIBE, 0, NULL},
    {"-l", TOC_OPTION_TAG_RANK, 0, NULL},
    {"-prepend-rank", TOC_OPTION_TAG_RANK, 0, NULL},
    {"--tag-output", TOC_OPTION_TAG_STREAM, 0, NULL},
    {"--timeout", TOC_OPTION_TIMEOUT, 1, "seconds"},
    {"--kill-timeout", TOC_OPTION_KILL_TIMEOUT, 1, "seconds"},
    {"--stdin", TOC_OPTION_STDIN, 1, "a rank, all or none"},
    {"-s", TOC_OPTION_STDIN, 1, "a rank, all or none"},
    {"-disable-auto-cleanup", TOC_OPTION_KEEP_GOING, 0, NULL},
    {"--emulate-uintr", TOC_OPTION_EMULATE, 0, NULL},
    {"-q", TOC_OPTION_QUIET, 0, NULL},
    {"--quiet", TOC_OPTION_QUIET, 0, NULL},
    {"--oversubscribe", TOC_OPTION_MATTERLESS, 0, NULL},
    {"--overload-allowed", TOC_OPTION_MATTERLESS, 0, NULL},
    {"--allow-run-as-root", TOC_OPTION_MATTERLESS, 0, NULL},
    {"-v", TOC_OPTION_MATTERLESS, 0, NULL},
    {"--verbose", TOC_OPTION_MATTERLESS, 0, NULL},
    {"--mca", TOC_OPTION_IGNORED, 2, "NAME VALUE"},
    {"--gmca", TOC_OPTION_IGNORED, 2, "NAME VALUE"},
    {"--omca", TOC_OPTION_IGNORED, 2, "NAME VALUE"},
    {"--prtemca", TOC_OPTION_IGNORED, 2, "NAME VALUE"},
    {"--pmixmca", TOC_OPTION_IGNORED, 2, "NAME VALUE"},
    {"--am", TOC_OPTION_IGNORED, 1, something},
    {"--tune", TOC_OPTION_IGNORED, 1, something},
    {"--map-by", TOC_OPTION_IGNORED, 1, something},
    {"--rank-by", TOC_OPTION_IGNORED, 1, something},
    {"-npersocket", TOC_OPTION_IGNORED, 1, something},
    {"--cpus-per-proc", TOC_OPTION_IGNORED, 1, something},
    {"--cpus-per-rank", TOC_OPTION_IGNORED, 1, something},
    {"--bycore", TOC_OPTION_IGNORED, 0, NULL},
    {"--bynode", TOC_OPTION_IGNORED, 0, NULL},
    {"--byslot", TOC_OPTION_IGNORED, 0, NULL},
    {"--bysocket", TOC_OPTION_IGNORED, 0, NULL},
    {"--use-hwthread-cpus", TOC_OPTION_IGNORED, 0, NULL},
    {"--display-map", TOC_OPTION_IGNORED, 0, NULL},
    {"--display-allocation", TOC_OPTION_IGNORED, 0, NULL},
    {"--enable-recovery", TOC_OPTION_IGNORED, 0, NULL},
    {"--prefix", TOC_OPTION_IGNORED, 1, something},
    {"-iface", TOC_OPTION_IGNORED, 1, something},
    {"-rmk", TOC_OPTION_IGNORED, 1, something},
    {"-launcher", TOC_OPTION_IGNORED, 1, something},
    {"-launcher-exec", TOC_OPTION_IGNORED, 1, something},
    {"-bootstrap", TOC_OPTION_IGNORED, 1, something},
    {"-bootstrap-exec", TOC_OPTION_IGNORED, 1, something},
    {"-usize", TOC_OPTION_IGNORED, 1, something},
    {"-print-all-exitcodes", TOC_OPTION_IGNORED, 0, NULL},
    {"--help", TOC_OPTION_HELP, 0, NULL},
    {"-h", TOC_OPTION_HELP, 0, NULL},
    {"--version", TOC_OPTION_VERSION, 0, NULL},
    {"-V", TOC_OPTION_VERSION, 0, NULL},
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
    "  -soft A:B:C,...       the largest of these numbers that is at most N (without -n: the\n"
    "                        hardware threads) is the number of ranks\n"
    "  -arch NAME            an error unless uname calls this machine so\n"
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
    "  -path DIR[:DIR]...    look for the program there first, then along PATH\n"
    "  -initial-errhandler NAME   what MPI_COMM_WORLD begins with: mpi_errors_are_fatal,\n"
    "                        mpi_errors_abort or mpi_errors_return\n"
    "\n"
    "Files\n"
    "  -configfile FILE      each line has the options, name and arguments of a program; also "
    "--app\n"
    "  -file FILE            more words of this command line\n"
    "\n"
    "Input, output and end\n"
    "  --stdin WHO           who gets the standard input: a rank (0), all or none; also -s\n"
    "  -l                    put \"[rank] \" in front of each line\n"
    "  --tag-output          put \"[1,rank]<stdout>: \" in front of each line\n"
    "  --timeout SECONDS     end a job that takes longer, with exit code 124; also "
    "MPIEXEC_TIMEOUT\n"
    "  --kill-timeout SECONDS   a signal to mpirun is passed on to the ranks; so much later (10) "
    "what\n"
    "                        is left is killed. A second Ctrl-C kills at once\n"
    "  -disable-auto-cleanup   a rank that fails, or MPI_Abort of a communicator, ends no other "
    "rank\n"
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
    "The first rank that fails ends the job and gives mpirun its\n"
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

const char *toc_option_nearest(const char *name)
{
    size_t best = 0, best_score = SIZE_MAX;

    for (size_t i = 0; i < TABLE_LENGTH; i++) {
        const char *known = name_of(&table[i]);
        /* Of two that are equally near, the one of the same length: letters swapped or mistyped. */
        size_t distance = toc_words_distance(name, strlen(name), known, strlen(known));
        if (distance == SIZE_MAX)
            continue;
        size_t score = distance * 2 + (strlen(known) != strlen(name));
        if (score < best_score) {
            best_score = score;
            best = i;
        }
    }
    return table[best].written;
}
