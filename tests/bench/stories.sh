#!/usr/bin/env bash
# What the stories of failed tests cost, in instructions, which other work on the machine does not change:
# `tests/bench/stories.sh BUILD_DIR [MUTANT...]`. Needs Valgrind and the benchmark `stories`, which
# `cmake --build BUILD_DIR --target stories` builds. Counts, of each test of a mutant, all instructions and those that its
# stories take. Without names it takes mistakes of each workload, and two of right nodes.
set -euo pipefail

build=$1
shift
stories=$build/tests/bench/stories
mutants=("$@")
if [[ ${#mutants[@]} -eq 0 ]]; then
  mutants=(BroadcastDropsAnElement BroadcastForgetsInAPartition IdsWithoutTheNode SetForgetsWhatIsLost
    CounterForgetsInAPartition LinKvLosesWrites LinKvReadsFromACache TxnLostUpdate TxnReadSkew TxnFracturedRead
    KafkaLosesWhatItRepeats KafkaLeavesOutMessages CounterSurvivesPartitions CasPaxosSurvivesPartitions)
fi
counted=$(mktemp)
trap 'rm -f "$counted"' EXIT

# The instructions of a function with all that it calls, in millions.
millions() {
  callgrind_annotate --inclusive=yes --threshold=100 "$counted" 2>/dev/null | grep -F "$1" | head -1 |
    awk '{ gsub(",", "", $1); printf "%.2f", $1 / 1e6 }'
}

printf '%-34s %14s %14s %8s\n' "a test of" "all, millions" "its stories" "share"
for mutant in "${mutants[@]}"; do
  seed=$("$stories" --seed "$mutant")
  valgrind --tool=callgrind --callgrind-out-file="$counted" "$stories" --once "$mutant" "$seed" >/dev/null 2>&1
  all=$(millions 'PROGRAM TOTALS') told=$(millions ':mznode::stories(')
  awk -v m="$mutant" -v a="$all" -v t="${told:-0}" 'BEGIN { printf "%-34s %14.1f %14.2f %6.2f %%\n", m, a, t, 100 * t / a }'
done
