#!/usr/bin/env bash
# Tests a node with a fixed set of seeds and leaves what CI publishes: the lines of JSON, JUnit's XML, and of every seed
# that fails its history, messages and report.html.
# Usage: run.sh OUT SEEDS test|challenge ARGUMENTS…, such as
#   run.sh mznode-results 1..20 test -w broadcast --bin ./my-node --nemesis partition
#   run.sh mznode-results 1..20 challenge 3c 3d --bin ./my-node
# Exit code: mznode's, 0 when all is valid, 1 when something is not, 2 when something could not be judged or run.
# $MZNODE names the program; otherwise PATH is searched.
set -euo pipefail

if [[ $# -lt 4 || ($3 != test && $3 != challenge) ]]; then
  echo "usage: run.sh OUT SEEDS test|challenge ARGUMENTS…" >&2
  exit 2
fi
out=$1
seeds=$2
command=$3
shift 3
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$out"
code=0
# These come first: behind a `--` everything is the node's.
"${MZNODE:-mznode}" "$command" --seeds "$seeds" --json --store "$out/store" "$@" \
  >"$out/results.jsonl" 2>"$out/errors.txt" || code=$?
cat "$out/errors.txt" >&2
python3 "$here/junit.py" "$out/results.jsonl" "$out/errors.txt" "$code" >"$out/junit.xml"
python3 "$here/junit.py" --summary "$out/results.jsonl" "$out/errors.txt" "$code"
exit "$code"
