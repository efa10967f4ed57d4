# SPDX-License-Identifier: GPL-2.0-only
# What a test machine tests: the module, by the programs of selftests/kernel,
# and the library on it, by those of selftests/hotpath and selftests/events, and
# aoipoolctl, by scripts of selftests/tools, which bring a root of their own; or
# the library alone, by those of selftests/lib.
# Sourced after common.sh, never run.
# shellcheck shell=bash disable=SC2034

# The library's tests scale their repetitions by this: emulation is slow, and
# a machine has more tests to run than a minute has seconds.
LIBRARY_PERCENT=${AOIPOOL_TEST_PERCENT:-4}

# The library's programs are not static: cmocka comes as a shared library only.
subject_prepare() {
	TESTS_BUILT=("${FOLDERS[@]/#/$BUILD/selftests/}")
	[ -n "$LIBRARY" ] || return 0
	SYSROOT=$("$VM/sysroot" "$ARCH")
	TESTS_BUILT=("$BUILD/selftests-lib/$(library_variant)")
}

library_variant() {
	case $ARCH in
	amd64) echo plain ;;
	*) echo "$ARCH" ;;
	esac
}

tests_build() {
	local folder

	if [ -n "$LIBRARY" ]; then
		make --no-print-directory -s -j"$(nproc)" -C "$TOP/selftests/lib" \
			VARIANT="$(library_variant)" programs >&2
	else
		for folder in "${FOLDERS[@]}"; do
			make --no-print-directory -s -C "$TOP/selftests/$folder" >&2
		done
		[ -n "$OVERLAY" ] || [[ " ${FOLDERS[*]} " != *" tools "* ]] || OVERLAY=$BUILD/selftests/tools/root
	fi
}

# By its Makefile, for the folder keeps programs whose source is gone.
library_list() {
	make --no-print-directory -s -C "$TOP/selftests/lib" VARIANT="$(library_variant)" list
}

tests_list() {
	if [ -n "$LIBRARY" ]; then
		library_list
	else
		find "${TESTS_BUILT[@]}" -maxdepth 1 -name 'test_*' -type f -executable -printf '%f\n' | sort
	fi
}

# Nothing, where there is no such program.
test_path() {
	find "${TESTS_BUILT[@]}" -maxdepth 1 -name "$1" -type f -executable
}

tests_prepare() {
	local test

	tests_build
	[ ${#TESTS[@]} -gt 0 ] || mapfile -t TESTS < <(tests_list)
	[ ${#TESTS[@]} -gt 0 ] || die "no test program in selftests"
	for test in "${TESTS[@]}"; do
		[ -n "$(test_path "$test")" ] || die "no test program '$test', there are: $(tests_list | xargs)"
	done
}

job_environment() {
	printf 'environment %s\n' CMOCKA_MESSAGE_OUTPUT=TAP AOIPOOL_TEST_RSEQ=present \
		"AOIPOOL_TEST_PERCENT=$LIBRARY_PERCENT"
}

job_write() {
	printf 'program-seconds %d\nrun-seconds %d\n' "$PROGRAM_LIMIT" "$TIME_LIMIT"
	if [ -n "$LIBRARY" ]; then
		job_environment
	elif [ -z "$WITHOUT_MODULE" ]; then
		printf 'module-args %s\n' "$MODULE_ARGS"
	fi
	if [ -n "$COMMAND" ]; then
		printf 'command %s\n' "$COMMAND"
	else
		printf 'test %s\n' "${TESTS[@]}"
	fi
}
