#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# usage: checks.sh DMASPACE docs/checks.md DTC
#
# Each check of the table has its section in docs/checks.md, and no section is left over; each
# section's example fires its check and no other, and the mended example fires none. TAP.

set -u
dmaspace=$(realpath "$1") docs=$(realpath "$2") dtc=$3
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1

# ID-broken.dts and ID-mended.dts, whole trees; their names in with/OPTIONS, one file for each set of options.
mkdir with
awk '
/^## / { section = $2 }
/^## / || /^\*\*(note|warning|error)\*\*:/ { print $1 == "##" ? $2 : $1 >"sections" }
/^```dts/ {
    inside = 1
    if ($2 == "board") { into_board = 1; next }
    into_board = 0
    name = section ($2 == "mended" ? "-mended" : "-broken") ".dts"
    options = ""
    for (i = $2 == "mended" ? 3 : 2; i <= NF; i++) options = options (options ? " " : "") $i
    print name >("with/" (options ? options : "none"))
    printf "%s/ {\n", board >name
    next
}
/^```/ { if (inside && !into_board) { print "};" >name; close(name) } inside = 0 }
inside && into_board { board = board $0 "\n" }
inside && !into_board { print >name }
' "$docs"

for file in *.dts; do
    "$dtc" -q -q -f -I dts -O dtb -o "${file%s}b" "$file" || echo "${file%.dts} dtc-failed"
done >fired
for list in with/*; do
    options=${list#with/}
    read -ra options <<<"${options#none}"
    mapfile -t files < <(sed 's/s$/b/' "$list")
    "$dmaspace" check --severity note "${options[@]}" "${files[@]}" 2>&1
done | sed -n 's/^\([a-z0-9-]*\)\.dtb: .* \[\([a-z0-9-]*\)\]$/\1 \2/p
                s/^\([a-z0-9-]*\)\.dtb: [^/].*/\1 unreadable/p' >>fired

number=0 failed=0
verdict() { # verdict GOT EXPECTED SENTENCE
    number=$((number + 1))
    if [ "$1" = "$2" ]; then
        echo "ok $number - $3"
    else
        echo "not ok $number - $3"
        diff <(echo "$2") <(echo "$1") | sed 's/^/# /'
        failed=1
    fi
}

"$dmaspace" check --list --json >list
verdict "$(cat sections)" "$(jq -r '.checks[] | .id, "**\(.severity)**:"' list)" \
    "docs/checks.md has a section for each check of the table, in its order, with its severity"
for id in $(jq -r '.checks[].id' list); do
    verdict "$(sed -n "s/^$id-broken //p" fired | sort -u)" "$id" "the example of $id fires it alone"
    verdict "$(sed -n "s/^$id-mended //p" fired)" "" "mended, it fires nothing"
done
late=$(jq -r '[.checks[].id] as $ids | .checks[] | .id as $id | .after[] |
    select(. as $first | ($ids | index($first)) >= ($ids | index($id))) | "\($id) stands before \(.)"' list)
verdict "$late" "" "checks stand behind those that they are not asked after"
echo "1..$number"
exit $failed
