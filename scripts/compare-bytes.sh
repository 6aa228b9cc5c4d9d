#!/usr/bin/env bash
# Runs every strategy under faults with two builds of mznode and compares what they wrote, byte for byte:
# scripts/compare-bytes.sh MZNODE_A MZNODE_B. The last line counts: `N passed, N failed`.
set -euo pipefail

a=$(realpath "$1")
# shellcheck disable=SC2034  # the loop over both names it
b=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# `mznode list` writes workloads at the margin and strategies two spaces in.
strategies() {
  "$a" list | awk -F: '/^[a-z]/ {workload = $1} /^  [a-z]/ {split($1, words, " "); print workload, words[1]}'
}

while read -r workload strategy; do
  for seed in 1 2 3; do
    same=yes
    for program in a b; do
      rm -rf "${work:?}/$program"
      # Not the verdict but the bytes are the matter here. Lin-kv needs two workers a node.
      "${!program}" test -w "$workload" --strategy "$strategy" --nemesis swarm --nemesis-interval 3 --time-limit 15 --rate 20 \
        --concurrency 2n --latency 30 --latency-dist exponential --seed "$seed" --store "$work/$program" >/dev/null || true
    done
    for file in history.edn history.jsonl messages.jsonl; do
      cmp -s "$work/a/latest/$file" "$work/b/latest/$file" || same=no
    done
    if [[ $same == yes ]]; then
      passed=$((passed + 1))
    else
      failed=$((failed + 1))
      echo "$workload $strategy, seed $seed: the two builds wrote different bytes"
    fi
  done
done < <(strategies)
echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
