# SPDX-License-Identifier: GPL-2.0-only
# Sourced: a kernel tree with a series applied, and a trimmed build of it, both in the cache.

make_kernel() { # SOURCE BUILD TARGET...
	local source=$1 build=$2
	shift 2
	make -s -C "$source" O="$build" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- \
		-j"$(nproc)" "$@"
}

# Debian's newest headers ask for the compiler that they were configured with, by name and by option. An
# older compiler leaves cold functions unaligned, and such a kernel's ftrace dies of them: none here.
make_module() { # BUILD FOLDER
	make -s -C "$1" M="$2" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc \
		CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT= CC_FLAGS_FTRACE= \
		CONFIG_DEBUG_INFO_BTF_MODULES= modules
}

# All modules of this repository, built for a kernel, in one folder, which is printed: FOLDER/qemu/*.ko
# and so on. Kept, so that only what changed is built again.
modules_for() { # BUILD
	local dir=$cache_home/linux-modules-$(basename "$1") module
	mkdir -p "$dir"
	(
		flock 7
		for module in "$linux_dir"/*/module; do
			rsync -rc "$module/" "$dir/$(basename "$(dirname "$module")")" || exit 1
		done
		(cd "$dir" && printf 'obj-m += %s\n' */ >Kbuild)
		make_module "$1" "$dir" >"$dir.log" 2>&1
	) 7>"$dir.lock" && echo "$dir"
}

series_of() { # VERSION: the folder of its patches
	local dir=$linux_dir/series/$1
	[ -d "$dir" ] && echo "$dir"
}

series_patches() { # FOLDER: without the cover letter
	ls "$1"/*.patch | grep -v '/0000-'
}

# The patches as applied last time are kept beside the tree, so that a changed series is taken back
# and only the files it touches are built again.
series_apply() { # FOLDER TREE
	local patch applied=$2.applied
	if [ -d "$applied" ]; then
		for patch in $(ls -r "$applied"/*.patch 2>/dev/null); do
			git -C "$2" apply -R "$patch" || return 1
			rm "$patch"
		done
	fi
	mkdir -p "$applied"
	for patch in $(series_patches "$1"); do
		git -C "$2" apply "$patch" || return 1
		cp "$patch" "$applied/"
	done
}

same_series() { # FOLDER TREE
	[ -d "$2.applied" ] && diff -rq -x '0000-*' "$1" "$2.applied" >/dev/null
}

# What a build of the series is made of, in one word.
series_stamp() { # SERIES FRAGMENT
	cat $(series_patches "$1") "$2" | sha256sum
}

# A copy of the source that the series may change. Prints its path.
patched_tree() { # VERSION SOURCE
	local series tree
	series=$(series_of "$1") || { echo "no series for $1" >&2; return 1; }
	tree=$cache_home/linux-tree-$(basename "$(dirname "$2")")
	if [ ! -f "$tree.complete" ]; then
		rm -rf "$tree" "$tree.applied"
		cp -a --reflink=auto "$2" "$tree" || return 1
		touch "$tree.complete"
	fi
	# Git must not take the cache, or what it lies in, for the repository of the patches.
	export GIT_CEILING_DIRECTORIES=$cache_home
	same_series "$series" "$tree" || series_apply "$series" "$tree" >&2 || return 1
	echo "$tree"
}

configure_kernel() { # SOURCE BUILD FRAGMENT
	local want
	want=$(cat "$3")
	stamp_is "$2/.fragment" "$want" && [ -f "$2/.config" ] && return 0
	mkdir -p "$2"
	make_kernel "$1" "$2" tinyconfig &&
		(cd "$2" && "$1/scripts/kconfig/merge_config.sh" -O . -m .config "$3") >/dev/null &&
		make_kernel "$1" "$2" olddefconfig && printf '%s' "$want" >"$2/.fragment"
}
