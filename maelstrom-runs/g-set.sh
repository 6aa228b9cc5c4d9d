#!/usr/bin/env bash
# The grow-only set under the real Maelstrom, with and without partitions: `maelstrom-runs/g-set.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of g-set)
