#!/usr/bin/env bash
# Puts the program mznode into a directory: `get.sh VERSION DIR`. It downloads the archive of a release for this machine
# and compares its checksum; for the version `source` it builds the tree that this script lies in.
# $REPOSITORY is OWNER/NAME on GitHub, or $MZNODE_URL the directory that holds the archives.
set -euo pipefail

version=$1
directory=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
mkdir -p "$directory"
if [[ -x $directory/mznode ]]; then
  "$directory/mznode" --version
  exit
fi
if [[ $version == source ]]; then
  make -C "$root" setup configure
  cmake --build "$root/build/release" --target mznode --parallel "$(nproc)"
  cp "$root/build/release/mznode" "$directory/"
  exit
fi
case $(uname -m) in
  x86_64) machine=x86_64 ;;
  aarch64 | arm64) machine=arm64 ;;
  *)
    echo "get.sh: there is no archive for $(uname -m); the version 'source' builds the program" >&2
    exit 2
    ;;
esac
if [[ $(uname -s) != Linux ]]; then
  echo "get.sh: mznode runs on Linux, not on $(uname -s)" >&2
  exit 2
fi
name=mznode-$version-linux-$machine
url=${MZNODE_URL:-https://github.com/${REPOSITORY:?OWNER/NAME of mznode on GitHub}/releases/download/v$version}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for file in "$name.tar.gz" SHA256SUMS; do
  curl --fail --silent --show-error --location --retry 3 --output "$work/$file" "$url/$file" || {
    echo "get.sh: cannot download $url/$file; the version 'source' builds the program" >&2
    exit 2
  }
done
(cd "$work" && grep " $name.tar.gz\$" SHA256SUMS | sha256sum --check --strict --quiet -)
tar -xzf "$work/$name.tar.gz" -C "$work"
cp "$work/$name/bin/mznode" "$directory/"
