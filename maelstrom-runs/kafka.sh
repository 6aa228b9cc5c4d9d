#!/usr/bin/env bash
# Challenges 5a to 5c with each strategy, and under partitions, under the real Maelstrom:
# `maelstrom-runs/kafka.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- 5a 5b 5c 5p 5a-lin-kv 5c-lin-kv 5p-lin-kv 5a-raft 5c-raft 5p-raft
