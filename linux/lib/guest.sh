# SPDX-License-Identifier: GPL-2.0-only
# Sourced: an arm64 guest behind QEMU's SMMUv3, with a busybox initramfs and a changed device tree.

machine=(-M "virt,iommu=smmuv3,gic-version=3" -cpu cortex-a57 -m 1G -smp 2 -nic none)

guest_busybox() { # prints the path of a static arm64 busybox
	local dir=$cache_home/linux-busybox
	if [ ! -f "$dir/.complete" ]; then
		rm -rf "$dir" && mkdir -p "$dir"
		(. "$linux_dir/../scripts/lib/private-apt.sh" && private_apt_ready &&
			unpack_package busybox-static:arm64 "$dir") || return 1
		touch "$dir/.complete"
	fi
	ls "$dir"/bin/busybox "$dir"/usr/bin/busybox 2>/dev/null | head -1
}

guest_initramfs() { # OUTPUT FILE[=NAME]...: files at the root of the initramfs
	local out=$1 root file busybox
	shift
	busybox=$(guest_busybox) && [ -n "$busybox" ] || return 1
	root=$(mktemp -d)
	mkdir -p "$root"/{bin,proc,sys,dev,tmp}
	cp "$busybox" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	for file in "$@"; do
		cp "${file%%=*}" "$root/${file##*[=/]}" || return 1
	done
	chmod +x "$root"/*
	(cd "$root" && find . | cpio --quiet -o -H newc | gzip -1) >"$out"
	rm -rf "$root"
}

guest_dtb() { # OUTPUT QEMU-OPTION...
	local out=$1
	shift
	qemu-system-aarch64 "${machine[@]/%gic-version=3/gic-version=3,dumpdtb=$out}" "$@" \
		>/dev/null 2>&1
	[ -s "$out" ]
}

dtb_phandle() { # DTB NODE-PATTERN
	local node
	node=$(fdtget -l "$1" / | grep -E "^$2" | head -1)
	fdtget -t x "$1" "/$node" phandle
}

# fdtput leaves free space behind, and with it QEMU's guest hangs without a word.
dtb_repack() {
	dtc -q -I dtb -O dtb -o "$1.packed" "$1" && mv "$1.packed" "$1"
}

# SECONDS are of CPU time, so that a busy machine does not make a guest fail; an idle one that never
# ends is given up after ten times as long.
guest_boot() { # SECONDS KERNEL INITRAMFS DTB CONSOLE TRACE QEMU-OPTION...
	local limit=$1 kernel=$2 initrd=$3 dtb=$4 console=$5 trace=$6
	shift 6
	(ulimit -S -t "$limit" && exec timeout $((limit * 10)) qemu-system-aarch64 "${machine[@]}" \
		-nographic -no-reboot -kernel "$kernel" -initrd "$initrd" -dtb "$dtb" \
		-append "console=ttyAMA0 panic=-1 printk.devkmsg=on rdinit=/init ${kernel_arguments:-}" "$@" \
		</dev/null >"$console" 2>"$trace")
	local status=$?
	sed -i 's/\r$//' "$console"
	return $status
}
