#!/usr/bin/env bash
# Runs the seeds of a test in shards with GNU parallel, on this machine or on those of --sshlogin, and prints a line of
# JSON a seed. The program must be on PATH of each.
# Usage: parallel.sh SHARDS [parallel's options --] [mznode test's options]
# The first `--` ends parallel's options, of which there may be none; one for a node's own arguments needs it before itself.
# Example: parallel.sh 8 -w broadcast --nemesis swarm --seeds 1..10000
set -euo pipefail

if [[ ! ${1-} =~ ^[0-9]+$ ]]; then
  sed -n 's/^# \(Usage: .*\)/\1/p' "${BASH_SOURCE[0]}" >&2
  exit 2
fi
shards=$1
shift
options=()
for word in "$@"; do
  if [[ $word == -- ]]; then
    while [[ $1 != -- ]]; do
      options+=("$1")
      shift
    done
    shift
    break
  fi
done
# A failing seed must not stop the others; parallel's exit code counts the shards with one. Our options of mznode come
# first: behind a `--` they would be the node's.
exec parallel "${options[@]}" --quote mznode test --json --store "" --jobs 1 --shard "{}/$shards" "$@" ::: $(seq "$shards")
