#!/usr/bin/env bash
# Challenge 4 with each strategy, and the counter that also shrinks, under the real Maelstrom:
# `maelstrom-runs/counter.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of counter)
