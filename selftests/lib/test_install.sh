#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
#
# What a user of the installed library gets: the names of the header and no
# others, a pkg-config file that is true, both kinds of library.
#
# test_install.sh LIBAOIPOOL-DIR WORK-DIR; output is TAP.

lib=$1 work=$2
stage=$work/stage header=$stage/opt/include/aoipool.h
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

echo 1..6
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
cat "$header" "${header%.h}/inline.h" |
	grep -o '^\(const \)\?\(int\|void\|char\|size_t\) .*aoipool_[a-z_]*(' |
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

exit $failed
