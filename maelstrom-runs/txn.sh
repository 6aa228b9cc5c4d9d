#!/usr/bin/env bash
# Challenges 6a to 6c, and transactions on lists and registers with each strategy at the model that it declares, under
# the real Maelstrom: `maelstrom-runs/txn.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- 6a 6b 6bp 6c 6cp rw-hat rw-root-cas rw-raft rw-single la-root-cas la-raft la-single
