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

# Beside the machine's suites, sid of the same mirror: the newest kernel is there.
private_apt_sources() {
    local mirror suite
    debian_suites | while read -r mirror suite; do
        echo "deb [signed-by=$debian_keyring] $mirror $suite main"
        [ "${mirror%/debian}" = "$mirror" ] || echo "deb [signed-by=$debian_keyring] $mirror sid main"
    done | sort -u
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
APT::Architectures { "arm64"; };
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Acquire::http::Timeout "20";
END
        } >"$private_apt_root/apt.conf"
    )
}

# Fetches the package lists unless those of the last 24 hours are there. Fails when no Debian mirror is
# configured or none answers; a suite that fails alone is reported by apt and left out.
private_apt_ready() {
    [ -r "$debian_keyring" ] || return 1
    [ -n "$(find "$private_apt_root/updated" -mmin -1440 2>/dev/null)" ] && return 0
    private_apt_configure && [ -s "$private_apt_root/sources.list" ] || return 1
    private_apt apt-get -qq update >&2
    [ -n "$(find "$private_apt_root/state/lists" -name '*_Packages*' -print -quit)" ] || return 1
    touch "$private_apt_root/updated"
}

# newest_package ERE: the package with the highest version among those whose whole name matches.
newest_package() {
    private_apt apt-cache dumpavail | awk -v want="^($1)\$" '
        $1 == "Package:" { name = $2 }
        $1 == "Version:" && name ~ want { print name, $2 }' | sort -u -k2,2V | tail -1 | cut -d' ' -f1
}

# unpack_package NAME FOLDER [TAR-PATTERN]: unpacks, installs nothing.
unpack_package() {
    local scratch status
    scratch=$(mktemp -d "$private_apt_root/get.XXXXXX") || return 1
    (cd "$scratch" && private_apt apt-get -qq download "$1" >&2 &&
        dpkg-deb --fsys-tarfile ./*.deb | tar -x -C "$2" --wildcards "${3:-*}" 2>/dev/null)
    status=$?
    rm -rf "$scratch"
    return $status
}
