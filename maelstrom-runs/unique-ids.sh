#!/usr/bin/env bash
# Challenge 2 under the real Maelstrom: `maelstrom-runs/unique-ids.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- 2
