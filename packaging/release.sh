#!/usr/bin/env bash
# Builds what a release publishes for one kind of machine: `release.sh x86_64|arm64 [OUT]` writes an archive and a Debian
# package into OUT (dist), and the checksums of all that lies there.
# The same revision, compiler and libraries give the same bytes, wherever the tree lies and whenever it is built: times
# are that of the commit, and no path of this machine gets into the program.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
machine=${1:-}
out=$(realpath -m "${2:-dist}")
cd "$root"
options=()
strip="strip"
case $machine in
  x86_64) ;;
  arm64)
    options=(--toolchain packaging/aarch64-linux-gnu.cmake)
    strip=aarch64-linux-gnu-strip
    ;;
  *)
    echo "usage: packaging/release.sh x86_64|arm64 [OUT]" >&2
    exit 2
    ;;
esac
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
version=$(sed -nE 's/^project\(mznode VERSION ([0-9.]+).*/\1/p' CMakeLists.txt)
name=mznode-$version-linux-$machine
build=build/dist-$machine

cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DMZNODE_TESTS=OFF -DMZNODE_EXAMPLES=OFF \
  -DCMAKE_CXX_FLAGS="-ffile-prefix-map=$root=mznode" -DCMAKE_INSTALL_PREFIX=/usr "${options[@]}"
cmake --build "$build" --parallel "${JOBS:-$(nproc)}"
if strings -a "$build/mznode" | grep -F "$root"; then
  echo "release.sh: the program holds the path of this tree" >&2
  exit 1
fi

mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/$name
mkdir -p "$tree/bin"
cp "$build/mznode" "$tree/bin/"
"$strip" "$tree/bin/mznode"
cp -r "$build/pages" "$tree/share"
cmake --install "$build" --component documents --prefix "$work/installed" >/dev/null
mv "$work/installed/share/doc/mznode/"* "$tree/"
mv "$tree/copyright" "$tree/LICENSE"
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --mode=go-w -C "$work" -cf - "$name" |
  gzip -n9 >"$out/$name.tar.gz"
(cd "$build" && cpack -B "$out")
rm -rf "$out/_CPack_Packages"
(cd "$out" && sha256sum -- *.tar.gz *.deb >SHA256SUMS && cat SHA256SUMS)
