#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# What a user of the installed library gets: the names of the header and no
# others, a pkg-config file that is true, both kinds of library, and inline calls
# that work however they are compiled and linked.
#
# test_install.sh LIBAOIPOOL-DIR WORK-DIR; output is TAP.

lib=$1 work=$2
stage=$work/stage header=$stage/opt/include/aoipool.h
sources=$(dirname "$0")/programs
n=0 failed=0

is()
{
	n=$((n + 1))
	if [ "$2" -eq 0 ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		failed=1
	fi
}

# is_of COMPILER NAME COMMAND...: a skip that says so where there is no such one
is_of()
{
	compiler=$1 name=$2
	shift 2
	if command -v "$compiler" >/dev/null; then
		"$@"
		is "$name" $?
	else
		n=$((n + 1))
		echo "ok $n - $name # SKIP $compiler is not installed"
	fi
}

echo 1..29
rm -rf "$work"
mkdir -p "$work"
cat >"$work/user.c" <<'EOF'
#include <aoipool.h>
int main(void)
{
	struct aoipool_slot slot;
	struct aoipool_pool *pool;
	struct aoipool_attr *attr;

	return aoipool_attr_create(&attr) ||
	       aoipool_attr_set_object(attr, 64, 10) ||
	       aoipool_attr_set_provider(attr, AOIPOOL_PROVIDER_USER) ||
	       aoipool_pool_open(attr, &pool) || aoipool_get(pool, &slot) ||
	       aoipool_put(pool, slot.ref) || aoipool_pool_close(pool);
}
EOF

unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
make -s -C "$lib" BUILD="$work/build" PREFIX=/opt DESTDIR="$stage" install \
	>"$work/make.log" 2>&1
is install_takes_prefix_and_destdir $?
sed 's/^/# /' "$work/make.log"

# Declarations only: names in comments have no parameters behind them.
cat "$header" "${header%.h}/custody.h" "${header%.h}/inline.h" |
	grep -o '^\(const \|struct \)\?\(int\|void\|char\|size_t\|aoipool_slot\) .*aoipool_[a-z_]*(' |
	grep -o 'aoipool_[a-z_]*($' |
	tr -d '(' | sort -u >"$work/declared"
nm -D --defined-only "$stage/opt/lib/libaoipool.so" |
	awk '$2 == "T" { sub("@.*", "", $3); print $3 }' |
	sort -u >"$work/exported"
[ -s "$work/declared" ] && diff "$work/declared" "$work/exported" | sed 's/^/# /'
cmp -s "$work/declared" "$work/exported"
is shared_library_exports_the_header_and_nothing_else $?

PKG_CONFIG_PATH=$stage/opt/lib/pkgconfig
PKG_CONFIG_SYSROOT_DIR=$stage
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
wanted=$(sed -n 's/^#define AOIPOOL_VERSION_[A-Z]*[^0-9]*//p' "$header" | paste -sd.)
[ "$(pkg-config --modversion aoipool)" = "$wanted" ]
is pkg_config_says_the_version_of_the_header $?

# The words must be split: they are flags.
${CC:-cc} -o "$work/shared" "$work/user.c" $(pkg-config --cflags --libs aoipool) &&
	LD_LIBRARY_PATH=$stage/opt/lib "$work/shared"
is a_program_links_the_shared_library_and_runs $?

${CC:-cc} -o "$work/static" "$work/user.c" $(pkg-config --cflags aoipool) \
	"$stage/opt/lib/libaoipool.a" -pthread && "$work/static"
is a_program_links_the_static_library_and_runs $?

foreign=$(nm -g --defined-only "$stage/opt/lib/libaoipool.a" |
	awk 'NF == 3 && $3 !~ /^aoipool_/ { print $3 }')
[ -z "$foreign" ] || echo "# $foreign"
[ -z "$foreign" ]
is the_static_library_defines_no_foreign_name $?

#
# Inline calls, as compilers and linkers come.
#
LD_LIBRARY_PATH=$stage/opt/lib
export LD_LIBRARY_PATH
cflags="-Wall -Wextra -Werror $(pkg-config --cflags aoipool)"
libs="$(pkg-config --libs aoipool) -pthread"
c=${CC:-cc} cxx=${CXX:-c++}

# works COMPILER-AND-FLAGS: and free slots are kept as with the first of them
works()
{
	$1 $cflags -o "$work/worker" "$sources/worker.c" $libs || return 1
	lists=$("$work/worker") || return 1
	[ "$lists" = "${expected:=$lists}" ]
}

sequences()
{
	readelf -SW "$1" | grep -c __rseq_cs
}

works "$c -O2"
is inline_calls_work $?
[ "$(sequences "$work/worker")" -eq 1 ] &&
	! nm -u "$work/worker" | grep -q ' aoipool_get@\| aoipool_get$'
is inline_calls_are_inline $?
works "$c -O0 -g"
is inline_calls_work_without_optimization $?
works "$c -O3 -std=gnu89"
is inline_calls_work_with_all_optimization_and_old_c $?
works "$c -O2 -flto=auto"
is inline_calls_work_when_the_linker_compiles $?
works "$c -O2 -ffunction-sections -fdata-sections -Wl,--gc-sections -Wl,-z,text"
is inline_calls_survive_the_garbage_collection_of_sections $?
works "$c -O2 -fno-pie -no-pie"
is inline_calls_work_at_a_fixed_address $?
works "$c -O2 -fsanitize=address,undefined -fno-sanitize-recover=all"
is inline_calls_work_under_sanitizers $?
(libs="$stage/opt/lib/libaoipool.a -pthread" && works "$c -O2")
is inline_calls_work_with_the_static_library $?
is_of clang inline_calls_work_with_clang works "clang -O2"
is_of clang inline_calls_work_with_clang_without_optimization works "clang -O0"

works "$c -O2 -DAOIPOOL_NO_INLINE"
is calls_that_are_not_inline_work $?
[ "$(sequences "$work/worker")" -eq 0 ] &&
	nm -u "$work/worker" | grep -q ' aoipool_get\(@\|$\)'
is calls_that_are_not_inline_go_to_the_library $?

works "$c -O2" && [ "$(AOIPOOL_LISTS=none "$work/worker")" = none ] &&
	[ "$(AOIPOOL_LISTS=locked "$work/worker")" = locked ]
is inline_calls_work_where_lists_are_otherwise $?
[ "$(GLIBC_TUNABLES=glibc.pthread.rseq=0 "$work/worker")" = locked ]
is lists_are_locked_where_the_c_library_registers_no_rseq $?

# Functions in two object files of which the linker keeps one each.
typed()
{
	for unit in typed_main typed_elsewhere; do
		$1 $cflags -c -o "$work/$unit.o" "$sources/$unit.cpp" ||
			return 1
	done
	$1 -o "$work/typed" "$work/typed_main.o" "$work/typed_elsewhere.o" \
		$libs && "$work/typed"
}

typed "$cxx -O2"
is inline_calls_in_templates_work $?
typed "$cxx -O0"
is inline_calls_in_templates_work_without_optimization $?
is_of clang++ inline_calls_in_templates_work_with_clang typed "clang++ -O2"

# An object that is unloaded while threads live on that were in it.
$c -O2 $cflags -fPIC -shared -o "$work/plugin.so" "$sources/plugin.c" $libs &&
	$c -O2 $cflags -o "$work/plugin_host" "$sources/plugin_host.c" $libs -ldl &&
	"$work/plugin_host" "$work/plugin.so" >/dev/null
is a_plug_in_with_inline_calls_may_be_unloaded $?

#
# The listener of the module's events, where it was built.
#
# is_heard NAME COMMAND...
is_heard()
{
	name=$1
	shift
	if [ -e "$stage/opt/lib/libaoipool-events.so" ]; then
		"$@"
		is "$name" $?
	else
		n=$((n + 1))
		echo "ok $n - $name # SKIP libnl-genl-3-dev is not installed"
	fi
}

cat >"$work/listener.c" <<'EOF'
#include <aoipool-events.h>
#include <aoipool.h>
#include <errno.h>
static void hear(void *arg, const struct aoipool_event *event)
{
	(void)arg;
	(void)event;
}
int main(void)
{
	struct aoipool_listener_options options = {
		.size = sizeof(options),
		.flags = AOIPOOL_LISTENER_WAIT,
		.callback = hear,
	};
	struct aoipool_listener *listener;
	int err = aoipool_listener_open(&listener, &options);

	aoipool_listener_close(listener);
	return err && err != -EPROTONOSUPPORT;
}
EOF

events_names()
{
	grep -o '^\(int\|void\) aoipool_[a-z_]*(' "$stage/opt/include/aoipool-events.h" |
		grep -o 'aoipool_[a-z_]*' | sort -u >"$work/declared"
	nm -D --defined-only "$stage/opt/lib/libaoipool-events.so" |
		awk '$2 == "T" { sub("@.*", "", $3); print $3 }' | sort -u |
		diff "$work/declared" - | sed 's/^/# /' >"$work/difference"
	cat "$work/difference"
	[ -s "$work/declared" ] && [ ! -s "$work/difference" ]
}

events_foreign()
{
	! nm -g --defined-only "$stage/opt/lib/libaoipool-events.a" |
		awk 'NF == 3 && $3 !~ /^aoipool_/ { print "# " $3 }' | grep .
}

events_shared()
{
	${CC:-cc} $cflags -o "$work/listener" "$work/listener.c" \
		$(pkg-config --cflags --libs aoipool-events) && "$work/listener"
}

# Without the prefix of the stage: libnl is not in there.
events_static()
{
	${CC:-cc} $cflags -o "$work/listener" "$work/listener.c" \
		"$stage/opt/lib/libaoipool-events.a" -pthread \
		$(PKG_CONFIG_SYSROOT_DIR= pkg-config --libs libnl-genl-3.0) &&
		"$work/listener"
}

is_heard the_listeners_library_exports_its_header_and_nothing_else events_names
is_heard the_listeners_static_library_defines_no_foreign_name events_foreign
is_heard a_program_links_the_listeners_shared_library_and_runs events_shared
is_heard a_program_links_the_listeners_static_library_and_runs events_static

exit $failed
