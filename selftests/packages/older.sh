# SPDX-License-Identifier: GPL-2.0-only
# The packages once more under a lower version, as if they had been released
# before: what an upgrade begins with. Sourced, never run.
# shellcheck shell=bash

# Where the version stands: fields, maintainer scripts of DKMS, its folder.
older_edit() {
	local folder=$1 version=$2 older=$3 source=$1/usr/src/aoipool

	sed -i "s/^Version: $version\$/Version: $older/; s/(= $version)/(= $older)/; s/(>= $version)/(>= $older)/" \
		"$folder/DEBIAN/control"
	[ -d "$source-$version" ] || return 0
	mv "$source-$version" "$source-$older"
	sed -i "s/\"$version\"/\"$older\"/" "$source-$older/dkms.conf"
	sed -i "s/^\\(DKMS_VERSION=\\)$version\$/\\1$older/" "$folder/DEBIAN/postinst" "$folder/DEBIAN/prerm"
}

older_make() {
	local deb=$1 out=$2 version=$3 older=$4 folder

	folder=$(basename "$deb" .deb)
	folder=$out/${folder/_${version}_/_${older}_}
	rm -rf "$folder"
	mkdir -p "$out"
	dpkg-deb -R "$deb" "$folder"
	rm -f "$folder/DEBIAN/md5sums"
	older_edit "$folder" "$version" "$older"
	# A settings file that the next version changes.
	[ ! -e "$folder/etc/modprobe.d/aoipool.conf" ] ||
		echo '# As it was before.' >>"$folder/etc/modprobe.d/aoipool.conf"
	dpkg-deb --root-owner-group -b "$folder" "$folder.deb" >/dev/null
}
