# SPDX-License-Identifier: GPL-2.0-only
# The Debian archive, seen through an apt configuration of our own: suites are
# added and lists are kept in the cache, the machine's apt never notices.
# Sourced after common.sh, never run.
# shellcheck shell=bash disable=SC2016

ARCHIVE=$CACHE/apt

# Another architecture has lists of its own: who never asks never fetches them.
archive_use() {
	arch_check "$1"
	ARCH=$1
	[ "$ARCH" = amd64 ] || ARCHIVE=$CACHE/apt-$ARCH
}

# Kernel packages move about once a week; an hour keeps a day's work quick and
# still finds a new one the same day.
ARCHIVE_MAX_AGE_MIN=60

# The first repository of this machine's apt that fits a pattern.
archive_configured() {
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' |
		awk -v pattern="$1" '$0 " " ~ pattern { print $1; exit }'
}

# The mirror that this machine was given.
archive_mirror() {
	local uri

	uri=$(archive_configured '^[a-z+]+:.*/debian/? ')
	[ -n "$uri" ] || die "apt knows no mirror of Debian: name one in /etc/apt/sources.list"
	printf '%s\n' "$uri"
}

# By default beside the other.
archive_security_mirror() {
	local uri main=$1

	uri=$(archive_configured '^[a-z+]+:.*/debian-security/? |-security ')
	printf '%s\n' "${uri:-${main%/debian*}/debian-security}"
}

archive_keyring() {
	local keyring=/usr/share/keyrings/debian-archive-keyring.gpg

	[ -e "$keyring" ] || die "$keyring is missing: run .ci/setup build"
	printf '%s\n' "$keyring"
}

archive_suites() {
	local options mirror security

	options="[signed-by=$(archive_keyring)]"
	mirror=$(archive_mirror)
	security=$(archive_security_mirror "$mirror")
	printf 'deb %s %s %s main\n' \
		"$options" "$mirror" bookworm \
		"$options" "$mirror" bookworm-backports \
		"$options" "$security" bookworm-security \
		"$options" "$mirror" trixie-backports
}

# The machine's dpkg status is hidden too: a package installed here must not
# win over a newer one in the archive.
archive_apt() {
	local tool=$1
	shift

	"$tool" -q \
		-o Dir::Etc::sourcelist="$ARCHIVE/sources.list" \
		-o Dir::Etc::sourceparts="$ARCHIVE/none" \
		-o Dir::Etc::preferencesparts="$ARCHIVE/none" \
		-o Dir::State="$ARCHIVE/state" \
		-o Dir::State::Lists="$ARCHIVE/lists" \
		-o Dir::State::status=/dev/null \
		-o Dir::Cache="$ARCHIVE/cache" \
		-o APT::Sandbox::User="$(id -un)" \
		-o APT::Architecture="$ARCH" \
		-o APT::Architectures="$ARCH" \
		-o APT::Update::Post-Invoke-Success::= \
		-o Acquire::Languages=none \
		-o Acquire::Retries=3 \
		"$@"
}

archive_is_fresh() {
	[ -n "$(find "$ARCHIVE/fresh" -mmin "-$ARCHIVE_MAX_AGE_MIN" 2>/dev/null)" ]
}

archive_refresh() {
	mkdir -p "$ARCHIVE"/{none,lists,cache/archives,state}
	archive_suites >"$ARCHIVE/sources.list"
	say "reading the package lists of bookworm and trixie-backports, $ARCH"
	archive_apt apt-get update -o APT::Update::Error-Mode=any >"$ARCHIVE/update.log" 2>&1 || {
		tail -n 5 "$ARCHIVE/update.log" >&2
		return 1
	}
	touch "$ARCHIVE/fresh"
}

# Names of packages that match an extended regular expression, newest last.
archive_names() {
	archive_apt apt-cache pkgnames | grep -E "$1" | sort -V
}

# One field of a package's newest version.
archive_field() {
	archive_apt apt-cache show --no-all-versions "$1" | awk -v f="$2:" '$1 == f { sub(/^[^ ]+ /, ""); print; exit }'
}

# A package and what it needs of the same family (image, modules, headers,
# kbuild ...), one a line; of alternatives the first counts.
archive_family() {
	local todo=("$@") done=' ' name depends

	while [ ${#todo[@]} -gt 0 ]; do
		name=${todo[0]}
		todo=("${todo[@]:1}")
		case $done in *" $name "*) continue ;; esac
		done+="$name "
		printf '%s\n' "$name"
		depends=$(archive_field "$name" Depends | tr ',' '\n' |
			sed -nE 's/^ *(linux-(image|base|binary|modules|headers|kbuild)-[0-9][^ |]*).*/\1/p')
		mapfile -t -O "${#todo[@]}" todo < <(printf '%s' "${depends:+$depends$'\n'}")
	done
}

# Download packages into a folder.
archive_download() {
	local folder=$1
	shift

	(cd "$folder" && archive_apt apt-get download "$@") >"$ARCHIVE/download.log" 2>&1 || {
		tail -n 5 "$ARCHIVE/download.log" >&2
		return 1
	}
}

# Unpack packages into a folder.
archive_unpack() {
	local folder=$1 package
	shift

	for package in "$@"; do
		dpkg -x "$package" "$folder" 2>"$ARCHIVE/unpack.log" ||
			die "cannot unpack $(basename "$package"): $(head -n 1 "$ARCHIVE/unpack.log"). Is there space in $CACHE?"
	done
}
