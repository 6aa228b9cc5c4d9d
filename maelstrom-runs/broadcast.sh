#!/usr/bin/env bash
# Challenges 3a to 3e under the real Maelstrom: `maelstrom-runs/broadcast.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
run_challenges "$@" -- 3a 3b 3c 3d 3e
