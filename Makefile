# SPDX-License-Identifier: GPL-2.0-only
#
# The commands of this repository. Each first sees to the Debian packages that
# it needs (.ci/setup), so all of them work from a fresh clone.

PREFIX ?= /usr/local
DESTDIR ?=
KERNELS ?= 6.1 6.12 7.3
JOBS ?= $(shell nproc)

ENGINE := build/libaoipool/examples/aoi-engine
RELEASE ?= $(shell uname -r)
MODULE_DIR := $(DESTDIR)/lib/modules/$(RELEASE)/updates
VERSION := $(shell sed -n 's/^\#define AOIPOOL_VERSION_[A-Z]*[^0-9]*//p' \
	libaoipool/include/aoipool.h | paste -sd.)
DKMS_SOURCE := /usr/src/aoipool-$(VERSION)
LIBRARY := +$(MAKE) --no-print-directory -C libaoipool PREFIX=$(PREFIX)

help: ## this list
	@sed -nE 's/^([a-z][-_a-z.%0-9 ]*):.*## (.*)/\1\t\2/p' Makefile | \
		awk -F '\t' '{ printf "  make %-27s %s\n", $$1, $$2 }'

all: setup-build ## library, tools and the sample engine
	$(LIBRARY) -j$(JOBS) all examples

demo: all ## inspect boards with the sample engine, by default settings
	$(ENGINE) $(DEMO_ARGS)

check: setup-check ## headers, library, engine, and the module in a test machine (Linux 6.1)
	@.ci/check headers library engine tools vm-6.1 trade

check-kernels: setup-vm setup-chroot ## the module in test machines, KERNELS="6.1 6.12 7.3"
	@.ci/check $(KERNELS:%=vm-%) $(KERNELS:%=ctl-%)

check-ctl: setup-vm ## aoipoolctl with the module, in a test machine (Linux 6.1)
	@.ci/check ctl-6.1

check-arm64: setup-arm64 ## the library built for arm64: under qemu-user, then in a test machine
	@.ci/check arm64-user arm64

bench: setup-build setup-bench setup-peers ## beside malloc and DPDK; BENCH_ARGS="--quick --line 'pair*'"
	+@$(MAKE) --no-print-directory -j$(JOBS) -C selftests/bench all
	@$(MAKE) --no-print-directory -C selftests/bench run ARGS="$(BENCH_ARGS)"

bench-vm: setup-build setup-bench setup-peers setup-vm ## what needs a machine of its own: populate, return, shrinker, alarms; BENCH_VM_ARGS="--kernel 6.1"
	+@$(MAKE) --no-print-directory -j$(JOBS) -C selftests/bench all
	@selftests/bench/bench-vm $(BENCH_VM_ARGS)

check-debug: setup-vm ## the module on a kernel with KASAN, lockdep, kmemleak, built for it (10 minutes, once)
	@.ci/check vm-debug

demo-oom: all setup-vm setup-bench ## engine and memory hog in a small machine, each allocator in turn: table, series, plot
	$(LIBRARY) -j$(JOBS) examples/aoi-engine-static
	selftests/vm/demo-oom $(DEMO_OOM_ARGS)

measure-top: all setup-vm ## what aoipoolctl top costs while nothing happens, in a test machine
	selftests/vm/measure-top

measure-policy: all setup-vm ## how long idle memory is best kept, in a test machine
	selftests/vm/measure-policy

header-check: setup-build ## the public headers compile alone, in C and C++
	@.ci/check headers

checkpatch: setup-lint ## the kernel's style, on all C sources
	@selftests/vm/checkpatch

modules: setup-build ## aoipool.ko for the kernel that runs here (needs its headers)
	@selftests/vm/module running

module-%: build/kmod-%/aoipool.ko ## aoipool.ko for a Debian kernel: module-6.1, -6.12, -7.3
	@:

# Kbuild knows best what is up to date.
build/kmod-%/aoipool.ko: setup-vm setup-chroot FORCE
	@selftests/vm/module $*

modules_install: modules ## into DESTDIR/lib/modules/RELEASE/updates
	install -D -m 644 build/kmod-running/aoipool.ko $(MODULE_DIR)/aoipool.ko
	$(if $(DESTDIR),,depmod $(RELEASE))

install: all ## library, headers, tools, and what the host is to know, by PREFIX and DESTDIR
	$(LIBRARY) DESTDIR=$(DESTDIR) install
	$(if $(DESTDIR),,libaoipool/packaging/host/apply)

uninstall: all ## what install and modules_install have put there
	rm -rf build/staged
	$(LIBRARY) DESTDIR=$(CURDIR)/build/staged install >/dev/null
	libaoipool/packaging/host/remove build/staged "$(DESTDIR)"
	rm -fv $(MODULE_DIR)/aoipool.ko

dkms-source: ## the module's source, as DKMS wants it, into DESTDIR/usr/src
	rm -rf $(DESTDIR)$(DKMS_SOURCE)
	find Kbuild kmod uapi \( -name '*.[chS]' -o -name 'Kbuild*' \) ! -name '*.mod.c' | \
		xargs -I{} install -D -m 644 {} $(DESTDIR)$(DKMS_SOURCE)/{}
	sed 's/#MODULE_VERSION#/$(VERSION)/' kmod/dkms.conf >$(DESTDIR)$(DKMS_SOURCE)/dkms.conf

dkms-install: ## the module by DKMS, for RELEASE and each kernel to come (needs dkms, headers)
	@command -v dkms >/dev/null || { echo "dkms is missing: apt install dkms linux-headers-$(RELEASE)" >&2; exit 1; }
	$(MAKE) --no-print-directory dkms-remove dkms-source
	dkms install -m aoipool -v $(VERSION) -k $(RELEASE)
	install -D -m 644 libaoipool/packaging/host/aoipool.modules-load /etc/modules-load.d/aoipool.conf

dkms-remove: ## what dkms-install has put there
	[ ! -e /var/lib/dkms/aoipool/$(VERSION) ] || dkms remove -m aoipool -v $(VERSION) --all
	rm -rf $(DKMS_SOURCE) /etc/modules-load.d/aoipool.conf

deb: setup-build setup-package ## Debian packages, in build/deb
	@libaoipool/packaging/deb

check-packages: setup-build setup-package setup-chroot setup-vm ## manual, completion, packages in a Debian of their own, and the guide, command by command
	@.ci/check man completion packages guide

clean: ## everything that was built; downloads stay in ~/.cache/aoipool
	rm -rf build

setup-check: setup-build setup-lib-test setup-vm setup-report
setup-peers: # the benchmark goes on without one
	@.ci/setup --try peers
setup-%:
	@.ci/setup $*

# What a chain of rules made is kept.
.SECONDARY:
# Recipes share the machine and the build folder; parallel is what is inside.
.NOTPARALLEL:
FORCE:
.PHONY: FORCE help all demo check check-ctl check-kernels check-arm64 check-debug bench bench-vm demo-oom measure-policy measure-top \
	header-check checkpatch modules modules_install install uninstall dkms-source dkms-install dkms-remove deb check-packages clean \
	setup-check setup-peers
