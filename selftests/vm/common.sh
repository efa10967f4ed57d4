# SPDX-License-Identifier: GPL-2.0-only
# What every script of the harness needs: where things are, and how to speak.
# Sourced, never run.
# shellcheck shell=bash disable=SC2034

# A failure inside $(...) must end the script as any other does.
shopt -s inherit_errexit

# depmod, mke2fs and the like, which need no root but are not on a user's path.
PATH=$PATH:/usr/sbin:/sbin

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/aoipool
BUILD=$TOP/build
SERIES_KNOWN="6.1 6.12 7.3 debug"
# Debian's names; the machine that we run on is an amd64.
ARCH_KNOWN="amd64 arm64"
ARCH=amd64

# Everything for people goes to stderr: stdout belongs to whoever reads us.
say() {
	printf '%s: %s\n' "$(basename "$0")" "$*" >&2
}

die() {
	say "error: $*"
	exit 1
}

# Hold an exclusive lock for the rest of the process: a second make, or a
# second checkout of the tree, waits here and then finds the work done.
# The descriptor is not for our children: one that lives on, such as a daemon,
# would keep the lock.
lock_take() {
	local file=$1

	mkdir -p "$(dirname "$file")"
	exec 9>"$file"
	flock --nonblock 9 && return
	say "waiting for another run that holds $file"
	flock 9
}

# A folder to fill and rename: what is half done never has the final name. The
# caller holds the lock of the folder: what lies there was left by a run that
# was interrupted.
staging_make() {
	rm -rf "$1"/.staging.*
	mktemp -d "$1/.staging.XXXXXX"
}

arch_check() {
	[[ " $ARCH_KNOWN " == *" $1 "* ]] || die "unknown architecture '$1', known: $ARCH_KNOWN"
}

need() {
	local tool=$1 group=$2

	command -v "$tool" >/dev/null || die "$tool is missing: run .ci/setup $group"
}
