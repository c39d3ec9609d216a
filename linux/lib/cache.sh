# SPDX-License-Identifier: GPL-2.0-only
# Sourced by the scripts under linux/: where things are kept, and how a run ends early.

linux_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache_home=${XDG_CACHE_HOME:-$HOME/.cache}/dmaspace
mkdir -p "$cache_home"

# Exit status 77 is what meson and automake read as "skipped".
skip_all() {
	echo "1..0 # SKIP $*"
	exit 77
}

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

need() {
	local tool
	for tool in "$@"; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed (scripts/packages.txt names its package)"
	done
}

# A stage is done when its stamp holds the text that describes its input.
stamp_is() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }
