# shellcheck shell=bash
# What the scripts beside this one share: the challenges, how to run one, how to read its results. Sourced, not run.
#
# The program under Maelstrom is $MAELSTROM, or `maelstrom` from PATH. With --embedded the same command lines go to
# `mznode test`, the embedded network, instead. $MZNODE is the node under test, build/release/mznode unless set.
set -euo pipefail

# The name of a program that holds in every directory, because Maelstrom runs in one of its own.
from_anywhere() {
  if [[ -f $1 && $1 != /* ]]; then printf '%s/%s' "$PWD" "$1"; else printf '%s' "$1"; fi
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mznode=$(from_anywhere "${MZNODE:-$root/build/release/mznode}")
stores=$root/build/maelstrom
maelstrom=$(from_anywhere "${MAELSTROM:-$(command -v maelstrom || true)}")
embedded=no
failures=0
rows=()

# What describe() says of transactions. Fly.io's challenge 6 runs the default strategy, with partitions where a p follows;
# a name such as la-raft or rw-raft stands for a test of lists, or of registers, at the model that this strategy declares.
describe_txn() {
  case $1 in la-*) workload=txn-list-append ;; *) workload=txn-rw-register ;; esac
  case $1 in
    6a) flags='--node-count 1 --time-limit 20 --rate 1000 --concurrency 2n --consistency-models read-uncommitted --availability total' ;;
    6b*) flags='--node-count 2 --time-limit 20 --rate 1000 --concurrency 2n --consistency-models read-uncommitted --availability total' ;;
    6c*) flags='--node-count 2 --time-limit 20 --rate 1000 --concurrency 2n --consistency-models read-committed --availability total' ;;
    *-single) flags='--node-count 1 --time-limit 20 --rate 100 --concurrency 4n --availability total' ;;
    *) flags='--node-count 3 --time-limit 30 --rate 100 --concurrency 2n --nemesis partition --nemesis-interval 5' ;;
  esac
  case $1 in
    6?p) flags+=' --nemesis partition' ;;
    *-root-cas) flags+=' --availability total' ;;
    *-hat) flags+=' --availability total --consistency-models read-atomic' ;;
  esac
  case $1 in *-*) options="--strategy ${1#*-}" ;; esac
}

# Describes a challenge of Fly.io's (https://fly.io/dist-sys): its workload, its flags, the options of our node, and the
# limits "msgs-per-op median-ms max-ms", where there are any. `4-lin-kv` is challenge 4 with the strategy lin-kv; `pn` is
# challenge 4 with the counter that also shrinks.
describe() {
  local flags='' options=''
  limits=()
  case $1 in
    1) workload=echo flags='--node-count 1 --time-limit 10' ;;
    2) workload=unique-ids flags='--time-limit 30 --rate 1000 --node-count 3 --availability total --nemesis partition' ;;
    3a) workload=broadcast flags='--node-count 1 --time-limit 20 --rate 10' ;;
    3b) workload=broadcast flags='--node-count 5 --time-limit 20 --rate 10' ;;
    3c) workload=broadcast flags='--node-count 5 --time-limit 20 --rate 10 --nemesis partition' ;;
    3d)
      workload=broadcast flags='--node-count 25 --time-limit 20 --rate 100 --latency 100'
      options='--strategy star' limits=(30 400 600)
      ;;
    3e)
      workload=broadcast flags='--node-count 25 --time-limit 20 --rate 100 --latency 100'
      options='--strategy star --flush-ms 1600' limits=(20 1000 2000)
      ;;
    4 | 4-*) workload=g-counter flags='--node-count 3 --rate 100 --time-limit 20 --nemesis partition' ;;
    6* | la-* | rw-*) describe_txn "$1" ;;
    # Not Fly.io's: the tutorial's (Maelstrom, doc/04-crdts), without and with partitions.
    g-set) workload=g-set flags='--node-count 5 --time-limit 20 --rate 10' ;;
    g-set-p) workload=g-set flags='--node-count 5 --time-limit 20 --rate 10 --nemesis partition --nemesis-interval 5' ;;
    pn | pn-*) workload=pn-counter flags='--node-count 3 --rate 100 --time-limit 20 --nemesis partition' ;;
    # Maelstrom's Raft chapter, doc/06-raft, its two hardest command lines; the name ends in that of a strategy.
    lin-kv-10s-*)
      workload=lin-kv options="--strategy ${1#lin-kv-10s-}"
      flags='--node-count 3 --concurrency 4n --rate 30 --time-limit 60 --nemesis partition --nemesis-interval 10'
      ;;
    lin-kv-3s-*)
      workload=lin-kv options="--strategy ${1#lin-kv-3s-}"
      flags='--node-count 3 --concurrency 10n --rate 100 --time-limit 60 --nemesis partition --nemesis-interval 3'
      ;;
    5a | 5a-*) workload=kafka flags='--node-count 1 --concurrency 2n --time-limit 20 --rate 1000' ;;
    5b | 5c | 5b-* | 5c-*) workload=kafka flags='--node-count 2 --concurrency 2n --time-limit 20 --rate 1000' ;;
    # Not Fly.io's: the same with partitions, and a node more, so that there are majorities.
    5p | 5p-*)
      workload=kafka
      flags='--node-count 3 --concurrency 2n --time-limit 20 --rate 1000 --nemesis partition --nemesis-interval 5'
      ;;
    *) echo "there is no challenge $1" >&2 && exit 2 ;;
  esac
  case $1 in 4-* | pn-* | 5?-*) options="--strategy ${1#*-}" ;; esac
  read -r -a test_flags <<<"$flags"
  read -r -a node_options <<<"$options"
}

require_mznode() {
  [[ -x $mznode ]] || { echo "$mznode is not there; \`make\` builds it" >&2 && exit 2; }
}

# The names of a workload's strategies, the default first.
strategies_of() {
  require_mznode
  "$mznode" list | awk -v heading="$1:" '
    /^[^ ]/ { is_wanted = $1 == heading }
    is_wanted && /^  [^ ]/ { sub(":", "", $1); print $1 }'
}

# The challenges that stand for a workload.
challenges_of() {
  local strategy
  case $1 in
    echo) echo 1 ;;
    unique-ids) echo 2 ;;
    broadcast) echo 3a 3b 3c 3d 3e ;;
    g-set) echo g-set g-set-p ;;
    counter) echo 4 4-seq-kv 4-lin-kv pn pn-seq-kv pn-lin-kv ;;
    lin-kv) for strategy in $(strategies_of lin-kv); do echo "lin-kv-10s-$strategy" "lin-kv-3s-$strategy"; done ;;
    kafka) echo 5a 5b 5c 5p 5a-lin-kv 5c-lin-kv 5p-lin-kv 5a-raft 5c-raft 5p-raft ;;
    txn) echo 6a 6b 6bp 6c 6cp rw-hat rw-root-cas rw-raft rw-single la-root-cas la-raft la-single ;;
  esac
}

# The value behind the path of keys in an EDN file: `edn FILE :net :servers :msgs-per-op`. Enough for Maelstrom's
# results, in which the keys of a path follow each other.
edn() {
  local file=$1 text key
  text=$(tr -s ',\n ' ' ' <"$file")
  shift
  for key in "$@"; do
    [[ $text == *[' {']"$key "* ]] || return 0
    text=${text#*[' {']"$key "}
  done
  sed -E 's/^([^] {})]*).*/\1/' <<<"$text"
}

# The verdict on the whole test is the last key of the file.
edn_verdict() { tr -s ',\n ' ' ' <"$1" | sed -nE 's/.*:valid\? ([a-z:]+) ?\} ?$/\1/p'; }

# True when $1 is a number below $2. What Maelstrom did not measure is below nothing.
below() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a ~ /^[0-9]/ && a + 0 < b + 0) }'; }

run_on_maelstrom() {
  local challenge=$1 results
  rm -rf "${stores:?}/$challenge"
  mkdir -p "$stores/$challenge"
  # Maelstrom writes its store into the directory where it runs; it exits non-zero when the test is invalid.
  (cd "$stores/$challenge" && "$maelstrom" test -w "$workload" --bin "$mznode" "${test_flags[@]}" -- \
    --workload "$workload" "${node_options[@]}") >"$stores/$challenge/output.txt" 2>&1 || true
  results=$stores/$challenge/store/latest/results.edn
  verdict=none ok='' msgs='' median='' max=''
  [[ -e $results ]] || return 0
  verdict=$(edn_verdict "$results")
  ok=$(edn "$results" :availability :ok-fraction)
  msgs=$(edn "$results" :net :servers :msgs-per-op)
  median=$(edn "$results" :stable-latencies 0.5)
  max=$(edn "$results" :stable-latencies 1)
}

judge() {
  case $verdict in
    true) verdict=valid ;;
    false) verdict=INVALID ;;
    none) verdict='NOT RUN' ;;
    *) verdict=UNKNOWN ;;
  esac
  if [[ $verdict == valid && ${#limits[@]} -eq 3 ]]; then
    if ! { below "$msgs" "${limits[0]}" && below "$median" "${limits[1]}" && below "$max" "${limits[2]}"; }; then
      verdict="BEYOND LIMITS ${limits[*]}"
    fi
  fi
  [[ $verdict == valid ]] || failures=$((failures + 1))
}

run_challenge() {
  local challenge=$1 command options
  describe "$challenge"
  command="maelstrom test -w $workload --bin mznode ${test_flags[*]} -- --workload $workload"
  command+=${node_options:+ ${node_options[*]}}
  run_on_maelstrom "$challenge"
  judge
  [[ -z $msgs ]] || msgs=$(printf '%.2f' "$msgs")
  [[ -z $ok ]] || ok=$(printf '%.2f' "$ok")
  printf '%-9s %-13s ok %-5s msgs/op %-6s median %-5s max %-5s  %s\n' "$challenge" "$verdict" "${ok:--}" "${msgs:--}" \
    "${median:--}" "${max:--}" "$command"
  options=${node_options:+ \`${node_options[*]}\`}
  rows+=("| $challenge | $workload$options | $verdict | ${msgs:-–} | ${median:-–} | ${max:-–} |")
  if [[ $verdict != valid ]]; then echo "    output and store: $stores/$challenge"; fi
}

write_table() {
  local table=$stores/results.md
  {
    echo '| challenge | workload and options | verdict | msgs/op | median stable latency, ms | max, ms |'
    echo '|---|---|---|---|---|---|'
    printf '%s\n' "${rows[@]}"
  } >"$table"
  echo "table: $table"
}

run_embedded() {
  local challenge arguments
  for challenge in "$@"; do
    describe "$challenge"
    arguments=(test -w "$workload" "${test_flags[@]}" "${node_options[@]}")
    echo "$challenge: mznode ${arguments[*]}"
    "$mznode" "${arguments[@]}" || failures=$((failures + 1))
  done
}

# Runs challenges; the script's own arguments come first, up to `--`.
run_challenges() {
  local challenge
  while [[ $1 != -- ]]; do
    case $1 in
      --embedded) embedded=yes ;;
      *) echo "usage: $(basename "$0") [--embedded]" >&2 && exit 2 ;;
    esac
    shift
  done
  shift
  require_mznode
  if [[ $embedded == yes ]]; then
    echo 'running on the embedded network'
    run_embedded "$@"
  else
    if [[ -z $maelstrom ]]; then
      echo "Maelstrom is missing: neither \$MAELSTROM nor PATH has it." >&2
      echo 'Get it from https://github.com/jepsen-io/maelstrom/releases (it needs a JDK, graphviz and gnuplot), or use --embedded.' >&2
      exit 2
    fi
    echo "running under Maelstrom ($maelstrom)"
    for challenge in "$@"; do run_challenge "$challenge"; done
    write_table
  fi
  [[ $failures -eq 0 ]]
}
