#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# usage: debian_dtbs.sh DMASPACE 6.1|6.12|newest
#
# Every device tree of Debian's arm64 kernel package, and facts known of some of them. Uses what
# scripts/fetch-debian-dtbs has fetched before; fetches nothing itself. TAP.

set -u
dmaspace=$(realpath "$1") version=$2
override=DMS_DTB_DIR_${version//./_}
folder=${!override:-${XDG_CACHE_HOME:-$HOME/.cache}/dmaspace/dtbs/$version}

if [ ! -d "$folder/" ]; then
    echo "1..0 # SKIP no DTBs of kernel $version here; scripts/fetch-debian-dtbs $version fetches them"
    exit 0
fi
cd "$folder" || exit 1

number=0 failed=0
verdict() { # verdict STATUS SENTENCE [DETAIL]
    number=$((number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        sed 's/^/# /' <<<"${3:-}"
        failed=1
    fi
}

resolves() { # resolves DTB DEVICE ID ANSWER
    local expected="$2 id $3 -> $4" got
    got=$("$dmaspace" resolve "$1" --device "$2" --id "$3" 2>&1 | grep -F -e '->')
    [ "$got" = "$expected" ]
    verdict $? "$(basename "$1") $2 $3" "got      $got
expected $expected"
}

mapfile -t dtbs < <(find -L . -name '*.dtb' | sort)
report=$("$dmaspace" inspect "${dtbs[@]}" 2>&1)
verdict $? "inspect reads all ${#dtbs[@]} device trees of kernel $version" "$(grep -E 'error|cannot' <<<"$report" | head -20)"
[[ $(tail -1 <<<"$report") == "${#dtbs[@]} files: "* ]]
verdict $? "and counts them" "$(tail -1 <<<"$report")"
"$dmaspace" inspect --json "${dtbs[@]}" >/dev/null
verdict $? "and as JSON, too"


# Findings are no failure here; a crash, or a tree that cannot be read, is.
report=$("$dmaspace" check --severity note "${dtbs[@]}" 2>&1)
[ $? -le 1 ] && [[ $(tail -1 <<<"$report") == "${#dtbs[@]} files, "* ]]
verdict $? "check reads them all" "$(tail -1 <<<"$report")"
errors=$(grep -F ': error: ' <<<"$report" | grep -vE '^./qcom/sm8750-(mtp|qrd).dtb: .*/compute-cb@12: .*stream-conflict')
[ -z "$errors" ]
verdict $? "and finds no error in them but one that is known to be true" "$errors"

# Two PCIe hosts, 16 ids each against a two-cell SMMU; four-cell entries until the newest kernels.
# Kernel 6.1 calls the nodes pci@.
yoga=qcom/sdm850-lenovo-yoga-c630.dtb
[ "$version" = 6.1 ] && host_name=/soc@0/pci || host_name=/soc@0/pcie
smmu=/soc@0/iommu@15000000
if [ -e $yoga ]; then
    [ "$version" = newest ] && second_cell=" 0x0" || second_cell=""
    for i in 0 1 7 15; do
        id=$(printf '0x%x' $((i << 8)))
        for host in "1c00000 0x1c10" "1c08000 0x1c00"; do
            sid=$(printf '0x%x' $((${host#* } + i)))
            resolves $yoga "$host_name@${host% *}" "$id" \
                "$smmu <$sid$second_cell> sid $sid mask 0x0"
        done
    done
    answer=$("$dmaspace" resolve $yoga --device $host_name@1c00000 --id 0x1000 2>/dev/null)
    [ $? = 1 ] && [[ $answer == *"error DMS_ENODEV" ]]
    verdict $? "$(basename $yoga): a seventeenth id has no stream" "$answer"
fi

# Tegra234: 16 contexts of host1x on two SMMUs, in the newest package alone.
tegra=$(find -L nvidia -name 'tegra234-*.dtb' 2>/dev/null | sort | head -1)
if [ "$version" = newest ] && [ -n "$tegra" ]; then
    for i in 0 7 8 15; do
        [ $i -lt 8 ] && instance=12000000 || instance=8000000
        sid=$(printf '0x%x' $((0x35 + i % 8)))
        resolves "$tegra" /bus@0/host1x@13e00000 "$(printf '0x%x' $i)" \
            "/bus@0/iommu@$instance <$sid> sid $sid mask 0x7f80"
    done
fi
echo "1..$number"
exit $failed
