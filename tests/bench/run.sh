#!/usr/bin/env bash
# What `make bench` runs: `tests/bench/run.sh BUILD_DIR [load's options] [-- another node's command, with {workload} in it]`.
set -euo pipefail

build=$1
shift
options=()
while [[ $# -gt 0 && $1 != -- ]]; do
  options+=("$1")
  shift
done
"$build/tests/bench/micro_bench" --benchmark_min_time=0.2
echo
"$build/tests/bench/embedded" "$build/mznode"
echo
"$build/tests/bench/check_bench" --benchmark_min_time=0.2
echo
"$build/tests/bench/load" "${options[@]}" "$build/mznode" "$build/tests/bench/floor_node" "$@"
