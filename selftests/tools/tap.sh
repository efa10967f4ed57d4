# SPDX-License-Identifier: GPL-2.0-only
# What the scripts of selftests/tools share. Sourced, never run.
# shellcheck shell=bash
#
# A test is a function test_NAME that fails by its status, each in a shell of its
# own with -e; tap_run runs all of them, in the order of their names as they are
# defined, or those that are named.

export PATH=/bin:/sbin:/usr/bin:/usr/sbin:${PATH:-} LC_ALL=C
CTL=${CTL:-aoipoolctl}
PUPPET=${PUPPET:-puppet}

# Says why, and fails.
fail() {
	echo "# $*"
	return 1
}

skip() {
	echo "$*" >"$WORK/skip"
	exit 0
}

same() {
	[ "$1" = "$2" ] || fail "is '$1', should be '$2'${3:+: $3}"
}

# A file and a regular expression.
has() {
	grep -qE -- "$2" "$1" || {
		sed 's/^/#   /' "$1"
		fail "$(basename "$1") does not say: $2"
	}
}

has_not() {
	! grep -E -- "$2" "$1" || fail "$(basename "$1") says: $2"
}

# The exit status of a command that may fail; its output is in $WORK/out and err.
status_of() {
	local status=0

	"$@" >"$WORK/out" 2>"$WORK/err" || status=$?
	echo $status
}

# A command that succeeds; its output in $WORK/out.
ok() {
	same "$(status_of "$@")" 0 "$* ($(cat "$WORK/err"))"
}

# jq on what the last command said: json FILTER
json() {
	jq -r "$@" "$WORK/out"
}

# A condition that comes true in time, or the harness ends the test: until_true CMD...
until_true() {
	until "$@"; do sleep 0.1; done
}

# Whether process PID is COMMAND by now, and no shell any more that is to become it,
# and has a handler for SIGTERM: is_ready PID COMMAND
is_ready() {
	local caught

	[ "$(cat "/proc/$1/comm")" = "$2" ] || return 1
	caught=$(sed -n 's/^SigCgt:[[:space:]]*/0x/p' "/proc/$1/status")
	[ $((caught & 1 << 14)) != 0 ]
}

# A puppet: puppet_start, then puppet_do 'command' ..., see puppet.c.
puppet_start() {
	coproc PUPPET_PROCESS { exec "$PUPPET" "$@"; }
	# shellcheck disable=SC2034 # for tests
	PUPPET_ID=$PUPPET_PROCESS_PID
}

puppet_do() {
	local line answer

	for line in "$@"; do
		echo "$line" >&"${PUPPET_PROCESS[1]}"
		read -r answer <&"${PUPPET_PROCESS[0]}" || fail "the puppet ended at '$line'"
		[ "${answer%% *}" = ok ] || fail "'$line': $answer"
	done
}

# Neither the shell below nor this function may be a part of a condition: bash
# would not mind -e in it, and only the last command of a test would count.
tap_one() {
	local name=$1 status

	WORK=$(mktemp -d)
	(
		set -e
		trap 'kill $(jobs -p) 2>/dev/null || :' EXIT
		"test_$name"
	)
	status=$?
	if [ $status != 0 ]; then
		echo "not ok $nr - $name"
	elif [ -e "$WORK/skip" ]; then
		echo "ok $nr - $name # SKIP $(cat "$WORK/skip")"
	else
		echo "ok $nr - $name"
	fi
	rm -rf "$WORK"
	return $status
}

# As kselftest prints it.
tap_run() {
	local names=("$@") nr=0 failed=0 name

	[ $# -gt 0 ] || mapfile -t names < <(declare -F | sed -nE 's/^declare -f test_//p')
	echo "TAP version 13"
	echo "1..${#names[@]}"
	for name in "${names[@]}"; do
		nr=$((nr + 1))
		tap_one "$name"
		# shellcheck disable=SC2181 # see there
		[ $? = 0 ] || failed=1
	done
	exit $failed
}
