#!/usr/bin/env bash
# What maelstrom-runs/ makes of the results of a Maelstrom, which is a script here and runs no node.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# A copy, because results are stored beside the scripts.
cp -r "$(dirname "${BASH_SOURCE[0]}")/../../maelstrom-runs" "$work"
export MZNODE=$work/maelstrom

fail() {
  printf 'FAILED: %s\n' "$*"
  cat "$work/output"
  exit 1
}

# Writes a Maelstrom whose every test has these latencies and this verdict.
make_maelstrom() {
  cat >"$work/maelstrom" <<EOF
#!/bin/sh
mkdir -p store/latest
echo '{:net {:servers {:msgs-per-op 12.5}}, :workload {:stable-latencies {$1}}, :valid? $2}' >store/latest/results.edn
EOF
  chmod +x "$work/maelstrom"
}

# Its name is relative: it must be found from the directory that it runs in.
broadcast() { (cd "$work" && MAELSTROM=./maelstrom maelstrom-runs/broadcast.sh >"$work/output" 2>&1); }
verdict_of() { awk -v challenge="$1" '$1 == challenge { print $2; exit }' "$work/output"; }

make_maelstrom '0 100, 0.5 380, 1 590' true
broadcast || fail 'what is valid and within the limits is refused'
[[ $(verdict_of 3e) == valid ]] || fail 'no verdict on 3e'

make_maelstrom '0 100, 0.5 380, 1 2590' true
! broadcast || fail 'what is beyond the limits passes'
[[ $(verdict_of 3c) == valid && $(verdict_of 3d) == BEYOND ]] || fail 'limits are those of 3d and 3e alone'

make_maelstrom '' true
! broadcast || fail 'what was not measured passes for within the limits'
[[ $(verdict_of 3c) == valid && $(verdict_of 3d) == BEYOND ]] || fail 'limits are those of 3d and 3e alone'

make_maelstrom '0 100, 0.5 380, 1 590' :unknown
! broadcast || fail 'an unknown verdict passes'
[[ $(verdict_of 3a) == UNKNOWN ]] || fail 'it does not say that it is unknown'
