#!/usr/bin/env bash
# What `make bench` runs: `tests/bench/run.sh BUILD_DIR [load's options] [-- another node's command, with {workload} in it]`.
# With a class path of Elle in ELLE_CLASSPATH and histories in ELLE_HISTORIES (EDN), Elle and this program judge them in turn.
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
"$build/tests/bench/stalls"
echo
"$build/tests/bench/stories" || true  # says itself what is not met
echo
"$build/tests/bench/traced" "$build/tests/bench/floor_node"
echo
"$build/tests/bench/check_bench" --benchmark_min_time=0.2
if [[ -n ${ELLE_CLASSPATH:-} ]]; then
  # shellcheck disable=SC2086  # names are words
  java -Djava.awt.headless=true -cp "$ELLE_CLASSPATH" clojure.main tests/bench/elle.clj $ELLE_HISTORIES
  for history in $ELLE_HISTORIES; do
    ( TIMEFORMAT="$history in a process of its own: %3R s, CPU %3U + %3S s"; time "$build/mznode" check -w list-append "$history" )
  done
fi
echo
"$build/tests/bench/memory" || true  # says itself what is not met
echo
"$build/tests/bench/load" "${options[@]}" "$build/mznode" "$build/tests/bench/floor_node" "$@"
