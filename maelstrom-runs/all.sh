#!/usr/bin/env bash
# Every challenge that the node solves, under the real Maelstrom: `maelstrom-runs/all.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- 1 2 3a 3b 3c 3d 3e g-set g-set-p 4 4-seq-kv 4-lin-kv pn pn-seq-kv pn-lin-kv lin-kv-10s lin-kv-3s \
  5a 5b 5c 5p 5a-lin-kv 5c-lin-kv 5p-lin-kv 5a-raft 5c-raft 5p-raft \
  6a 6b 6bp 6c 6cp rw-hat rw-root-cas rw-raft rw-single la-root-cas la-raft la-single
