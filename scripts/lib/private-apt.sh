# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Sourced: an apt of our own, in the cache, for packages of another architecture or suite. It reads the
# machine's Debian mirrors and network settings; of the machine's own apt nothing changes, not even the
# package lists. Needs no root.

cache_home=${XDG_CACHE_HOME:-$HOME/.cache}/dmaspace
private_apt_root=$cache_home/apt
debian_keyring=/usr/share/keyrings/debian-archive-keyring.gpg

private_apt() {
    APT_CONFIG=$private_apt_root/apt.conf "$@"
}

# "MIRROR SUITE" of each Debian repository that the machine uses. Other vendors' repositories drop out.
# Works without package lists: --print-uris only names what an update would fetch.
debian_suites() {
    apt-get update --print-uris -o Dir::State::lists="$private_apt_root/none" 2>/dev/null |
        sed -nE "s,^'([a-z+]+://.*/debian(-security)?)/dists/([^/']+)/InRelease' .*,\1 \3,p" | sort -u
}

# Beside the machine's suites, those of the same mirrors that hold kernels 6.1 and 6.12, and the newest.
private_apt_sources() {
    local mirror suite
    debian_suites | while read -r mirror suite; do
        case $mirror in
        */debian) printf '%s\n' "$mirror $suite" "$mirror bookworm" "$mirror sid" ;;
        */debian-security) printf '%s\n' "$mirror $suite" "$mirror bookworm-security" ;;
        esac
    done | sort -u | sed "s,.*,deb [signed-by=$debian_keyring] & main,"
}

# The machine's hooks (Post-Invoke and the like) must not run, hence no parts; its proxies must count, hence
# the dump of Acquire. A proxy's address may hold a password, hence the umask.
private_apt_configure() {
    (
        umask 077
        mkdir -p "$private_apt_root"/{none/partial,state/lists/partial,cache/archives/partial}
        : >"$private_apt_root/state/status"
        private_apt_sources >"$private_apt_root/sources.list"
        {
            apt-config dump Acquire
            cat <<END
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "$private_apt_root/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State "$private_apt_root/state";
Dir::State::Status "$private_apt_root/state/status";
Dir::Cache "$private_apt_root/cache";
APT::Architecture "arm64";
APT::Architectures { "arm64"; "$(dpkg --print-architecture)"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::http::Timeout "20";
END
        } >"$private_apt_root/apt.conf"
    )
}

# "NAME VERSION" of all packages: apt takes seconds to say it.
private_apt_names() {
    private_apt apt-cache dumpavail | awk '
        $1 == "Package:" { name = $2 }
        $1 == "Version:" { print name, $2 }' | sort -u >"$private_apt_root/packages.new" &&
        [ -s "$private_apt_root/packages.new" ] &&
        mv "$private_apt_root/packages.new" "$private_apt_root/packages"
}

private_apt_update() {
    private_apt_configure && [ -s "$private_apt_root/sources.list" ] || return 1
    private_apt apt-get -qq update >&2
    private_apt_names
}

# Fetches the package lists unless those of the last 24 hours are there. Fails when no Debian mirror is
# configured or none answers; a suite that fails alone is reported by apt and left out.
private_apt_ready() {
    [ -r "$debian_keyring" ] && mkdir -p "$private_apt_root" || return 1
    (
        flock 8
        [ -n "$(find "$private_apt_root/packages" -mmin -1440 2>/dev/null)" ] || private_apt_update
    ) 8>"$private_apt_root/lock"
}

# newest_package ERE: the package with the highest version among those whose whole name matches.
newest_package() {
    awk -v want="^($1)\$" '$1 ~ want' "$private_apt_root/packages" | sort -k2,2V | tail -1 | cut -d' ' -f1
}

# package_version NAME: the highest that there is.
package_version() {
    awk -v name="$1" '$1 == name { print $2 }' "$private_apt_root/packages" | sort -V | tail -1
}

# unpack_package NAME[:ARCH][=VERSION|/SUITE] FOLDER [TAR-PATTERN]: unpacks, installs nothing. Unless told, the
# architecture is arm64.
unpack_package() {
    local scratch status
    scratch=$(mktemp -d -p "$private_apt_root") || return 1
    (cd "$scratch" && private_apt apt-get -qq download "$1" >&2 &&
        dpkg-deb --fsys-tarfile ./*.deb | tar -x -C "$2" --wildcards "${3:-*}" 2>/dev/null)
    status=$?
    rm -rf "$scratch"
    return $status
}
