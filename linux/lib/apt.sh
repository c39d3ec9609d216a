# SPDX-License-Identifier: GPL-2.0-only
# Sourced: a private apt, so that another suite and another architecture can be read while the
# machine's own sources, architectures and lists stay as they are.

apt_root=$cache_home/linux-apt
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# The mirrors are those the machine already uses: "label URI" of each Debian repository.
machine_mirrors() {
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' 'Created-By: Packages' |
		awk '$1 == "Debian" { print $2, $3 }' | sort -u
}

write_sources() {
	local label uri suites
	machine_mirrors | while read -r label uri; do
		case $label in
		Debian) suites='bookworm sid' ;;
		Debian-Security) suites=bookworm-security ;;
		*) continue ;;
		esac
		printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n\n' \
			"$uri" "$suites" "$keyring"
	done >"$apt_root/sources.new"
	# While the machine's own lists are renewed, apt knows no origins: the last answer still holds.
	[ ! -s "$apt_root/sources.new" ] || mv "$apt_root/sources.new" "$apt_root/etc/debian.sources"
	[ -s "$apt_root/etc/debian.sources" ]
}

write_conf() {
	cat >"$apt_root/etc/apt.conf" <<-END
		Dir::Etc::SourceList "/dev/null";
		Dir::Etc::SourceParts "$apt_root/etc";
		Dir::State "$apt_root/state";
		Dir::State::Status "$apt_root/state/status";
		Dir::Cache "$apt_root/cache";
		APT::Architecture "amd64";
		APT::Architectures { "amd64"; "arm64"; };
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
	END
}

# Lists younger than a day are taken as they are.
private_apt_ready() {
	[ -f "$keyring" ] || return 1
	mkdir -p "$apt_root"/{etc,state/lists/partial,cache/archives/partial}
	: >>"$apt_root/state/status"
	write_sources && write_conf || return 1
	[ -n "$(find "$apt_root/updated" -mmin -1440 2>/dev/null)" ] && return 0
	APT_CONFIG=$apt_root/etc/apt.conf apt-get -qq update >&2 && touch "$apt_root/updated"
}

private_apt() { APT_CONFIG=$apt_root/etc/apt.conf "$@"; }

# newest_package PATTERN: name of the package with the highest version among those that match.
newest_package() {
	private_apt apt-cache dumpavail | awk -v want="^($1)\$" '
		$1 == "Package:" { name = $2 }
		$1 == "Version:" && name ~ want { print name, $2 }' | sort -u -k2,2V | tail -1 | cut -d' ' -f1
}

# unpack_package NAME[:arch][=version] DIR
unpack_package() {
	local scratch
	scratch=$(mktemp -d "$apt_root/get.XXXXXX")
	(cd "$scratch" && private_apt apt-get -qq download "$1" >&2 && dpkg -x ./*.deb "$2")
	local status=$?
	rm -rf "$scratch"
	return $status
}
