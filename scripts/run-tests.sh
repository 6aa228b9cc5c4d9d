#!/usr/bin/env bash
# Runs the tests of a build directory: `scripts/run-tests.sh DIR [ctest options]`. The last line counts them:
# `N passed, N failed`, where a test that could not run has failed.
set -euo pipefail

build=$1
shift
results=$(mktemp)
trap 'rm -f "$results"' EXIT

# By itself ctest waits for ever, and a test that hangs would say nothing. The longest takes less than a minute.
seconds_until_it_hangs=600
code=0
# Some wait for what happens in real time, and leave a processor to another meanwhile.
ctest --test-dir "$build" --output-on-failure --parallel "$(($(nproc) + 1))" --no-tests=error \
  --timeout "$seconds_until_it_hangs" --output-junit "$results" "$@" || code=$?

count() { grep -c "$1" "$results" || true; }
passed=$(count '<testcase .*status="run"')
skipped=$(count '<skipped message="SKIP_')
disabled=$(count '<testcase .*status="disabled"')
failed=$(($(count '<testcase .*status="fail"') + $(count '<testcase .*status="notrun"') - skipped))
# ctest can fail without a failing test, for instance when a list of tests cannot be made.
if [[ $code -ne 0 && $failed -eq 0 ]]; then failed=1; fi
if [[ $((skipped + disabled)) -gt 0 ]]; then echo "$skipped skipped, $disabled disabled"; fi
echo "$passed passed, $failed failed"
[[ $failed -eq 0 ]]
