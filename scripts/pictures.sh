#!/usr/bin/env bash
# Draws the pictures of doc/ anew: `scripts/pictures.sh`. Each is the beginning of a page that a command of README.md
# writes. It needs the built program, Python, and Chromium ($CHROMIUM, or `chromium` from PATH).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mznode=$(realpath "${MZNODE:-$root/build/release/mznode}")
chromium=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}
[[ -x $mznode ]] || { echo "pictures.sh: $mznode is not there; \`make\` builds it" >&2 && exit 2; }
[[ -n $chromium ]] || { echo 'pictures.sh: Chromium is missing (Debian: apt-get install chromium)' >&2 && exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The upper part of a page: `draw PAGE HEIGHT PICTURE`.
draw() {
  "$chromium" --headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars \
    --force-device-scale-factor=1 --window-size="1100,$2" --virtual-time-budget=10000 --user-data-dir="$work/profile" \
    --screenshot="$3" "file://$1" 2>"$work/log" || { cat "$work/log" >&2 && exit 1; }
  printf '%s: %s bytes\n' "$3" "$(wc -c <"$3")"
}

cd "$root"
# The program loses elements: an invalid test ends with 1.
code=0
"$mznode" test -w broadcast --bin examples/tutorial/python/1_naive.py --rate 20 --time-limit 10 --latency 50 \
  --nemesis partition --nemesis-interval 3 --store '' --report "$work/report.html" >"$work/log" 2>&1 || code=$?
[[ $code -eq 1 ]] || { cat "$work/log" >&2 && exit 1; }
draw "$work/report.html" 765 doc/report.png

"$mznode" compare -w broadcast --node-count 25 --rate 100 --latency 100 --time-limit 20 --seeds 1..10 \
  --report "$work/compare.html" >"$work/log" 2>&1 || { cat "$work/log" >&2 && exit 1; }
draw "$work/compare.html" 820 doc/compare.png
