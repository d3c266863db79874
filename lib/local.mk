# SPDX-License-Identifier: BSD-3-Clause
include_HEADERS += include/mpi.h

# What library and launcher share.
noinst_LTLIBRARIES += lib/libbase.la
lib_libbase_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -ftls-model=initial-exec
lib_libbase_la_SOURCES = \
	lib/base/abi.h \
	lib/base/copy.h \
	lib/base/cpu.h \
	lib/base/env.c lib/base/env.def lib/base/env.h \
	lib/base/error.h \
	lib/base/exchange.c lib/base/exchange.h \
	lib/base/held.c lib/base/held.h \
	lib/base/job.c lib/base/job.h \
	lib/base/list.h \
	lib/base/log.c lib/base/log.h \
	lib/base/memory_limit.c lib/base/memory_limit.h \
	lib/base/stats.c lib/base/stats.def lib/base/stats.h \
	lib/base/stream.c lib/base/stream.h \
	lib/base/syscall.h \
	lib/base/tsan.h \
	lib/base/words.c lib/base/words.h

# By itself, because ThreadSanitizer cannot look into it: it calls these functions before it can run.
noinst_LTLIBRARIES += lib/libinterpose.la
lib_libinterpose_la_CFLAGS = $(AM_CFLAGS) $(UNTRACED_CFLAGS) -fvisibility=hidden -ftls-model=initial-exec
lib_libinterpose_la_SOURCES = \
	lib/notify/interpose.c \
	lib/notify/interpose_action.c \
	lib/notify/interpose_bell.c \
	lib/notify/interpose_io.c \
	lib/notify/interpose_ipc.c \
	lib/notify/interpose_real.c \
	lib/notify/interpose_retry.c \
	lib/notify/interpose_signal.c \
	lib/notify/interpose_sigwait.c \
	lib/notify/interpose_sleep.c \
	lib/notify/interpose_socket.c \
	lib/notify/interpose_transfer.c \
	lib/notify/interpose_wait.c \
	lib/notify/interpose.h \
	lib/notify/interpose_handler.h \
	lib/notify/interpose_impl.h

# For programs with a static libc (mpicc -static): the same archive without the wrappers, and what
# stands in their place.
if STATIC
noinst_LTLIBRARIES += lib/libinterpose_static.la
lib_libinterpose_static_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden
lib_libinterpose_static_la_SOURCES = lib/notify/interpose_static.c
staticlibdir = $(libdir)
nodist_staticlib_DATA = lib/.libs/libmpi_abi_static.a
CLEANFILES += lib/.libs/libmpi_abi_static.a
lib/.libs/libmpi_abi_static.a: lib/libmpi_abi.la lib/libinterpose_static.la
	$(AM_V_AR)cp lib/.libs/libmpi_abi.a $@.new && \
	$(AR) d $@.new $$($(AR) t $@.new | grep -E \
	    'interpose_(io|ipc|real|signal|sigwait|sleep|socket|transfer|wait)\.o$$') && \
	$(AR) q $@.new lib/notify/libinterpose_static_la-interpose_static.o && \
	$(RANLIB) $@.new && mv $@.new $@
else
EXTRA_DIST += lib/notify/interpose_static.c
endif

# The message path without the MPI functions; unit tests link it by itself.
noinst_LTLIBRARIES += lib/libcore.la
lib_libcore_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -ftls-model=initial-exec
lib_libcore_la_LIBADD = lib/libbase.la lib/libinterpose.la
lib_libcore_la_SOURCES = \
	lib/notify/doorbell.c \
	lib/notify/notify.c \
	lib/notify/signal.c \
	lib/notify/uintr/descriptor.c \
	lib/notify/uintr/driver.c \
	lib/notify/uintr/entry.S \
	lib/notify/uintr/entry.c \
	lib/notify/uintr/exchange.c \
	lib/notify/uintr/probe.c \
	lib/notify/uintr/route.c \
	lib/notify/uintr/uintr.c \
	lib/notify/thread.c \
	lib/notify/doorbell.h \
	lib/notify/notify.h \
	lib/notify/uintr/descriptor.h \
	lib/notify/uintr/driver.h \
	lib/notify/uintr/entry.h \
	lib/notify/uintr/exchange.h \
	lib/notify/uintr/instructions.h \
	lib/notify/uintr/probe.h \
	lib/notify/uintr/route.h \
	lib/transport/advert.c \
	lib/transport/cma.c \
	lib/transport/condemn.c \
	lib/transport/corrupt.c \
	lib/transport/memory.c \
	lib/transport/ring.c \
	lib/transport/slots.c \
	lib/transport/world.c \
	lib/transport/xfer.c \
	lib/transport/advert.h \
	lib/transport/cma.h \
	lib/transport/corrupt.h \
	lib/transport/memory.h \
	lib/transport/ring.h \
	lib/transport/slots.h \
	lib/transport/world.h \
	lib/transport/xfer.h \
	lib/progress/bell.c \
	lib/progress/guard.c \
	lib/progress/progress.c \
	lib/progress/wait.c \
	lib/progress/waiters.c \
	lib/progress/waiters.h \
	lib/progress/bell.h \
	lib/progress/guard.h \
	lib/progress/patience.c \
	lib/progress/patience.h \
	lib/progress/rest.c \
	lib/progress/rest.h \
	lib/progress/progress.h \
	lib/progress/spin.c \
	lib/progress/spin.h \
	lib/progress/watch.h \
	lib/progress/yield.c \
	lib/progress/yield.h \
	lib/core/attribute.c \
	lib/core/comm.c \
	lib/core/dims.c \
	lib/core/errhandler.c \
	lib/core/group.c \
	lib/core/handle.c \
	lib/core/info.c \
	lib/core/info_env.c \
	lib/core/op.c \
	lib/core/op_kernels.c \
	lib/core/topo.c \
	lib/core/attribute.h \
	lib/core/comm.h \
	lib/core/errhandler.h \
	lib/core/group.h \
	lib/core/handle.h \
	lib/core/info.h \
	lib/core/op.h \
	lib/core/op_half.h \
	lib/core/topo.h \
	lib/datatype/construct.c \
	lib/datatype/contents.c \
	lib/datatype/cursor.c \
	lib/datatype/datatype.c \
	lib/datatype/external.c \
	lib/datatype/form.c \
	lib/datatype/construct.h \
	lib/datatype/contents.h \
	lib/datatype/cursor.h \
	lib/datatype/datatype.h \
	lib/datatype/external.h \
	lib/datatype/form.h \
	lib/datatype/machine.h \
	lib/datatype/predefined.def \
	lib/p2p/advertise.c \
	lib/p2p/border.c \
	lib/p2p/buffered.c \
	lib/p2p/copy.c \
	lib/p2p/descriptors.c \
	lib/p2p/ended.c \
	lib/p2p/fragments.c \
	lib/p2p/match.c \
	lib/p2p/p2p.c \
	lib/p2p/pair.c \
	lib/p2p/receive.c \
	lib/p2p/rendezvous_receive.c \
	lib/p2p/rendezvous_send.c \
	lib/p2p/request.c \
	lib/p2p/send.c \
	lib/p2p/bound.c \
	lib/p2p/held.c \
	lib/p2p/unexpected.c \
	lib/p2p/advertise.h \
	lib/p2p/border.h \
	lib/p2p/buffered.h \
	lib/p2p/ended.h \
	lib/p2p/match.h \
	lib/p2p/p2p.h \
	lib/p2p/pair.h \
	lib/p2p/protocol.h \
	lib/p2p/request.h \
	lib/p2p/bound.h \
	lib/p2p/held.h \
	lib/p2p/unexpected.h \
	lib/coll/allgather.c \
	lib/coll/allreduce.c \
	lib/coll/alltoall.c \
	lib/coll/barrier.c \
	lib/coll/bcast.c \
	lib/coll/blocks.c \
	lib/coll/build.c \
	lib/coll/context.c \
	lib/coll/gather.c \
	lib/coll/inter.c \
	lib/coll/neighbor.c \
	lib/coll/reduce.c \
	lib/coll/reduce_scatter.c \
	lib/coll/scan.c \
	lib/coll/schedule.c \
	lib/coll/share_edges.c \
	lib/coll/coll.h \
	lib/coll/context.h \
	lib/coll/fpu.h \
	lib/coll/neighbor.h \
	lib/coll/schedule.h

# The library. No version script with named nodes: programs must run on other vendors' libraries of
# the same ABI as well.
lib_LTLIBRARIES += lib/libmpi_abi.la
lib_libmpi_abi_la_CFLAGS = $(AM_CFLAGS) -fvisibility=hidden -ftls-model=initial-exec
lib_libmpi_abi_la_LDFLAGS = $(AM_LDFLAGS) -version-info $(LIBMPI_ABI_VERSION) \
	-Wl,-z,now -Wl,-z,defs
lib_libmpi_abi_la_LIBADD = lib/libcore.la
lib_libmpi_abi_la_SOURCES = \
	lib/mpi/abi.c \
	lib/mpi/abi_fortran.c \
	lib/mpi/attr.c \
	lib/mpi/buffered.c \
	lib/mpi/check.c \
	lib/mpi/coll.c \
	lib/mpi/coll_allgather.c \
	lib/mpi/coll_alltoall.c \
	lib/mpi/coll_check.c \
	lib/mpi/coll_gather.c \
	lib/mpi/coll_reduce.c \
	lib/mpi/coll_reduce_scatter.c \
	lib/mpi/coll_scan.c \
	lib/mpi/comm.c \
	lib/mpi/comm_from_group.c \
	lib/mpi/datatype.c \
	lib/mpi/datatype_create.c \
	lib/mpi/datatype_named.c \
	lib/mpi/datatype_pack.c \
	lib/mpi/datatype_query.c \
	lib/mpi/env.c \
	lib/mpi/errhan.c \
	lib/mpi/error.c \
	lib/mpi/hardware.c \
	lib/mpi/leave.c \
	lib/mpi/grequest.c \
	lib/mpi/group.c \
	lib/mpi/info.c \
	lib/mpi/init.c \
	lib/mpi/intercomm.c \
	lib/mpi/memory.c \
	lib/mpi/neighbor.c \
	lib/mpi/op.c \
	lib/mpi/p2p.c \
	lib/mpi/p2p_persistent.c \
	lib/mpi/p2p_start.c \
	lib/mpi/probe.c \
	lib/mpi/request.c \
	lib/mpi/request_status.c \
	lib/mpi/sendrecv.c \
	lib/mpi/singleton.c \
	lib/mpi/status.c \
	lib/mpi/toint.c \
	lib/mpi/topo.c \
	lib/mpi/topo_cart.c \
	lib/mpi/topo_graph.c \
	lib/mpi/tool.c \
	lib/mpi/unsupported.c \
	lib/mpi/unsupported_io.c \
	lib/mpi/unsupported_partitioned.c \
	lib/mpi/unsupported_rma.c \
	lib/mpi/unsupported_session.c \
	lib/mpi/unsupported_spawn.c \
	lib/mpi/unsupported_tool.c \
	lib/mpi/attr_impl.h \
	lib/mpi/coll_impl.h \
	lib/mpi/comm_impl.h \
	lib/mpi/datatype_impl.h \
	lib/mpi/error.h \
	lib/mpi/group_impl.h \
	lib/mpi/abi_fortran.h \
	lib/mpi/leave.h \
	lib/mpi/mpi_impl.h \
	lib/mpi/p2p_impl.h \
	lib/mpi/request_impl.h \
	lib/mpi/status.h \
	lib/mpi/topo_impl.h \
	lib/mpi/unsupported.h \
	lib/mpi/error_classes.def
