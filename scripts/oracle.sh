#!/usr/bin/env bash
# Proves that a change of the code changes nothing that it does. Before the change:
#   scripts/oracle.sh record FILE [HISTORIES]
# and after it:
#   scripts/oracle.sh compare FILE [HISTORIES]
# FILE holds the hash of histories and messages of every strategy under every fault that it claims to survive (20 seeds
# each, clusters of 1, 3 and 5 nodes; SEEDS and NODES change that), and the verdict on every labelled history of the
# directory HISTORIES. `compare` prints the lines that differ and exits 1 when there are any. BUILD names the build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ $# -lt 2 || ($1 != record && $1 != compare) ]]; then
  echo "usage: scripts/oracle.sh record|compare FILE [HISTORIES]" >&2
  exit 2
fi
action=$1 file=$2 histories=${3:-} build=${BUILD:-build/release} jobs=$(nproc)
mznode=$PWD/$build/mznode

# Each labelled history's name and a sum over its verdict and all that is said about it; expected.jsonl names the models.
verdicts() {
  local path model
  sed -nE 's/.*"file":"([^"]*)","model":"([^"]*)".*/\1 \2/p' "$histories/expected.jsonl" | while read -r path model; do
    printf '%s\t%s\n' "$path" "$(cd "$histories" && "$mznode" check -w "$model" -v "$path" 2>&1 | cksum)"
  done
}

states() {
  cmake --build "$build" --parallel "$jobs" --target oracle mznode >&2
  "$build/tests/oracle" --jobs "$jobs" --seeds "${SEEDS:-20}" --nodes "${NODES:-1,3,5}"
  if [[ -n $histories ]]; then verdicts; fi
}

if [[ $action == record ]]; then
  states >"$file"
  echo "$(wc -l <"$file") lines in $file"
else
  now=$(mktemp)
  trap 'rm -f "$now"' EXIT
  states >"$now"
  if diff "$file" "$now"; then
    echo "$(wc -l <"$file") lines, no difference"
  else
    exit 1
  fi
fi
