#!/usr/bin/env bash
# The commands of Maelstrom's Raft chapter, with every strategy, under the real Maelstrom: `maelstrom-runs/lin-kv.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
challenges=()
for strategy in $(strategies_of lin-kv); do challenges+=("lin-kv-10s-$strategy" "lin-kv-3s-$strategy"); done
run_challenges "$@" -- "${challenges[@]}"
