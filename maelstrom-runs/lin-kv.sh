#!/usr/bin/env bash
# The commands of Maelstrom's Raft chapter, with every strategy, under the real Maelstrom: `maelstrom-runs/lin-kv.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of lin-kv)
