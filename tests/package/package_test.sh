#!/usr/bin/env bash
# Installs a build into an empty prefix, builds the examples against it as a stranger would, and talks to each of them.
# Usage: package_test.sh BUILD_DIR CXX_COMPILER BUILD_TYPE
set -euo pipefail

build=$1 compiler=$2 build_type=$3
source=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  printf 'FAILED: %s\n' "$*"
  exit 1
}

cmake --install "$build" --prefix "$work/prefix" >/dev/null
"$work/prefix/bin/mznode" --version | grep -q '^mznode [0-9]' || fail 'the installed program does not run'
if grep -rn -e spdlog -e fmt -e 'LINK_ONLY:>' "$work"/prefix/lib*/cmake "$work/prefix/include"; then
  fail 'the package mentions what its users need not have'
fi

# Away from the source tree, so that nothing but the package is found.
cp -r "$work/prefix/share/doc/mznode/examples" "$work/examples"
cmake -S "$work/examples" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" \
  -DCMAKE_BUILD_TYPE="$build_type" >"$work/log" 2>&1 || { cat "$work/log"; fail 'find_package(mznode)'; }
# scripts/own-bench.sh builds the other benches, and looks what that takes.
cmake --build "$work/build" --target example_echo example_broadcast example_lin_kv_proxy bench_queue >"$work/log" 2>&1 || { cat "$work/log"; fail 'the examples do not compile'; }

# Each header of the package can be included first.
compile_header() {
  [[ $3 != testing.hpp || -e /usr/include/gtest/gtest.h ]] || return 0
  echo "#include <mznode/$3>" | "$1" -std=c++20 -fsyntax-only -x c++ -I "$2" - ||
    { echo "FAILED: <mznode/$3> does not compile by itself"; exit 255; }
}
export -f compile_header
(cd "$work/prefix/include/mznode" && find . -name '*.hpp' -printf '%P\0') |
  xargs -0 -P "$(nproc)" -I {} bash -c 'compile_header "$@"' _ "$compiler" "$work/prefix/include" {} || exit 1

# Without CMake.
if command -v pkg-config >/dev/null; then
  PKG_CONFIG_PATH=$(dirname "$(find "$work/prefix" -name mznode.pc)")
  export PKG_CONFIG_PATH
  # shellcheck disable=SC2046  # flags are words
  "$compiler" -std=c++20 "$work/examples/echo.cpp" -o "$work/echo" $(pkg-config --cflags --libs mznode) ||
    fail 'pkg-config: echo.cpp does not compile'
  "$work/echo" </dev/null || fail 'pkg-config: echo.cpp does not run'
  # shellcheck disable=SC2046  # flags are words
  "$compiler" -std=c++20 "$work/examples/bench/echo.cpp" -o "$work/bench" $(pkg-config --cflags --libs mznode-bench) ||
    fail 'pkg-config: bench/echo.cpp does not compile'
  "$work/bench" list echo | grep -q mine || fail 'pkg-config: bench/echo.cpp does not run'
fi
for page in doc/mznode/README.md doc/mznode/doc/bench.md man/man1/mznode.1 bash-completion/completions/mznode zsh/site-functions/_mznode fish/vendor_completions.d/mznode.fish; do
  [[ -s $work/prefix/share/$page ]] || fail "share/$page is not installed"
done

# A bench of one's own: its right node survives what it says, its broken one is found.
bench=$work/build/bench_queue
"$bench" test -w queue -s shared --nemesis partition,loss --seeds 1..20 --time-limit 10 --store '' >"$work/log" 2>&1 ||
  { cat "$work/log"; fail 'bench_queue: the right node is not valid'; }
"$bench" test -w queue -s local --time-limit 10 --store '' >"$work/log" 2>&1 && fail 'bench_queue: the broken node is valid'
grep -q 'no order of the operations explains' "$work/log" || { cat "$work/log"; fail 'bench_queue: no explanation'; }
"$bench" test -w queue -s shared --nemesis partition --time-limit 10 --self-check >"$work/log" 2>&1 ||
  { cat "$work/log"; fail 'bench_queue: a seed does not repeat'; }

# The lint follows includes: nodes that can be tested lie in headers.
mkdir -p "$work/lint/parts"
cat >"$work/lint/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.25)
project(lint LANGUAGES CXX)
find_package(mznode REQUIRED COMPONENTS node)
add_executable(node main.cpp)
target_include_directories(node PRIVATE parts)
target_link_libraries(node PRIVATE mznode::mznode)
mznode_lint(node)
END
cat >"$work/lint/parts/node.hpp" <<'END'
#include <mznode/mznode.hpp>
inline mznode::Task<> ask(mznode::Node* node) {
  if ((co_await node->rpc("n2", "ping")).type == "pong") co_return;
}
END
printf '#include "node.hpp"\nint main() {}\n' >"$work/lint/main.cpp"
cmake -S "$work/lint" -B "$work/lint/build" -DCMAKE_PREFIX_PATH="$work/prefix" -DCMAKE_CXX_COMPILER="$compiler" >"$work/log" 2>&1
cmake --build "$work/lint/build" >"$work/log" 2>&1 && fail 'the lint does not look into headers'
grep -q 'parts/node.hpp:3: ' "$work/log" || { cat "$work/log"; fail 'the lint does not name the line of a header'; }

# As a part of another project, which builds no more of it than it needs. Nothing is downloaded.
mkdir "$work/part"
cp "$source/packaging/fetch_content/CMakeLists.txt" "$work/part"
cp "$source/examples/echo.cpp" "$work/part/my_node.cpp"
cmake -S "$work/part" -B "$work/part/build" -DFETCHCONTENT_SOURCE_DIR_MZNODE="$source" -DCMAKE_BUILD_TYPE=Debug \
  -DCMAKE_CXX_COMPILER="$compiler" >"$work/log" 2>&1 || { cat "$work/log"; fail 'FetchContent: the project cannot be configured'; }
cmake --build "$work/part/build" --target my_node >"$work/log" 2>&1 || { cat "$work/log"; fail 'FetchContent: my_node does not compile'; }
grep -q 'Checking the coroutines of my_node' "$work/log" || fail 'FetchContent: mznode_lint() does nothing'
"$work/part/build/my_node" </dev/null || fail 'FetchContent: my_node does not run'

# As a Debian package, unpacked into a root of its own.
if command -v dpkg-deb >/dev/null && command -v cpack >/dev/null; then
  cpack --config "$build/CPackConfig.cmake" -B "$work/deb" >"$work/log" 2>&1 || { cat "$work/log"; fail 'cpack'; }
  dpkg-deb --extract "$work"/deb/*.deb "$work/root" || fail 'the Debian package cannot be unpacked'
  "$work/root/usr/bin/mznode" --version | grep -q '^mznode [0-9]' || fail 'the program of the Debian package does not run'
  zsh=$work/root/usr/share/zsh
  [[ -s $zsh/vendor-completions/_mznode || -s $zsh/site-functions/_mznode ]] || fail 'the Debian package has no completions for zsh'
fi

# What the README promises about their size.
check_size() {
  local lines
  lines=$(grep -c '[^[:space:]]' "$work/examples/$1.cpp")
  [[ $lines -le $2 ]] || fail "$1.cpp has $lines lines that are not blank; $2 are allowed"
}
check_size echo 10
check_size broadcast 40
check_size lin_kv_proxy 30

# Lines are "sender body" on the way in; what the example says is compared, in any order, with "receiver body" lines.
converse() {
  local example=$1 said=$2 expected=$3 sender body actual
  actual=$(while read -r sender body; do
    printf '{"src":"%s","dest":"n0","body":%s}\n' "$sender" "$body"
  done <<<"$said" | "$work/build/example_$example" | sed -E 's/^\{"src":"n0","dest":"([^"]*)","body":(.*)\}$/\1 \2/')
  diff <(sort <<<"$expected") <(sort <<<"$actual") || fail "$example answered otherwise (> is what it said)"
}

converse echo 'c1 {"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}
c1 {"type":"echo","msg_id":2,"echo":{"b":1.10,"a":[18446744073709551615]}}
c1 {"type":"echo","msg_id":3}' \
  'c1 {"type":"init_ok","in_reply_to":1}
c1 {"type":"echo_ok","in_reply_to":2,"echo":{"b":1.10,"a":[18446744073709551615]}}
c1 {"type":"error","in_reply_to":3,"code":12,"text":"field \"echo\" is missing"}'

# It passes on what is new, to its neighbours, and not to where it came from.
converse broadcast 'c1 {"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0","n1","n2","n3"]}
c1 {"type":"topology","msg_id":2,"topology":{"n0":["n1","n2"],"n1":["n0"]}}
c1 {"type":"broadcast","msg_id":3,"message":7}
n1 {"type":"broadcast_ok","in_reply_to":1}
n2 {"type":"broadcast_ok","in_reply_to":2}
n1 {"type":"broadcast","msg_id":9,"message":8}
n2 {"type":"broadcast","msg_id":5,"message":7}
c1 {"type":"read","msg_id":4}' \
  'c1 {"type":"init_ok","in_reply_to":1}
c1 {"type":"topology_ok","in_reply_to":2}
c1 {"type":"broadcast_ok","in_reply_to":3}
n1 {"type":"broadcast","msg_id":1,"message":7}
n2 {"type":"broadcast","msg_id":2,"message":7}
n1 {"type":"broadcast_ok","in_reply_to":9}
n2 {"type":"broadcast","msg_id":3,"message":8}
n2 {"type":"broadcast_ok","in_reply_to":5}
c1 {"type":"read_ok","in_reply_to":4,"messages":[7,8]}'

# What the service knows for certain stays certain (20, 22); what it does not, does not (13).
converse lin_kv_proxy 'c1 {"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}
c1 {"type":"write","msg_id":2,"key":1,"value":3}
lin-kv {"type":"write_ok","in_reply_to":1}
c1 {"type":"read","msg_id":3,"key":1}
lin-kv {"type":"read_ok","in_reply_to":2,"value":3}
c1 {"type":"cas","msg_id":4,"key":1,"from":2,"to":4}
lin-kv {"type":"error","in_reply_to":3,"code":22,"text":"expected 2 but had 3"}
c1 {"type":"read","msg_id":5,"key":9}
lin-kv {"type":"error","in_reply_to":4,"code":20,"text":"key does not exist"}
c1 {"type":"write","msg_id":6,"key":1,"value":0}
lin-kv {"type":"error","in_reply_to":5,"code":0,"text":"timed out"}' \
  'c1 {"type":"init_ok","in_reply_to":1}
lin-kv {"type":"write","msg_id":1,"key":1,"value":3}
c1 {"type":"write_ok","in_reply_to":2}
lin-kv {"type":"read","msg_id":2,"key":1}
c1 {"type":"read_ok","in_reply_to":3,"value":3}
lin-kv {"type":"cas","msg_id":3,"key":1,"from":2,"to":4}
c1 {"type":"error","in_reply_to":4,"code":22,"text":"expected 2 but had 3"}
lin-kv {"type":"read","msg_id":4,"key":9}
c1 {"type":"error","in_reply_to":5,"code":20,"text":"key does not exist"}
lin-kv {"type":"write","msg_id":5,"key":1,"value":0}
c1 {"type":"error","in_reply_to":6,"code":13,"text":"timed out"}'
