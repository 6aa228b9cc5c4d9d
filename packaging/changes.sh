#!/usr/bin/env bash
# What CHANGELOG.md says of a version: `changes.sh VERSION`. It fails where there is no heading `## VERSION`, or nothing
# below it.
set -euo pipefail

version=${1:?usage: packaging/changes.sh VERSION}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
changes=$(awk -v version="$version" '/^## / { is_it = $2 == version; next } is_it' "$root/CHANGELOG.md" | sed '/./,$!d')
if [[ -z $changes ]]; then
  echo "changes.sh: CHANGELOG.md has no heading \`## $version\` with changes below it" >&2
  exit 1
fi
printf '%s\n' "$changes"
