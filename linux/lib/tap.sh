# SPDX-License-Identifier: GPL-2.0-only
# Sourced: TAP, and the counts of its lines.

passed=0 failed=0 skipped=0

ok() { # STATUS TEXT
	local word=ok
	if [ "$1" = 0 ]; then passed=$((passed + 1)); else failed=$((failed + 1)) word='not ok'; fi
	echo "$word $((passed + failed + skipped)) - $2"
}

skip() { # REASON, which may be another script's "1..0 # SKIP REASON"
	skipped=$((skipped + 1))
	echo "ok $((passed + failed + skipped)) - # SKIP ${1#1..0 # SKIP }"
}

# The plan and the counts. Fails when a test did.
tap_end() {
	echo "1..$((passed + failed + skipped))"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ $failed = 0 ]
}
