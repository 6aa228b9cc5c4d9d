#!/usr/bin/env bash
# Challenges 6a to 6c, and transactions on lists and registers with each strategy at the model that it declares, under
# the real Maelstrom: `maelstrom-runs/txn.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of txn)
