#!/usr/bin/env bash
# Every challenge that the node solves, under the real Maelstrom: `maelstrom-runs/all.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
challenges=()
for workload in echo unique-ids broadcast g-set counter lin-kv kafka txn; do
  read -r -a more <<<"$(challenges_of "$workload" | tr '\n' ' ')"
  challenges+=("${more[@]}")
done
run_challenges "$@" -- "${challenges[@]}"
