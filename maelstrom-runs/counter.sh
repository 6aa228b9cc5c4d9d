#!/usr/bin/env bash
# Challenge 4 with each strategy, and the counter that also shrinks, under the real Maelstrom:
# `maelstrom-runs/counter.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- 4 4-seq-kv 4-lin-kv pn pn-seq-kv pn-lin-kv
