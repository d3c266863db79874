# SPDX-License-Identifier: BSD-3-Clause
bin_PROGRAMS += launcher/mpirun launcher/tocsin-info
bin_SCRIPTS += launcher/mpicc launcher/mpicxx
dist_man_MANS += launcher/mpirun.1 launcher/mpicc.1 launcher/tocsin-info.1

# hwloc is the launcher's only: ranks would pay for loading it at every start.
launcher_mpirun_SOURCES = \
	launcher/main.c \
	launcher/clock.h \
	launcher/emulate.c launcher/emulate.h \
	launcher/exchange.c launcher/exchange.h \
	launcher/foreign.c launcher/foreign.h \
	launcher/guardian.c launcher/guardian.h \
	launcher/held.c launcher/held.h \
	launcher/hosts.c launcher/hosts.h \
	launcher/input.c launcher/input.h \
	launcher/launch.c launcher/launch.h \
	launcher/message.c launcher/message.h \
	launcher/option_table.c launcher/option_table.h \
	launcher/option_values.c launcher/option_values.h \
	launcher/options.c launcher/options.h \
	launcher/output.c launcher/output.h \
	launcher/processes.c launcher/processes.h \
	launcher/program.c launcher/program.h \
	launcher/signals.c \
	launcher/stall.c launcher/stall.h \
	launcher/spawn.c launcher/spawn.h \
	launcher/spread.c launcher/spread.h \
	launcher/supervise.c \
	launcher/wordfile.c launcher/wordfile.h \
	launcher/whereabouts.c launcher/whereabouts.h \
	lib/base/topology.c lib/base/topology.h
launcher_mpirun_CPPFLAGS = $(AM_CPPFLAGS) $(HWLOC_CFLAGS) \
	-DTOC_PREFIX='"$(prefix)"' -DTOC_PKGLIBDIR='"$(pkglibdir)"'
launcher_mpirun_LDADD = lib/libbase.la $(HWLOC_LIBS)

launcher_tocsin_info_SOURCES = \
	launcher/info.c \
	lib/base/topology.c lib/base/topology.h
launcher_tocsin_info_CPPFLAGS = $(AM_CPPFLAGS) $(HWLOC_CFLAGS)
# The notifiers, to try them.
launcher_tocsin_info_LDADD = lib/libcore.la $(HWLOC_LIBS)

# The other names of the same programs, also in the build tree. mpiCC is left out where the file
# system takes it for mpicc.
launcher_links = launcher/mpiexec launcher/mpic++ launcher/mpiCC
all-local: $(launcher_links)
launcher/mpiexec: launcher/mpirun
	$(AM_V_GEN)cd launcher && rm -f mpiexec && $(LN_S) mpirun mpiexec
launcher/mpic++: launcher/mpicxx
	$(AM_V_GEN)cd launcher && rm -f mpic++ && $(LN_S) mpicxx mpic++
launcher/mpiCC: launcher/mpicxx
	$(AM_V_GEN)cd launcher && if test ! -e mpiCC || test -h mpiCC; then \
	  rm -f mpiCC && $(LN_S) mpicxx mpiCC; fi
CLEANFILES += launcher/mpiexec launcher/mpic++

# A clean that removed mpiCC would take mpicc away where the two names are one.
clean-local: clean-launcher-links
.PHONY: clean-launcher-links
clean-launcher-links:
	test ! -h launcher/mpiCC || rm -f launcher/mpiCC

install-exec-hook: install-launcher-links
uninstall-hook: uninstall-launcher-links
install-data-hook: install-launcher-man-links

.PHONY: install-launcher-links install-launcher-man-links uninstall-launcher-links
install-launcher-links:
	cd "$(DESTDIR)$(bindir)" && rm -f mpiexec mpic++ && \
	  $(LN_S) mpirun mpiexec && $(LN_S) mpicxx mpic++ && \
	  if test ! -e mpiCC || test -h mpiCC; then rm -f mpiCC && $(LN_S) mpicxx mpiCC; fi
install-launcher-man-links:
	cd "$(DESTDIR)$(man1dir)" && rm -f mpiexec.1 mpicxx.1 mpic++.1 && \
	  $(LN_S) mpirun.1 mpiexec.1 && $(LN_S) mpicc.1 mpicxx.1 && $(LN_S) mpicc.1 mpic++.1
uninstall-launcher-links:
	rm -f "$(DESTDIR)$(bindir)/mpiexec" "$(DESTDIR)$(bindir)/mpic++" \
	  "$(DESTDIR)$(man1dir)/mpiexec.1" "$(DESTDIR)$(man1dir)/mpicxx.1" \
	  "$(DESTDIR)$(man1dir)/mpic++.1"
	test ! -h "$(DESTDIR)$(bindir)/mpiCC" || rm -f "$(DESTDIR)$(bindir)/mpiCC"

# pkg-config: relative to the files' own place, so that an installation can be moved; but a
# system's directories keep their names, by which pkg-config knows that they need no -I and -L.
# One -Wl, because pkgconf loses the quotes of a path where two follow each other.
pkgconfigdir = $(libdir)/pkgconfig
pkgconfig_DATA = launcher/tocsin.pc launcher/mpi-c.pc launcher/mpi-cxx.pc
EXTRA_DIST += $(pkgconfig_DATA:=.in)
CLEANFILES += $(pkgconfig_DATA)
$(pkgconfig_DATA): %: %.in Makefile
	$(AM_V_GEN)$(MKDIR_P) launcher && \
	root='$(prefix)' rpath='-Wl,-rpath,$${libdir},--enable-new-dtags ' && \
	case '$(libdir)' in \
	/usr/lib | /usr/lib64 | /usr/lib/*-linux-gnu) rpath= ;; \
	'$(prefix)'/*) \
	  up=`echo '$(libdir)/pkgconfig' | $(SED) -e 's|^$(prefix)/||' -e 's|[^/][^/]*|..|g'` && \
	  root="\$${pcfiledir}/$$up" ;; \
	esac && \
	$(SED) -e "s|[@]ROOT[@]|$$root|" -e "s|[@]RPATH[@]|$$rpath|" \
	  -e 's|[@]LIBDIR[@]|$(libdir)|' -e 's|[@]INCLUDEDIR[@]|$(includedir)|' \
	  -e '/^[a-z]*dir=/s|=$(prefix)/|=$${prefix}/|' -e 's|[@]VERSION[@]|$(PACKAGE_VERSION)|' \
	  $< >$@-t && mv $@-t $@
