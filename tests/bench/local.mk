# SPDX-License-Identifier: BSD-3-Clause
# Tests of the benchmarks themselves, and of what can be counted instead of timed.
TESTS += \
	tests/bench/test_instructions.sh \
	tests/bench/test_smoke.sh \
	tests/bench/test_statistics.sh
