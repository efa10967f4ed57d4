# SPDX-License-Identifier: GPL-2.0-only
# A folder of plain files that stands for the module's sysfs, for tests without the
# module. Sourced after tap.sh, never run.
# shellcheck shell=bash

sysfs_file() {
	mkdir -p "$(dirname "$AOIPOOL_SYSFS/$1")"
	echo "$2" >"$AOIPOOL_SYSFS/$1"
}

sysfs_policy() {
	sysfs_file "policy_$1/decay_ms" "$2"
	sysfs_file "policy_$1/grace_ms" "$3"
	sysfs_file "policy_$1/depot" "$4"
	sysfs_file "policy_$1/gives_reserve" "$5"
}

# All defaults, on two nodes of 8 GiB and 256 MiB.
sysfs_make() {
	local node

	export AOIPOOL_SYSFS=$WORK/sysfs
	sysfs_file version 0.1.0
	sysfs_file abi_version 1
	sysfs_file limit_bytes 1073741824
	sysfs_file idle_max_bytes unlimited
	sysfs_file clear_mode stosb
	sysfs_file clear_modes 'stosb pages'
	sysfs_file populate_workers 4
	sysfs_file pressure/level none
	sysfs_file pressure/low_percent 20
	sysfs_file pressure/high_percent 10
	sysfs_file pressure/critical_percent 5
	sysfs_file pressure/hysteresis_percent 3
	sysfs_file pressure/hold_ms 1000
	sysfs_policy none 10000 0 high 0
	sysfs_policy low 1000 500 low 0
	sysfs_policy high 0 100 nothing 0
	sysfs_policy critical 0 0 nothing 1
	for node in 0 1; do
		sysfs_file node$node/depot_low_bytes 16777216
		sysfs_file node$node/depot_high_bytes 67108864
	done
	sysfs_file node0/total_bytes $((8 << 30))
	sysfs_file node1/total_bytes $((256 << 20))
}

# All values, a line each.
sysfs_values() {
	grep -r . "$AOIPOOL_SYSFS" | sort
}

sysfs_value() {
	cat "$AOIPOOL_SYSFS/$1"
}
