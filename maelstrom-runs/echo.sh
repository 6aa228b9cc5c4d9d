#!/usr/bin/env bash
# Challenge 1 under the real Maelstrom: `maelstrom-runs/echo.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of echo)
