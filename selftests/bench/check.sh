#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# Is the harness sane?  Says nothing of times.  OUT has the programs.
#
# shellcheck disable=SC2317 # called by try
set -u

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
n=0

# NAME COMMAND...
try() {
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
	fi
}

quick() {
	"$OUT/bench" --quick --line pair-256 --tsv "$work/tsv" \
		--json "$work/json" >"$work/table" 2>"$work/log"
}

# Every variant that takes part is in the table, measured or skipped.
all_there() {
	for variant in aoipool aoipool-locked aoipool-kernel glibc mimalloc jemalloc tcmalloc dpdk-ring \
		dpdk-stack '(loop)'; do
		grep -qF " $variant " "$work/table" ||
			grep -qF "*$variant " "$work/table" || return 1
	done
}

well_formed() {
	awk -F '\t' '
	NR == 1 {
		bad += $0 != "line\tvariant\tmedian_ns\tmin_ns\tmax_ns\tratio_to_best_peer"
		next
	}
	{
		bad += NF != 6 || $1 != "pair-256" || $4 > $3 || $3 > $5 || $4 <= 0
		bad += $2 == "(loop)" ? $6 != "" : $6 <= 0
		bad += seen[$2]++
	}
	END { exit bad > 0 || NR < 3 }' "$work/tsv"
}

# One of the peers is the best of them.
one_best() {
	awk -F '\t' '$6 == 1 && $2 !~ /^aoipool/ { best++ } END { exit !best }' \
		"$work/tsv"
}

json_agrees() {
	[ "$(grep -c '"state": *"done"' "$work/json")" = \
		"$(($(wc -l <"$work/tsv") - 1))" ]
}

# A worker that is told of a library that is not there must not pass for it.
no_false_name() {
	! "$OUT/worker-malloc" --line pair-256 --mode libother \
		</dev/null >"$work/out" 2>&1 && ! grep -q ready "$work/out"
}

crash_is_told() {
	mkdir "$work/crash" && cp "$OUT/bench" "$work/crash/" &&
		printf '#!/bin/sh\nkill -SEGV $$\n' >"$work/crash/worker-malloc" &&
		chmod +x "$work/crash/worker-malloc" || return 1
	"$work/crash/bench" --quick --line pair-256 >"$work/out" 2>&1
	[ $? = 2 ] && grep -q 'CRASHED' "$work/out" &&
		grep -q 'signal 11' "$work/out"
}

# Workers that always answer the same: OURS and THEIRS ns.
make_believe() {
	rm -rf "$work/believe"
	mkdir "$work/believe" && cp "$OUT/bench" "$work/believe/" || return 1
	for worker in aoipool:"$1" malloc:"$2"; do
		printf '#!/bin/sh\necho ready made\nwhile read -r _; do echo %s; done\n' \
			"${worker#*:}" >"$work/believe/worker-${worker%:*}" &&
			chmod +x "$work/believe/worker-${worker%:*}" || return 1
	done
}

goals_are_judged() {
	make_believe 10.0 14.1 || return 1
	"$work/believe/bench" --quick --goals --line pair-256 >"$work/out" 2>&1 &&
		grep -q 'pair-256 .* 1.4 x .* 1.41 .* met' "$work/out" || return 1
	make_believe 10.0 13.9 || return 1
	"$work/believe/bench" --quick --line pair-256 >"$work/out" 2>&1 &&
		grep -q 'pair-256 .* 1.4 x .* 1.39 .* missed' "$work/out" || return 1
	"$work/believe/bench" --quick --goals --line pair-256 >"$work/out" 2>&1
	[ $? = 4 ]
}

# A goal can be of another variant than the first of ours: what all of them but
# the system call take, in ns, as that takes 100.
goals_name_who_is_to_reach_them() {
	rm -rf "$work/believe"
	mkdir "$work/believe" && cp "$OUT/bench" "$work/believe/" || return 1
	cat >"$work/believe/worker-arc" <<-EOF
	#!/bin/sh
	case "\$*" in
	*getppid*) ns=100 ;;
	*words*) ns=9 ;;
	*) ns=11 ;;
	esac
	echo ready made
	while read -r _; do echo \$ns; done
	EOF
	chmod +x "$work/believe/worker-arc" &&
		"$work/believe/bench" --quick --line park-revive >"$work/out" 2>&1 &&
		grep -q 'park-revive .* 10 x getppid .* met, by words' "$work/out" &&
		grep -q 'park-revive .* 10 x getppid .* missed, by aoipool-kernel' "$work/out"
}

# A hog, and what drops the host's caches, are for machines that are lent for it.
hosts_are_spared() {
	env -u BENCH_ALONE "$OUT/bench" --quick --line alarm --line 'shrink-*' >"$work/out" 2>&1 &&
		grep -q '^3 lines, 0 measurements, 13 skipped, 0 crashed' "$work/out"
}

# The two agree on a worker that is nothing but a loop.
instructions_are_counted() {
	"$OUT/bench" --quick --instructions --line pair-64 >"$work/out" 2>&1 &&
		awk '/^instructions/ { begun = 1 }
		begun && $1 == "(loop)" { good = $2 > 0 && $3 > 0 && $2 - $3 < 3 && $3 - $2 < 3 }
		begun && $1 == "*aoipool" { ours = $2 > 0 && $2 < $3 }
		END { exit !(good && ours) }' "$work/out"
}

wrong_usage() {
	"$OUT/bench" --line nonsense 2>/dev/null
	[ $? = 1 ] || return 1
	"$OUT/bench" --rounds 0 2>/dev/null
	[ $? = 1 ] || return 1
	"$OUT/bench" --quick --line 'pair-64' --tsv /nonexistent/x >/dev/null 2>&1
	[ $? = 3 ]
}

echo 1..12
try "a quick run of one line" quick
try "all variants are in the table" all_there
try "the tsv is well-formed" well_formed
try "a peer is the best peer" one_best
try "json and tsv agree" json_agrees
try "no allocator under another's name" no_false_name
try "a crash is told, and is the exit status" crash_is_told
try "goals are judged, and are the exit status" goals_are_judged
try "goals name who is to reach them" goals_name_who_is_to_reach_them
try "hosts are spared what is for a machine of its own" hosts_are_spared
try "instructions are counted, also in restartable sequences" \
	instructions_are_counted
try "wrong usage and wrong files are told" wrong_usage
[ $failed = 0 ] || cat "$work/log" "$work/table" >&2
exit $failed
