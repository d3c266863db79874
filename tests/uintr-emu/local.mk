# SPDX-License-Identifier: BSD-3-Clause
# The emulator of user interrupts (mpirun --emulate-uintr). Preloaded into any program, so it is
# never built with sanitizers.
emulator_sources = \
	tests/uintr-emu/kernel.c \
	tests/uintr-emu/model.c \
	tests/uintr-emu/signals.c \
	tests/uintr-emu/emu.h \
	tests/uintr-emu/model.h

# A library to preload is a shared one, or none.
if SHARED
pkglib_LTLIBRARIES = tests/uintr-emu/uintr-emu.la
endif
tests_uintr_emu_uintr_emu_la_SOURCES = $(emulator_sources)
tests_uintr_emu_uintr_emu_la_CFLAGS = -std=gnu11 $(WARN_CFLAGS) -pthread -fvisibility=hidden
tests_uintr_emu_uintr_emu_la_LDFLAGS = -module -avoid-version -shared -Wl,-z,defs
tests_uintr_emu_uintr_emu_la_LIBADD = -ldl

unit_programs += \
	tests/uintr-emu/check_emulator \
	tests/uintr-emu/check_model \
	tests/uintr-emu/check_notifier \
	tests/uintr-emu/check_registers
# Compiled with the emulator's parts, which stand in front of libc then.
tests_uintr_emu_check_emulator_SOURCES = tests/uintr-emu/check_emulator.c tests/unit/unit.h $(emulator_sources)
tests_uintr_emu_check_emulator_CFLAGS = -std=gnu11 $(WARN_CFLAGS) -pthread $(CHECK_CFLAGS)
tests_uintr_emu_check_emulator_LDFLAGS =
tests_uintr_emu_check_emulator_LDADD = $(CHECK_LIBS) -ldl
tests_uintr_emu_check_model_SOURCES = tests/uintr-emu/check_model.c tests/unit/unit.h \
	tests/uintr-emu/model.c tests/uintr-emu/model.h
tests_uintr_emu_check_model_CFLAGS = $(unit_cflags)
tests_uintr_emu_check_model_LDADD = $(CHECK_LIBS)

# These preload the emulator where the CPU lacks user interrupts.
emulator_flag = -DEMULATOR='"$(abs_top_builddir)/tests/uintr-emu/.libs/uintr-emu.so"'
tests_uintr_emu_check_notifier_SOURCES = tests/uintr-emu/check_notifier.c tests/uintr-emu/striker.h tests/unit/unit.h
tests_uintr_emu_check_notifier_CFLAGS = $(unit_cflags)
tests_uintr_emu_check_notifier_CPPFLAGS = $(AM_CPPFLAGS) $(emulator_flag)
tests_uintr_emu_check_notifier_LDADD = lib/libcore.la $(CHECK_LIBS)
tests_uintr_emu_check_registers_SOURCES = tests/uintr-emu/check_registers.c tests/uintr-emu/striker.h tests/unit/unit.h
tests_uintr_emu_check_registers_CFLAGS = $(unit_cflags)
tests_uintr_emu_check_registers_CPPFLAGS = $(AM_CPPFLAGS) $(emulator_flag)
tests_uintr_emu_check_registers_LDADD = lib/libcore.la $(CHECK_LIBS) -lm
