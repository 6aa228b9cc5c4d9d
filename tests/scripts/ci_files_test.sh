#!/usr/bin/env bash
# The files of packaging/ci: what passes, fails and cannot run stands in JUnit's XML as such, with reports and exit codes,
# and get.sh takes what a release publishes, but nothing with another checksum.
# Usage: ci_files_test.sh MZNODE
set -euo pipefail

mznode=$(realpath "$1")
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
ci=$root/packaging/ci
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}

# check OUT CODE ATTRIBUTES-OF-THE-SUITE SEEDS COMMAND…
check() {
  local out=$1 wanted=$2 counts=$3 code=0
  shift 3
  MZNODE=$mznode "$ci/run.sh" "$out" "$@" >said 2>&1 || code=$?
  [[ $code -eq $wanted ]] || fail "$*: $code, not $wanted: $(cat said)"
  grep -q "<testsuite name=\"mznode\" $counts>" "$out/junit.xml" || fail "$*: $(cat "$out/junit.xml")"
  python3 -c 'import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])' "$out/junit.xml"
}

check valid 0 'tests="2" failures="0" errors="0"' 1..2 test -w echo --time-limit 2
naive=$root/examples/tutorial/python/1_naive.py
check invalid 1 'tests="2" failures="2" errors="0"' 1..2 \
  test -w broadcast --node-count 5 --rate 20 --time-limit 3 --expect 'msgs-per-op<0.1'
report=$(sed -n 's/^report: //p' invalid/junit.xml | head -n 1 | sed 's/<.*//')
[[ -s $report ]] || fail "no report where it is said to be: $report"
grep -q '^replay with: mznode test .* --seed 1$' invalid/junit.xml || fail 'no command to replay a seed'
check challenges 1 'tests="2" failures="1" errors="0"' 1..1 challenge 3a 1 --bin "$naive"
check missing 2 'tests="1" failures="0" errors="1"' 1..2 test -w broadcast --bin ./no-such-node
grep -q 'there is no such file' missing/junit.xml || fail 'a node that is not there is not named'
# What nodes print may hold what XML cannot.
printf '{"seed":1,"workload":"a<b","valid?":false,"reasons":["\\u0007 ]]> & \\ud800"]}\n' >odd.jsonl
python3 "$ci/junit.py" odd.jsonl /dev/null 1 >odd.xml
python3 -c 'import xml.dom.minidom; xml.dom.minidom.parse("odd.xml")'

# A release of one archive, as packaging/release.sh writes it.
case $(uname -m) in x86_64) machine=x86_64 ;; *) machine=arm64 ;; esac
name=mznode-1.2.3-linux-$machine
mkdir -p "release/$name/bin"
cp "$mznode" "release/$name/bin/mznode"
tar -czf "release/$name.tar.gz" -C release "$name"
(cd release && sha256sum "$name.tar.gz" >SHA256SUMS)
command -v curl >/dev/null || { echo 'curl is not installed: get.sh is left out'; exit 0; }
MZNODE_URL=file://$work/release "$ci/get.sh" 1.2.3 got
[[ $(got/mznode --version) == "$("$mznode" --version)" ]] || fail 'get.sh: another program'
echo more >>"release/$name.tar.gz"
if MZNODE_URL=file://$work/release "$ci/get.sh" 1.2.3 other 2>/dev/null >&2; then fail 'get.sh takes another archive'; fi
[[ ! -e other/mznode ]] || fail 'get.sh leaves what it refuses'
