#!/usr/bin/env bash
# The commands of Maelstrom's Raft chapter under the real Maelstrom: `maelstrom-runs/lin-kv.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- lin-kv-10s lin-kv-3s
