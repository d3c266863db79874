# SPDX-License-Identifier: BSD-3-Clause
# Plain MPI programs, and one without MPI, compiled the way a user does: by our mpicc.
EXAMPLES = \
	examples/halo \
	examples/hello \
	examples/overlap \
	examples/pi \
	examples/ring \
	examples/uintr_ipc
EXTRA_DIST += $(EXAMPLES:=.c)
CLEANFILES += $(EXAMPLES)
all-local: $(EXAMPLES)
$(EXAMPLES): %: $(top_srcdir)/%.c launcher/mpicc lib/libmpi_abi.la include/mpi.h
	$(AM_V_CC)$(MKDIR_P) examples && launcher/mpicc $(MPI_TEST_CFLAGS) -o $@ $(top_srcdir)/$@.c -lm
