#!/usr/bin/env bash
# Says which sources are not as .clang-format asks: `scripts/check-format.sh`; `--fix` writes them so.
# Versions of clang-format differ in what they write; that of Debian 12 counts. $CLANG_FORMAT names another program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

format=${CLANG_FORMAT:-clang-format}
version=$("$format" --version | sed -nE 's/.*version ([0-9]+).*/\1/p')
if [[ $version != 14 ]]; then
  echo "check-format: $format has version $version; 14 counts, and only that is compared with"
  exit 0
fi
sources() { git ls-files -z '*.cpp' '*.hpp'; }
if [[ ${1:-} == --fix ]]; then
  sources | xargs -0 "$format" -i
else
  sources | xargs -0 "$format" --dry-run --Werror || {
    echo "check-format: scripts/check-format.sh --fix writes them as they should be"
    exit 1
  }
fi
