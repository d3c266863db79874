# SPDX-License-Identifier: BSD-3-Clause
# Plain MPI programs, and one without MPI, compiled the way a user does: by our mpicc.
EXAMPLES = \
	examples/halo \
	examples/halo3d \
	examples/hello \
	examples/overlap \
	examples/pi \
	examples/ring \
	examples/uintr_ipc
EXTRA_DIST += $(EXAMPLES:=.c) examples/samples.h
CLEANFILES += $(EXAMPLES)
all-local: $(EXAMPLES)
$(EXAMPLES): %: $(top_srcdir)/%.c launcher/mpicc lib/libmpi_abi.la include/mpi.h
	$(AM_V_CC)$(MKDIR_P) examples && launcher/mpicc -O2 $(MPI_TEST_CFLAGS) -o $@ $(top_srcdir)/$@.c -lm
examples/overlap: $(top_srcdir)/examples/samples.h

# Runs two of them, with interrupts and with polling in turn: ./quickstart run.
noinst_PROGRAMS += examples/story
examples_story_SOURCES = examples/story.c examples/story_print.c examples/story.h examples/samples.h
examples_story_LDADD = -lm
