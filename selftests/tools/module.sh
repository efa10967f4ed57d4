# SPDX-License-Identifier: GPL-2.0-only
# For tests in the machine that unload the module, or tune it: it is there, as it
# was loaded, when they are over. Sourced after tap.sh, never run.
# shellcheck shell=bash

KO=/aoipool/aoipool.ko

is_loaded() {
	[ -e /sys/module/aoipool ]
}

module_unload() {
	until_true module_is_gone
}

# What was closed lets go of the module a little later.
module_is_gone() {
	! is_loaded || $CTL unload >/dev/null 2>&1
}

module_load() {
	is_loaded || $CTL load --file $KO >/dev/null
}

module_renew() {
	# shellcheck disable=SC2046 # a number each
	kill $(jobs -p) 2>/dev/null || :
	wait || :
	rm -f /etc/modprobe.d/*
	module_unload
	module_load
}

# In the place of what tap.sh does there.
module_renew_at_exit() {
	trap module_renew EXIT
}
