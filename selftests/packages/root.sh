# SPDX-License-Identifier: GPL-2.0-only
# A Debian 12 of its own, with a compiler and the headers of a kernel, in
# build/packages/root: made anew from an image in the cache, and never the host.
# Sourced after selftests/vm/common.sh and archive.sh, never run.
# shellcheck shell=bash disable=SC2034,SC2016

ROOT=$BUILD/packages/root
IMAGES=$CACHE/packages
# That of this Debian; another one comes later.
SERIES=6.1
SERIES_LATER=6.12
# What takes long to unpack, and openssl, with which DKMS makes its key.
ROOT_PACKAGES=gcc-12,gcc,make,libc6-dev,dpkg-dev,patch,kmod,openssl,pkg-config

# Root on this machine, or in a user namespace.
owner_options() {
	[ "$(id -u)" = 0 ] || printf '%s\n' --user --map-auto --map-root-user
}

as_owner() {
	local options

	mapfile -t options < <(owner_options)
	if [ ${#options[@]} = 0 ]; then "$@"; else unshare "${options[@]}" "$@"; fi
}

# Where / is no mount point there is no propagation to change.
namespace_options() {
	owner_options
	printf '%s\n' --mount --pid --fork --kill-child --net
	as_owner unshare --mount true 2>/dev/null || printf '%s\n' --propagation unchanged
}

in_root() {
	local options

	mapfile -t options < <(namespace_options)
	unshare "${options[@]}" "$(dirname "${BASH_SOURCE[0]}")/enter" "$ROOT" "$@"
}

# The newest headers of a series that are built for this Debian.
headers_package() {
	local series=${1//./\\.} name

	name=$(archive_names "^linux-headers-$series\\.[0-9][-+.0-9a-z]*[0-9]-cloud-amd64\$" | tail -n 1)
	[ -n "$name" ] || die "no headers of series $1 in the archive"
	printf '%s\n' "$name"
}

image_sources() {
	local mirror security

	mirror=$(archive_mirror)
	security=$(archive_security_mirror "$mirror")
	printf 'deb %s %s main\n' "$mirror" bookworm "$mirror" bookworm-backports \
		"$security" bookworm-security
}

image_make() {
	local image=$1 packages=$2

	need mmdebstrap chroot
	say "making $image (about a minute)"
	find "$IMAGES" -name 'bookworm-*.tar*' -delete
	mapfile -t sources < <(image_sources)
	# By the end of its name mmdebstrap tells what to make.
	mmdebstrap --quiet --variant=minbase --include="$packages" \
		--aptopt='Apt::Install-Recommends "false"' \
		--keyring="$(archive_keyring)" bookworm "$image.new.tar" "${sources[@]}" \
		>"$IMAGES/mmdebstrap.log" 2>&1 || {
		tail -n 20 "$IMAGES/mmdebstrap.log" >&2
		die "cannot make the image"
	}
	mv "$image.new.tar" "$image"
}

newest_image() {
	find "$IMAGES" -name 'bookworm-*.tar' ! -name '*.new.tar' | tail -n 1 | grep . ||
		die "no package lists and no image in the cache: is there a network?"
}

# By the version of its headers, as long as that can be asked for.
image_name() {
	local version

	archive_is_fresh || archive_refresh || { newest_image; return; }
	version=$(archive_field "$(headers_package "$SERIES")" Version)
	printf '%s\n' "$IMAGES/bookworm-${version//[~:]/_}.tar"
}

# An image is shared by all trees on this machine. Its name in a file: whoever
# holds the lock does so in a shell of its own.
image_get() (
	local image

	lock_take "$IMAGES/lock"
	image=$(image_name)
	[ -e "$image" ] || image_make "$image" "$ROOT_PACKAGES,$(headers_package "$SERIES")"
	printf '%s\n' "$image"
)

root_remove() {
	as_owner rm -rf --one-file-system "$ROOT"
}

# apt of the root knows what the archive has, and cannot reach it.
root_lists() {
	as_owner cp "$ARCHIVE/sources.list" "$ROOT/etc/apt/sources.list"
	as_owner mkdir -p "$ROOT/var/lib/apt/lists"
	as_owner cp -r "$ARCHIVE/lists/." "$ROOT/var/lib/apt/lists/"
	as_owner sh -c "echo 'Acquire::Languages \"none\"; APT::Install-Recommends \"false\"; APT::Sandbox::User \"root\";' \
		>'$ROOT/etc/apt/apt.conf.d/99root'"
}

root_make() {
	local image

	image=$(image_get) || return
	root_remove
	mkdir -p "$ROOT"
	as_owner tar -x --exclude='./dev/*' -f "$image" -C "$ROOT" && root_lists
}

# What packages of ours need beside what the root has, into its cache of
# packages. Names them, in the order of apt.
root_download() {
	local install=(apt-get -o Dir::State::status="$ROOT/var/lib/dpkg/status"
		-o APT::Install-Recommends=false)

	archive_apt "${install[@]}" --yes --download-only install "$@" >"$BUILD/packages/download.log" 2>&1 || {
		tail -n 5 "$BUILD/packages/download.log" >&2
		die "cannot get what the packages need"
	}
	as_owner sh -c "cp '$ARCHIVE'/cache/archives/*.deb '$ROOT/var/cache/apt/archives/'"
	archive_apt "${install[@]}" --simulate install "$@" | awk '/^Inst/ { print $2 }'
}

release_of() {
	local package

	package=$(in_root dpkg-query -W -f '${Package}\n' "linux-headers-$1.*-cloud-amd64" | tail -n 1)
	printf '%s\n' "${package#linux-headers-}"
}
