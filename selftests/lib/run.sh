#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# run.sh VARIANT PROGRAMS-DIR RESULTS-DIR NAME...
#
# Runs test_NAME for each name, keeps its TAP, prints one line for each and the
# output of those that failed.  A program that does not run to its end has
# failed, whatever its tests said.

variant=$1 programs=$2 results=$3
shift 3

mkdir -p "$results"
[ "$variant" = plain ] && suffix= || suffix=-$variant
passed=0 failed=0 skipped=0

# cmocka 1.1.5 calls a skipped test "not ok # SKIP", and prints the name of a
# failed group as one more "not ok" that has no number.
as_tap()
{
	sed -e 's/^not ok \([0-9]* # SKIP\)/ok \1/' \
	    -e '/^# not ok/d' -e '/^# ok/d'
}

count()
{
	grep -c "$1" "$tap"
}

for name in "$@"; do
	tap=$results/lib-$name$suffix.tap
	env CMOCKA_MESSAGE_OUTPUT=TAP ASAN_OPTIONS="${ASAN_OPTIONS:-detect_leaks=1}" \
		TSAN_OPTIONS="${TSAN_OPTIONS:-die_after_fork=0 exitcode=66}" \
		$UNDER "$programs/test_$name" >"$tap.raw" 2>&1
	status=$?
	as_tap <"$tap.raw" >"$tap"
	rm -f "$tap.raw"

	plan=$(sed -n 's/^1\.\.//p' "$tap" | head -n 1)
	skips=$(count '^ok .*# SKIP')
	good=$(($(count '^ok ') - skips))
	bad=$((${plan:-1} - good - skips))
	if [ $status -ne 0 ] && [ $bad -eq 0 ]; then
		# Every test passed, but a checker found something.
		bad=1
	fi
	echo "# status $status" >>"$tap"
	if [ $bad -ne 0 ]; then
		[ $status -ne 0 ] || status="0, but not all tests ran"
		echo "not ok - lib-$name$suffix: $bad of ${plan:-?} failed, status $status"
		grep -v '^ok ' "$tap"
	else
		echo "ok - lib-$name$suffix: $good passed, $skips skipped"
	fi
	passed=$((passed + good)) failed=$((failed + bad))
	skipped=$((skipped + skips))
done

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
