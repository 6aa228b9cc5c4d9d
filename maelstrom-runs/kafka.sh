#!/usr/bin/env bash
# Challenges 5a to 5c with each strategy, and under partitions, under the real Maelstrom:
# `maelstrom-runs/kafka.sh [--embedded]`.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck disable=SC2046  # names are words
run_challenges "$@" -- $(challenges_of kafka)
