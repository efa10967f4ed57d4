# SPDX-License-Identifier: GPL-2.0-only
# Processes made ill, and what the doctor says of them. Sourced after tap.sh.
# shellcheck shell=bash disable=SC2016,SC2034 # jq has its own $; for tests
AILING=${AILING:-ailing}

# Long enough for what leaks every 20 ms.
WATCH=${WATCH:-2s}

# A process that is ill by now: ail AILMENT [NUMBER]; its number is in $ILL.
ail() {
	coproc AILING_PROCESS { exec "$AILING" "$@"; }
	ILL=$AILING_PROCESS_PID
	read -r answer <&"${AILING_PROCESS[0]}" || fail "ailing $* ended"
	[ "$answer" = ready ] || fail "ailing $*: $answer"
}

# Ends the process that ail started.
cure() {
	kill "$ILL"
	wait "$ILL" || :
}

# What the doctor finds, into $WORK/out; any status but trouble will do.
examine() {
	local status

	status=$(status_of "$CTL" doctor --json --watch "$WATCH" "$@")
	case $status in
	0 | 10 | 11) STATUS=$status ;;
	*) fail "doctor $*: $status, $(cat "$WORK/err")" ;;
	esac
}

# The severities of an id's findings, of the last examination.
severities() {
	json --arg id "$1" '[.findings[] | select(.id == $id) | .severity] | unique | join(" ")'
}

# found ID SEVERITY, an extended regular expression; not_found ID...
found() {
	grep -qxE "$2" <<<"$(severities "$1")" ||
		fail "$1 is '$(severities "$1")', should be '$2' ($(json -c "[.findings[].id], .unseen"))"
}

# How soon it fills the host decides which.
GROWS='warning|critical'

not_found() {
	local id

	for id in "$@"; do
		same "$(severities "$id")" "" "$id"
	done
}

# A number or a text of the evidence: evidence ID NAME
evidence() {
	json --arg id "$1" --arg name "$2" \
		'[.findings[] | select(.id == $id) | .evidence[] | select(.name == $name) | .value][0]'
}

at_least() {
	[ "$1" -ge "$2" ] || fail "is $1, should be at least $2${3:+: $3}"
}

# What is looked for in any process, whatever it uses.
PROCESS_IDS=(heap-grows anon-grows shmem-grows mappings-grow fds-grow threads-grow
	library-repeated file-repeated map-count fd-limit thread-limit memlock-limit
	address-space-limit small-pages small-shmem-pages swapped wrong-node cgroup-limit
	cgroup-high)
