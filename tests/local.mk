# SPDX-License-Identifier: BSD-3-Clause
# make check           unit tests, the launcher's fault tests, MPI programs over both notifiers
# make check-full      MPI programs: every number of ranks with every notifier
# make check-build    build systems, compilers and tools against an installation
# make check-header    mpi.h with every compiler found, or HEADER_CC='/opt/a/bin/gcc gcc-16' HEADER_CXX=g++-16
# make check-model     spin models with their mutants
# make check-inject    a bell at every instruction boundary
# make check-sanitize  unit tests and MPI programs with ASan and UBSan, in a build of its own
# make check-stress    long random runs
# make check-scribble  a thousand and more runs in which a rank writes over the shared segment
# make lint            layers, exports, handler safety, style, cppcheck, clang-tidy
# make bench           against the MPIs found on this machine: BENCH=latency,overlap for some,
#                      REPETITIONS=5, QUICK=1, MPICC='/opt/x/bin/mpicc', VARIANTS='poll=TOCSIN_NOTIFY=poll'
# make bench-notify    user interrupts, signal, eventfd, futex, pipe, socket: one table

include tests/fault/local.mk
include tests/bench/local.mk
TESTS += tests/lint/header_quick.sh

# ---- unit tests

unit_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
unit_programs = \
	tests/unit/abi_header \
	tests/unit/abi_removed \
	tests/unit/check_advert \
	tests/unit/check_border \
	tests/unit/check_datatype \
	tests/unit/check_doorbell \
	tests/unit/check_env \
	tests/unit/check_guard \
	tests/unit/check_handle \
	tests/unit/check_interpose \
	tests/unit/check_interpose_signal \
	tests/unit/check_job \
	tests/unit/check_match \
	tests/unit/check_op \
	tests/unit/check_progress \
	tests/unit/check_ring \
	tests/unit/check_samples \
	tests/unit/check_schedule \
	tests/unit/check_slots \
	tests/unit/check_spin \
	tests/unit/check_stall \
	tests/unit/check_topo \
	tests/unit/check_bound \
	tests/unit/check_unexpected \
	tests/unit/check_xfer \
	tests/unit/info \
	tests/unit/abi_header_cxx
include tests/uintr-emu/local.mk
if TESTS_ENABLED
check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
tests_unit_abi_header_SOURCES = tests/unit/abi_header.c tests/unit/abi_constants.def tests/unit/abi_functions.def
tests_unit_abi_removed_SOURCES = tests/unit/abi_removed.c
tests_unit_check_advert_SOURCES = tests/unit/check_advert.c tests/unit/unit.h
tests_unit_check_advert_CFLAGS = $(unit_cflags)
tests_unit_check_advert_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_advert_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_border_SOURCES = tests/unit/check_border.c tests/unit/unit.h tests/unit/world.h
tests_unit_check_border_CFLAGS = $(unit_cflags)
tests_unit_check_border_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_border_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_datatype_SOURCES = tests/unit/check_datatype.c tests/unit/abi_constants.def tests/unit/typemap.c tests/unit/typemap.h
tests_unit_check_datatype_CFLAGS = $(unit_cflags)
tests_unit_check_datatype_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_datatype_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_doorbell_SOURCES = tests/unit/check_doorbell.c tests/unit/unit.h
tests_unit_check_doorbell_CFLAGS = $(unit_cflags)
tests_unit_check_doorbell_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_doorbell_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_env_SOURCES = tests/unit/check_env.c tests/unit/unit.h
tests_unit_check_env_CFLAGS = $(unit_cflags)
tests_unit_check_env_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_env_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_guard_SOURCES = tests/unit/check_guard.c tests/unit/world.h
tests_unit_check_guard_CFLAGS = $(unit_cflags)
tests_unit_check_guard_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_guard_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_handle_SOURCES = tests/unit/check_handle.c tests/unit/unit.h
tests_unit_check_handle_CFLAGS = $(unit_cflags)
tests_unit_check_handle_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_handle_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_interpose_SOURCES = tests/unit/check_interpose.c tests/unit/interpose_storm.h
tests_unit_check_interpose_CFLAGS = $(unit_cflags)
tests_unit_check_interpose_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_interpose_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_interpose_signal_SOURCES = tests/unit/check_interpose_signal.c tests/unit/interpose_storm.h
tests_unit_check_interpose_signal_CFLAGS = $(unit_cflags)
tests_unit_check_interpose_signal_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_interpose_signal_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_job_SOURCES = tests/unit/check_job.c tests/unit/unit.h
tests_unit_check_job_CFLAGS = $(unit_cflags)
tests_unit_check_job_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_job_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_match_SOURCES = tests/unit/check_match.c tests/unit/unit.h
tests_unit_check_match_CFLAGS = $(unit_cflags)
tests_unit_check_match_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_match_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_op_SOURCES = tests/unit/check_op.c
tests_unit_check_op_CFLAGS = $(unit_cflags)
tests_unit_check_op_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_op_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_progress_SOURCES = tests/unit/check_progress.c tests/unit/world.h
tests_unit_check_progress_CFLAGS = $(unit_cflags)
tests_unit_check_progress_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_progress_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_ring_SOURCES = tests/unit/check_ring.c tests/unit/unit.h
tests_unit_check_ring_CFLAGS = $(unit_cflags)
tests_unit_check_ring_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_ring_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_samples_SOURCES = tests/unit/check_samples.c tests/unit/unit.h \
	examples/story_print.c examples/story.h examples/samples.h
tests_unit_check_samples_CFLAGS = $(unit_cflags)
tests_unit_check_samples_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit -I$(srcdir)/examples
tests_unit_check_samples_LDADD = $(CHECK_LIBS) -lm
tests_unit_check_schedule_SOURCES = tests/unit/check_schedule.c
tests_unit_check_schedule_CFLAGS = $(unit_cflags)
tests_unit_check_schedule_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_schedule_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_slots_SOURCES = tests/unit/check_slots.c tests/unit/unit.h
tests_unit_check_slots_CFLAGS = $(unit_cflags)
tests_unit_check_slots_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_slots_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_spin_SOURCES = tests/unit/check_spin.c tests/unit/unit.h
tests_unit_check_spin_CFLAGS = $(unit_cflags)
tests_unit_check_spin_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_spin_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_stall_SOURCES = tests/unit/check_stall.c tests/unit/unit.h launcher/stall.c
tests_unit_check_stall_CFLAGS = $(unit_cflags)
tests_unit_check_stall_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit -I$(srcdir)/launcher
tests_unit_check_stall_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_topo_SOURCES = tests/unit/check_topo.c tests/unit/unit.h
tests_unit_check_topo_CFLAGS = $(unit_cflags)
tests_unit_check_topo_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_topo_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_bound_SOURCES = tests/unit/check_bound.c tests/unit/unit.h
tests_unit_check_bound_CFLAGS = $(unit_cflags)
tests_unit_check_bound_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_bound_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_unexpected_SOURCES = tests/unit/check_unexpected.c tests/unit/unit.h
tests_unit_check_unexpected_CFLAGS = $(unit_cflags)
tests_unit_check_unexpected_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_unexpected_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_check_xfer_SOURCES = tests/unit/check_xfer.c tests/unit/unit.h
tests_unit_check_xfer_CFLAGS = $(unit_cflags)
tests_unit_check_xfer_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_check_xfer_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_info_SOURCES = tests/unit/info.c
tests_unit_info_CFLAGS = $(unit_cflags)
tests_unit_info_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_unit_info_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_unit_abi_header_cxx_SOURCES = tests/unit/abi_header_cxx.cc

EXTRA_DIST += tests/build tests/lint tests/model tests/inject tests/bench tests/mpi tests/stress \
	tests/all.sh tests/check-mpi.sh tests/check-unit.sh tests/sanitize.sh tests/tsan.sh tests/tsan_race.c

# ---- MPI programs, compiled the way a user does: by our mpicc

mpi_tests = \
	tests/mpi/abi \
	tests/mpi/abort \
	tests/mpi/bells_meet \
	tests/mpi/attr \
	tests/mpi/attr_finalize \
	tests/mpi/coll_allreduce \
	tests/mpi/coll_barrier \
	tests/mpi/coll_bcast \
	tests/mpi/coll_blocks \
	tests/mpi/coll_inter \
	tests/mpi/coll_neighbor \
	tests/mpi/coll_order \
	tests/mpi/coll_persistent \
	tests/mpi/coll_reduce \
	tests/mpi/coll_user \
	tests/mpi/coll_whole_struct \
	tests/mpi/comm_dup \
	tests/mpi/comm_errhandler \
	tests/mpi/comm_inter \
	tests/mpi/comm_split \
	tests/mpi/datatype_darray \
	tests/mpi/datatype_external \
	tests/mpi/datatype_functions \
	tests/mpi/datatype_large \
	tests/mpi/env_version \
	tests/mpi/env_wtime \
	tests/mpi/err_added \
	tests/mpi/err_args \
	tests/mpi/err_fatal \
	tests/mpi/info \
	tests/mpi/init_misuse \
	tests/mpi/init_thread \
	tests/mpi/interpose_io \
	tests/mpi/interpose_signal \
	tests/mpi/interpose_sleep \
	tests/mpi/memory \
	tests/mpi/op_functions \
	tests/mpi/p2p_advertised \
	tests/mpi/p2p_advertised_random \
	tests/mpi/p2p_basic \
	tests/mpi/p2p_bsend \
	tests/mpi/p2p_bsend_comm \
	tests/mpi/p2p_cancel \
	tests/mpi/p2p_cancel_send \
	tests/mpi/p2p_datatypes \
	tests/mpi/p2p_exchange_computing \
	tests/mpi/p2p_flood \
	tests/mpi/p2p_large \
	tests/mpi/p2p_lengths \
	tests/mpi/p2p_layouts \
	tests/mpi/p2p_order \
	tests/mpi/p2p_posted_many \
	tests/mpi/p2p_probe \
	tests/mpi/p2p_procnull \
	tests/mpi/p2p_random \
	tests/mpi/p2p_request \
	tests/mpi/p2p_restart \
	tests/mpi/p2p_sendrecv \
	tests/mpi/p2p_ssend \
	tests/mpi/p2p_truncate \
	tests/mpi/p2p_there \
	tests/mpi/p2p_bounded \
	tests/mpi/p2p_bounded_ways \
	tests/mpi/p2p_unexpected \
	tests/mpi/p2p_wildcard \
	tests/mpi/rank_dies \
	tests/mpi/regress_info_env \
	tests/mpi/request_empty_status \
	tests/mpi/request_generalized \
	tests/mpi/request_get_status \
	tests/mpi/threads_generalized \
	tests/mpi/threads_helped \
	tests/mpi/threads_objects \
	tests/mpi/threads_op \
	tests/mpi/threads_p2p \
	tests/mpi/threads_probe \
	tests/mpi/threads_self \
	tests/mpi/topo_cart \
	tests/mpi/topo_graph \
	tests/mpi/uintr_lost
CLEANFILES += $(mpi_tests)
check-local: check-mpi
mpi-programs: $(mpi_tests)
$(mpi_tests): %: $(top_srcdir)/%.c launcher/mpicc lib/libmpi_abi.la include/mpi.h $(top_srcdir)/tests/mpi/mpitest.h $(top_srcdir)/tests/mpi/refuse.h $(top_srcdir)/tests/mpi/threads.h
	$(AM_V_CC)$(MKDIR_P) tests/mpi && launcher/mpicc -O1 $(MPI_TEST_CFLAGS) -o $@ $(top_srcdir)/$@.c -lm -lpthread

# On all-am, not on all: that starts another make, beside the one that builds the programs.
# Not among TESTS: these start many ranks, so they do not share the cores with other tests.
check-mpi: all-am mpi-programs tests/bench/notify
	$(SHELL) $(top_srcdir)/tests/check-mpi.sh
check-full: all-am mpi-programs tests/bench/notify
	$(SHELL) $(top_srcdir)/tests/check-mpi.sh --full
check-build: all-am
	bash $(top_srcdir)/tests/build/run.sh
check-header:
	HEADER_CC='$(HEADER_CC)' HEADER_CXX='$(HEADER_CXX)' $(SHELL) $(top_srcdir)/tests/lint/header.sh
check-model:
	bash $(top_srcdir)/tests/model/run.sh
check-inject: all-am
	bash $(top_srcdir)/tests/inject/run.sh --full
check-sanitize: all-am
	bash $(top_srcdir)/tests/sanitize.sh
check-stress: all-am mpi-programs
	bash $(top_srcdir)/tests/stress/run.sh
check-scribble: all-am
	TOC_MPIRUN=launcher/mpirun TOC_MPICC=launcher/mpicc \
	    $(SHELL) $(top_srcdir)/tests/fault/scribble.sh 50 1000
lint: all-am
	bash $(top_srcdir)/tests/lint/run.sh
# What telling another process costs; as a test it sees that everything arrives.
check_PROGRAMS += tests/bench/notify
tests_bench_notify_SOURCES = tests/bench/notify.c
bench-notify: tests/bench/notify
	tests/bench/notify
bench: all-am
	CC='$(CC)' bash $(top_srcdir)/tests/bench/bench.sh --prefix $(abs_top_builddir) --out bench
print-unit-programs:
	@echo $(unit_programs)
.PHONY: print-unit-programs mpi-programs check-mpi check-full check-build check-header check-model \
	check-inject check-sanitize check-stress check-scribble lint \
	bench bench-notify
