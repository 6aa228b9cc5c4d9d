#!/usr/bin/env bash
# The files of scripts/many-machines divide the seeds: all shards together say what one machine says.
# Usage: many_machines_test.sh MZNODE
set -euo pipefail

PATH=$(dirname "$1"):$PATH
scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../scripts/many-machines" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}

test_options=(-w g-set --rate 20 --time-limit 3 --nemesis partition --nemesis-interval 1 --seeds 1..10)
mznode test "${test_options[@]}" --json --store "" | sort >"$work/expected"
[[ $(wc -l <"$work/expected") -eq 10 ]] || fail 'one machine did not print a line a seed'

same() { sort "$work/shards" | diff "$work/expected" - >/dev/null || fail "$1: the shards do not add up"; }

for task in 1 2 3; do
  SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_COUNT=3 bash "$scripts/slurm.sh" "${test_options[@]}"
done >"$work/shards"
same slurm.sh

# What a pod runs, for a smaller test of as many shards.
pod=$(sed -n '/>-/,/resources/p' "$scripts/kubernetes.yaml" | sed '1d;$d' | tr -s ' \n' ' ')
pod=${pod/-w broadcast --nemesis swarm --seeds 1..10000/${test_options[*]}}
for index in {0..7}; do JOB_COMPLETION_INDEX=$index sh -c "$pod"; done >"$work/shards"
same kubernetes.yaml
completions=$(sed -n 's/^ *completions: //p' "$scripts/kubernetes.yaml")
[[ $pod == *"/$completions"* ]] || fail 'kubernetes.yaml: as many shards as completions are needed'

if command -v parallel >/dev/null; then
  bash "$scripts/parallel.sh" 3 "${test_options[@]}" >"$work/shards"
  same parallel.sh
fi

# The arguments of a node, behind a second `--`, are the last: this mznode prints what it is given.
printf '#!/bin/sh\nprintf "%%s\\n" "$*"\n' >"$work/mznode"
chmod +x "$work/mznode"
PATH=$work:$PATH
node=(--bin node -- --its own)
said=$(SLURM_ARRAY_TASK_ID=2 SLURM_ARRAY_TASK_COUNT=3 bash "$scripts/slurm.sh" "${node[@]}")
[[ $said == 'test '*' --shard 2/3 --bin node -- --its own' ]] || fail "slurm.sh: $said"
if command -v parallel >/dev/null; then
  said=$(bash "$scripts/parallel.sh" 1 -- "${node[@]}")
  [[ $said == 'test '*' --shard 1/1 --bin node -- --its own' ]] || fail "parallel.sh: $said"
fi
