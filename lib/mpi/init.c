/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end (MPI 5.0, sections 11.2 to 11.4). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/log.h"
#include "base/stats.h"
#include "coll/coll.h"
#include "core/info.h"
#include "core/op.h"
#include "datatype/datatype.h"
#include "mpi/attr_impl.h"
#include "mpi/leave.h"
#include "mpi/mpi_impl.h"
#include "mpi/p2p_impl.h"
#include "p2p/held.h"
#include "p2p/p2p.h"
#include "progress/guard.h"
#include "progress/progress.h"
#include "transport/world.h"

extern char **environ;

static int thread_level;
static pthread_t main_thread;

/* Output of a rank appears line by line, also when it goes to the launcher's pipe, and what was
 * printed before a crash is not lost with a buffer. Before main(), so that the program's own
 * setvbuf() has the last word. */
__attribute__((constructor)) static void buffer_by_line(void)
{
    if (toc_world_is_launched())
        setvbuf(stdout, NULL, _IOLBF, 0);
}

static void warn(const char *sentence)
{
    toc_log(TOC_LOG_WARN, "%s", sentence);
}

/* An error before there is a communicator to report it to. */
static void fail(const char *message)
{
    toc_mpi_end_job(EXIT_FAILURE, message);
}

static const struct toc_notify_ops *choose_notifier(void)
{
    char reason[512];
    const struct toc_notify_ops *notifier =
        toc_notify_select(toc_env.notify, reason, sizeof(reason));
    if (notifier == NULL)
        fail(reason);
    return notifier;
}

static void join(void)
{
    char message[512];
    /* What mpirun has started it has looked at before, once for all ranks. */
    if (toc_env_parse(environ, toc_world_is_launched() ? NULL : warn, message, sizeof(message)) !=
        0)
        fail(message);
    if (toc_world_join(choose_notifier(), message, sizeof(message)) != 0)
        fail(message);
    if (toc_world.launched)
        toc_log_rank(toc_world.rank);
    else
        toc_mpi_check_launcher();
    const char *caveat = toc_world.size > 1 ? toc_notify_caveat(toc_env.notify) : NULL;
    if (caveat != NULL && toc_job_first_to_tell(toc_world.job, TOC_NOTE_VISIBLE))
        warn(caveat);
}

/* What both predefined communicators begin with (section 11.8.4): mpirun -initial-errhandler. */
static void set_errhandler(void)
{
    struct toc_errhandler *initial =
        toc_world.job->errhandler == TOC_INITIAL_RETURN  ? &toc_errors_return
        : toc_world.job->errhandler == TOC_INITIAL_ABORT ? &toc_errors_abort
                                                         : &toc_errors_are_fatal;
    toc_errhandler_release(toc_comm_world.errhandler);
    toc_comm_world.errhandler = toc_errhandler_retain(initial);
    toc_errhandler_release(toc_comm_self.errhandler);
    toc_comm_self.errhandler = toc_errhandler_retain(initial);
}

static void build(void)
{
    toc_errhandler_init();
    toc_op_init();
    if (toc_group_init() != 0 || toc_datatype_init() != 0 ||
        toc_comm_init(toc_world.rank, toc_world.size) != 0 || toc_p2p_init() != 0)
        fail("MPI_Init: out of memory");
    set_errhandler();
    toc_mpi_request_init();
    toc_coll_init();
}

/* MPI_INFO_ENV tells the working directory of the start: made before the program can leave it. */
static void note_environment(void)
{
    toc_info_lock();
    toc_info_env();
    toc_info_unlock();
}

static void note_level(int level)
{
    thread_level = level;
    if (level == MPI_THREAD_MULTIPLE)
        toc_held_note_threads();
    if (level >= MPI_THREAD_SERIALIZED || toc_world.notifier->concurrent)
        toc_guard_share(level == MPI_THREAD_MULTIPLE);
}

static void in_child(void)
{
    if (toc_mpi_state == TOC_MPI_ACTIVE)
        toc_mpi_state = TOC_MPI_CHILD;
}

static void start(const char *function, int level)
{
    if (toc_mpi_state == TOC_MPI_FINALIZED)
        fail("MPI_Init was called after MPI_Finalize: MPI cannot be started twice");
    if (toc_mpi_state == TOC_MPI_CHILD)
        toc_mpi_check_active(function);
    if (toc_mpi_state == TOC_MPI_ACTIVE) {
        char message[128];
        snprintf(message, sizeof(message), "%s: MPI has been initialised already", function);
        fail(message);
    }
    main_thread = pthread_self();
    pthread_atfork(NULL, NULL, in_child);
    join();
    build();
    note_environment();
    note_level(level);
    if (toc_world.notifier->start(toc_progress_handler, toc_world.bell) != 0)
        fail("MPI_Init: the notifier cannot be started (TOCSIN_NOTIFY; threads and signals that "
             "this process may use)");
    toc_world_announce();
    toc_mpi_state = TOC_MPI_ACTIVE;
    toc_guard_enter();
    toc_guard_leave(); /* arms the bell */
}

int PMPI_Init(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    start("MPI_Init", MPI_THREAD_SINGLE);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Init);

int PMPI_Init_thread(int *argc, char ***argv, int required, int *provided)
{
    (void)argc;
    (void)argv;
    int level = required > MPI_THREAD_MULTIPLE ? MPI_THREAD_MULTIPLE : required;
    if (level < MPI_THREAD_SINGLE)
        level = MPI_THREAD_SINGLE;
    start("MPI_Init_thread", level);
    *provided = level;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Init_thread);

int PMPI_Initialized(int *flag)
{
    *flag = toc_mpi_state != TOC_MPI_BEFORE_INIT;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Initialized);

int PMPI_Finalized(int *flag)
{
    *flag = toc_mpi_state == TOC_MPI_FINALIZED;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Finalized);

int PMPI_Query_thread(int *provided)
{
    toc_mpi_check_active("MPI_Query_thread");
    *provided = thread_level;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Query_thread);

int PMPI_Is_thread_main(int *flag)
{
    toc_mpi_check_active("MPI_Is_thread_main");
    *flag = pthread_equal(main_thread, pthread_self()) != 0;
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Is_thread_main);

static void report(void)
{
    if (!toc_env.stats)
        return;
    char prefix[48];
    snprintf(prefix, sizeof(prefix), "tocsin[%d] %s: ", toc_world.rank, toc_world.notifier->name);
    toc_stats_print(stderr, prefix);
}

/* Nobody leaves before everybody has what was sent to it: peers copy out of our memory. Of ranks
 * that may end meanwhile the state is asked, not a message. */
static void part(void)
{
    if (!toc_world.job->keep_going) {
        toc_mpi_barrier("MPI_Finalize", MPI_COMM_WORLD);
        return;
    }
    toc_guard_enter();
    toc_world_close();
    toc_progress_wait(toc_world_is_closed, NULL, "MPI_Finalize");
    toc_guard_leave();
}

int PMPI_Finalize(void)
{
    static const char function[] = "MPI_Finalize";
    toc_mpi_check_active(function);
    /* Callbacks of MPI_COMM_SELF's attributes run while all of MPI still works (section 11.2.4). */
    int code = toc_mpi_attr_delete_comm(function, &toc_comm_self);
    if (code == MPI_SUCCESS)
        code = toc_mpi_attr_delete_comm(function, &toc_comm_world);
    toc_guard_enter();
    toc_p2p_finish();
    toc_guard_leave();
    part();
    toc_mpi_state = TOC_MPI_FINALIZED;
    toc_guard_enter();
    toc_progress_retire();
    toc_world.notifier->stop(); /* after it: what strikes now would meet the program's own action */
    report();
    toc_coll_finish();
    toc_p2p_free();
    toc_progress_reset();
    toc_comm_finish();
    toc_datatype_finalize();
    toc_world_leave();
    toc_guard_open();
    return code;
}
TOC_MPI_ALIAS(Finalize);

/* In a job that goes on without the ranks that end: those of the communicator; of an
 * inter-communicator the others', as MPICH has it, whose launcher has the option from. The line
 * begins as MPICH's does: scripts look for it. */
static void abort_some(const struct toc_comm *comm, int errorcode)
{
    const struct toc_group *group = comm->remote;
    int code = (errorcode & 0xff) != 0 ? errorcode & 0xff : EXIT_FAILURE;
    dprintf(STDERR_FILENO,
            "Abort(%d) on rank %d: application called MPI_Abort on %s: %d rank%s, the others run "
            "on\n",
            errorcode, toc_world.rank, *comm->name != '\0' ? comm->name : "a communicator",
            group->size, group->size == 1 ? " ends" : "s end");
    for (int i = 0; i < group->size; i++)
        toc_world_condemn(group->members[i], code);
    toc_world_condemn_rest();
    if (!toc_comm_is_inter(comm))
        toc_mpi_leave(code);
}

int PMPI_Abort(MPI_Comm handle, int errorcode)
{
    toc_mpi_check_active("MPI_Abort");
    struct toc_comm *comm = toc_mpi_comm(handle);
    if (!toc_world.job->keep_going || comm == NULL || comm == &toc_comm_world)
        toc_mpi_end_job(errorcode, NULL); /* as allowed (section 9.4) */
    abort_some(comm, errorcode);
    return MPI_SUCCESS;
}
TOC_MPI_ALIAS(Abort);
