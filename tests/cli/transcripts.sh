#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# usage: transcripts.sh DMASPACE DTB_FOLDER TRANSCRIPT...
#
# A transcript holds commands, each on a line that begins with "$ ", with what they print (stdout and stderr)
# and, where it is not 0, their exit status. Each is run again, among the DTBs, and compared. TAP.
# UPDATE_TRANSCRIPTS=1 writes them anew instead; read the difference before you commit it.

set -u
dmaspace=$(realpath "$1") dtbs=$2
shift 2
bin=$(mktemp -d) || exit 1
trap 'rm -rf "$bin"' EXIT
ln -s "$dmaspace" "$bin/dmaspace"
export PATH=$bin:$PATH LC_ALL=C

replay() {
    local line status
    while IFS= read -r line; do
        [[ $line == '$ '* ]] || continue
        printf '%s\n' "$line"
        (cd "$dtbs" && bash -c "${line#\$ }") 2>&1 </dev/null
        status=$?
        [ $status = 0 ] || echo "exit $status"
    done <"$1"
}

echo "1..$#"
number=0 failed=0
for transcript; do
    number=$((number + 1))
    name=$(basename "$transcript" .txt)
    if [ "${UPDATE_TRANSCRIPTS:-}" = 1 ]; then
        replay "$transcript" >"$bin/new" && cp "$bin/new" "$transcript"
    fi
    if difference=$(diff -u "$transcript" <(replay "$transcript")); then
        echo "ok $number - ${name//_/ }"
    else
        echo "not ok $number - ${name//_/ }"
        sed 's/^/# /' <<<"$difference"
        failed=1
    fi
done
exit $failed
