#!/usr/bin/env bash
# Challenges 3a to 3e under the real Maelstrom: `maelstrom-runs/broadcast.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of broadcast)
