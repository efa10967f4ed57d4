#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# dpdk.sh FOLDER - Debian's libdpdk-dev unpacked into FOLDER: headers and static
# libraries.  Not installed: apt would bring 200 packages of drivers with it, and
# may upgrade the host's systemd.  When there is none to be had FOLDER holds a
# file 'missing' that says why; that is no failure, and the next build tries again.
set -eu

folder=$1
work=$folder.work

fetch() {
	cd "$work"
	apt-get -q download libdpdk-dev >log 2>&1 &&
		dpkg -x libdpdk-dev_*.deb unpacked 2>>log
}

rm -rf "$folder" "$work"
mkdir -p "$work"
# apt's own user must be able to write there, or apt warns
chmod 755 "$work"
if (fetch); then
	mv "$work/unpacked" "$folder"
	echo "bench: libdpdk-dev unpacked into $folder, not installed" >&2
else
	mkdir -p "$folder"
	tail -n 1 "$work/log" >"$folder/missing"
	echo "bench: goes on without DPDK: $(cat "$folder/missing")" >&2
fi
rm -rf "$work"
