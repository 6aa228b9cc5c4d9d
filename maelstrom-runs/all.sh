#!/usr/bin/env bash
# Every challenge that the node solves, under the real Maelstrom: `maelstrom-runs/all.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
challenges=(1 2 3a 3b 3c 3d 3e g-set g-set-p 4 4-seq-kv 4-lin-kv pn pn-seq-kv pn-lin-kv)
for strategy in $(strategies_of lin-kv); do challenges+=("lin-kv-10s-$strategy" "lin-kv-3s-$strategy"); done
run_challenges "$@" -- "${challenges[@]}"
