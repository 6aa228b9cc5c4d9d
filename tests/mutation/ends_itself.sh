#!/usr/bin/env bash
# ends_itself.sh INVARIANT PROGRAM [ARGUMENT…]: succeeds when the program ends itself because that invariant is broken.
set -u
invariant=$1
shift
ulimit -c 0
output=$("$@" 2>&1)
status=$?
tail -n 20 <<<"$output"
[[ $status -eq 134 && $output == *"broken invariant: $invariant"* ]]
