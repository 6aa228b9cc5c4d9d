#!/usr/bin/env bash
# What chance does to the figures of challenges with partitions: `maelstrom-runs/ranges.sh [SEEDS]`, 0..19 unless given.
# Runs each on the embedded network, in virtual time, once a seed, and prints a table of the least, the median and the
# most. A single run, here or under Maelstrom, is one draw from such a range.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
require_mznode
seeds=${1:-0..19}

# The value of a number in each line of JSON.
number_of() { sed -nE "s/.*\"$1\":([0-9.e-]+).*/\1/p"; }

# The least, the median and the most of numbers, one a line, with two decimals.
range() { sort -g | awk '{ value[NR] = $1 } END { printf "%.2f, %.2f, %.2f", value[1], value[int((NR + 1) / 2)], value[NR] }'; }

echo "Seeds $seeds: least, median, most."
echo
echo '| challenge | verdicts | ok | msgs/op |'
echo '|---|---|---|---|'
for workload_name in broadcast g-set counter lin-kv kafka txn; do
  # shellcheck disable=SC2046  # names are words
  for challenge in $(challenges_of $workload_name); do
    describe "$challenge"
    [[ " ${test_flags[*]} " == *' --nemesis '* ]] || continue
    lines=$("$mznode" test -w "$workload" "${test_flags[@]}" "${node_options[@]}" --seeds "$seeds" --json --store '' || true)
    valid=$(grep -c '"valid?":true' <<<"$lines" || true)
    all=$(grep -c '' <<<"$lines")
    [[ $valid == "$all" ]] || failures=$((failures + 1))
    echo "| $challenge | $valid of $all valid | $(number_of ok-fraction <<<"$lines" | range) | $(number_of msgs-per-op <<<"$lines" | range) |"
  done
done
exit $((failures > 0))
