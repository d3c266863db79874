# SPDX-License-Identifier: BSD-3-Clause
# Tests of the launcher's behaviour when something goes wrong.
fault_tests = \
	tests/fault/broker.sh \
	tests/fault/binding.sh \
	tests/fault/compiler.sh \
	tests/fault/descriptors.sh \
	tests/fault/environment.sh \
	tests/fault/exit_codes.sh \
	tests/fault/foreign.sh \
	tests/fault/forwarded.sh \
	tests/fault/hosts.sh \
	tests/fault/initial_errhandler.sh \
	tests/fault/input.sh \
	tests/fault/interrupt.sh \
	tests/fault/keep_going.sh \
	tests/fault/kill_mpirun.sh \
	tests/fault/kill_rank.sh \
	tests/fault/leftovers.sh \
	tests/fault/many_ranks.sh \
	tests/fault/mpi_ends.sh \
	tests/fault/no_pidfd.sh \
	tests/fault/oom.sh \
	tests/fault/options.sh \
	tests/fault/output.sh \
	tests/fault/quickstart.sh \
	tests/fault/refused.sh \
	tests/fault/scribble.sh \
	tests/fault/search_order.sh \
	tests/fault/several_programs.sh \
	tests/fault/stall.sh \
	tests/fault/stdio_locked.sh \
	tests/fault/story.sh \
	tests/fault/tags.sh \
	tests/fault/unsupported.sh \
	tests/fault/waiting.sh
TESTS += $(fault_tests)
EXTRA_DIST += $(fault_tests) \
	tests/fault/broker.c \
	tests/fault/ends.c \
	tests/fault/helpers.sh \
	tests/fault/initial_errhandler.c \
	tests/fault/keep_going.c \
	tests/fault/no_pidfd.c \
	tests/fault/odd.c \
	tests/fault/refuse.c \
	tests/fault/scribble.c \
	tests/fault/search_order.c \
	tests/fault/search_order_mpi.c \
	tests/fault/stall.c \
	tests/fault/stdio_locked.c \
	tests/fault/unsupported.c \
	tests/fault/waiting.c
