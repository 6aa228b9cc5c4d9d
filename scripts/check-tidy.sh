#!/usr/bin/env bash
# Says what clang-tidy finds in core/ (.clang-tidy has the checks and why): `scripts/check-tidy.sh [JOBS]`.
# It reads the sources in the batches in which they are compiled, so that the headers of each batch are read once: a
# third of the time. Versions of clang-tidy differ in what they find; that of Debian 12 counts. $CLANG_TIDY names another
# program, $RUN_CLANG_TIDY the script that comes with it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

jobs=${1:-$(nproc)}
tidy=${CLANG_TIDY:-clang-tidy}
version=$("$tidy" --version | sed -nE 's/.*LLVM version ([0-9]+).*/\1/p')
if [[ $version != 14 ]]; then
  echo "check-tidy: $tidy has version $version; 14 counts"
  exit 0
fi
# Configured only: that writes the batches, and how each is compiled.
cmake --preset release -B build/tidy -DMZNODE_TESTS=OFF -DMZNODE_EXAMPLES=OFF -DMZNODE_BATCHES=ON >/dev/null
found=$(mktemp)
trap 'rm -f "$found"' EXIT
if ! "${RUN_CLANG_TIDY:-run-clang-tidy}" -clang-tidy-binary "$tidy" -p build/tidy -j "$jobs" -quiet "^$PWD/(build/tidy/)?core/" \
  >"$found" 2>&1; then
  grep -E '(warning|error):' "$found" | sort -u || cat "$found"
  echo "check-tidy: .clang-tidy says why each check is there"
  exit 1
fi
