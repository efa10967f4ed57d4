# SPDX-License-Identifier: GPL-2.0-only
# What a test machine is made of: a disk, an initramfs, a QEMU command line.
# Sourced after common.sh, never run.
# shellcheck shell=bash disable=SC2034

VM=$TOP/selftests/vm

# Libraries and a busybox for the machine (see sysroot); "" is our busybox and
# no library.
SYSROOT=

# virtio disks behind PCI with ext4; whatever these need comes along.
MACHINE_MODULES=(virtio_pci virtio_blk ext4)

# psi: built in but not always on. unknown_nmi_panic: how a stuck machine is
# made to speak. panic=-1 with -no-reboot: a panic ends QEMU at once.
# panic_print=0x40: a panic shows the stacks of all CPUs.
MACHINE_CMDLINE="loglevel=7 log_buf_len=4M psi=1 panic=-1 unknown_nmi_panic=1 panic_print=0x40"

# One with a system of its own, which has its own idea of where programs lie.
root_is_whole() {
	[ -n "$1" ] && [ -e "$1/etc/debian_version" ]
}

root_base() {
	local root=$1 applet

	mkdir -p "$root"/{bin,sbin,usr/bin,usr/sbin,etc}
	if [ -n "$SYSROOT" ]; then
		cp -a "$SYSROOT/." "$root/"
	else
		cp "$(command -v busybox)" "$root/bin/busybox"
	fi
	for applet in $(busybox --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
}

root_fill() {
	local root=$1 ko=$2 overlay=$3 test
	shift 3

	mkdir -p "$root"/{dev,proc,sys,run,tmp,mnt,out,aoipool/tests}
	root_is_whole "$overlay" || root_base "$root"
	[ -z "$ko" ] || cp "$ko" "$root/aoipool/aoipool.ko"
	for test in "$@"; do
		cp "$(test_path "$test")" "$root/aoipool/tests/"
	done
	# Not through our links: an overlay may bring a /bin/sh of its own.
	[ -z "$overlay" ] || cp -a --remove-destination "$overlay/." "$root/"
}

# Most of the file stays a hole. No journal: the disk lives for one run.
disk_make() {
	local work=$1 ko=$2 free=$3 overlay=$4 used bytes
	shift 4

	root_fill "$work/root" "$ko" "$overlay" "$@"
	used=$(du --summarize --block-size=1 "$work/root" | cut -f1)
	# An eighth for ext4's own tables.
	bytes=$(((used + $(numfmt --from=iec "$free")) * 8 / 7))
	truncate -s "$bytes" "$work/disk.img"
	mke2fs -q -F -t ext4 -O ^has_journal -m 0 -E root_owner=0:0 -d "$work/root" "$work/disk.img" ||
		die "cannot make the disk $work/disk.img: is there space?"
}

# 'insmod /path/x.ko' lines in load order; what is built in needs nothing.
modules_needed() {
	local prefix=$1 release=$2 module

	for module in "${MACHINE_MODULES[@]}"; do
		modprobe -d "$prefix" -S "$release" --show-depends "$module"
	done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

module_copy() {
	case $1 in
	*.xz) xz -dc "$1" >"$2/$(basename "$1" .xz)" ;;
	*) cp "$1" "$2/" ;;
	esac
}

initramfs_make() {
	local work=$1 series=$2 tree=$1/initramfs prefix release module

	prefix=$("$VM/kernel" --arch "$ARCH" "$series" prefix)
	release=$("$VM/kernel" --arch "$ARCH" "$series" release)
	mkdir -p "$tree"/{modules,root,dev}
	cp "$BUILD/vm/init-$ARCH" "$tree/init"
	for module in $(modules_needed "$prefix" "$release"); do
		module_copy "$module" "$tree/modules"
		printf 'module /modules/%s\n' "$(basename "$module" .xz)" >>"$work/job"
	done
	cp "$work/job" "$tree/job"
	(cd "$tree" && find . | cpio --quiet -o -H newc -R 0:0) >"$work/initramfs.cpio"
}

# Emulated, a string instruction takes as long for a byte as for eight: without
# erms and fsrm the kernel clears a page by words.
accelerator() {
	case ${AOIPOOL_VM_ACCEL:-tcg} in
	tcg) printf '%s\n' -accel tcg,thread=multi -cpu max,erms=off,fsrm=off ;;
	kvm) printf '%s\n' -accel kvm -cpu host ;;
	*) die "AOIPOOL_VM_ACCEL is '$AOIPOOL_VM_ACCEL', it can be tcg or kvm" ;;
	esac
}

tools_need() {
	case $ARCH in
	amd64) need qemu-system-x86_64 vm ;;
	arm64) need qemu-system-aarch64 arm64; need aarch64-linux-gnu-g++ arm64 ;;
	esac
	need busybox vm
	need mke2fs vm
}

# What kind of machine, and its ports for console, text and records.
machine_amd64() {
	local work=$1

	echo qemu-system-x86_64
	accelerator
	printf '%s\n' \
		-serial "file:$work/console" -serial "file:$work/text" -serial "file:$work/records"
}

# Always emulated; pointer authentication by the book costs more than all else.
# The board's only port of its own is the console; init finds its two ports
# where a PC has them, behind one that nobody uses.
machine_arm64() {
	local work=$1 port

	echo qemu-system-aarch64
	printf '%s\n' -M virt -accel tcg,thread=multi -cpu max,pauth-impdef=on \
		-serial "file:$work/console" \
		-chardev null,id=unused \
		-chardev "file,id=text,path=$work/text" \
		-chardev "file,id=records,path=$work/records"
	for port in unused text records; do
		printf '%s\n' -device "pci-serial,chardev=$port"
	done
}

console_port() {
	case $ARCH in
	amd64) echo ttyS0 ;;
	arm64) echo ttyAMA0 ;;
	esac
}

# Four CPUs on two nodes; without sockets=2 the kernel finds the topology odd
# and taints itself. One argument a line.
machine_command() {
	local work=$1 series=$2 memory0=${3%,*} memory1=${3#*,} total

	total=$(($(numfmt --from=iec "$memory0") + $(numfmt --from=iec "$memory1")))
	"machine_$ARCH" "$work"
	printf '%s\n' -nodefaults -no-user-config -display none -no-reboot \
		-smp 4,sockets=2 -m "${total}B" \
		-object "memory-backend-ram,id=m0,size=$memory0" \
		-object "memory-backend-ram,id=m1,size=$memory1" \
		-numa node,nodeid=0,cpus=0-1,memdev=m0 \
		-numa node,nodeid=1,cpus=2-3,memdev=m1 \
		-drive "file=$work/disk.img,if=none,id=disk,format=raw,cache=unsafe" \
		-device virtio-blk-pci,drive=disk \
		-chardev "pipe,id=monitor,path=$work/monitor" -mon chardev=monitor,mode=readline \
		-kernel "$("$VM/kernel" --arch "$ARCH" "$series" vmlinuz)" -initrd "$work/initramfs.cpio" \
		-append "console=$(console_port) $MACHINE_CMDLINE $4"
}
