#!/usr/bin/env bash
# Fly.io's challenges as README.md and doc/measurements.md show them: `maelstrom-runs/flyio.sh [--write | --check]`. Each
# runs on the embedded network, in virtual time, with seeds 0 to 19; the figures under Maelstrom are those of the last
# runs in RESULTS.md. Without an option the long table is printed; --write puts both tables into the pages, and --check
# tells whether they are there.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
require_mznode
seeds=0..19

# The least and the most of the numbers in standard input, a line each, as `0.32 to 0.33`, or one where they are equal.
range() {
  sort -g | awk -v format="$1" '
    { value[NR] = sprintf(format, $1) }
    END { print value[1] == value[NR] ? value[1] : value[1] " to " value[NR] }'
}

# What RESULTS.md says of a challenge, in the first table that has it: `under_maelstrom CHALLENGE COLUMN`.
under_maelstrom() {
  awk -F ' *[|] *' -v challenge="$1" -v heading="$2" '
    { for (i = 2; i < NF; i++) if ($i == heading) column = i }
    $2 == challenge { print $column; exit }' "$root/maelstrom-runs/RESULTS.md"
}

# The latencies of a challenge that limits them: median and maximum of each seed, a line each.
latencies() {
  local seed
  for seed in {0..19}; do
    "$mznode" test -w "$workload" "${test_flags[@]}" "${node_options[@]}" --seed "$seed" --json --store '' |
      sed -nE 's/.*"stable-latencies":\{[^}]*"0.5":([0-9.]+)[^}]*"1":([0-9.]+)\}.*/0.5 \1\n1 \2/p'
  done
}

# Sets `row`, and `short_row` where somebody counts messages elsewhere; 5b and 5c are one test.
measure() {
  local challenge=$1 task=$2 elsewhere=$3 lines valid all verdict strategy
  describe "$challenge"
  lines=$("$mznode" test -w "$workload" "${test_flags[@]}" "${node_options[@]}" --seeds "$seeds" --json --store '' || true)
  valid=$(grep -c '"valid?":true' <<<"$lines" || true)
  all=$(grep -c '' <<<"$lines")
  verdict=valid
  [[ $valid == "$all" ]] || { verdict="$valid of $all valid" && failures=$((failures + 1)); }
  strategy=${node_options[*]#--strategy}
  strategy=${strategy# }
  strategy=${strategy:-$(strategies_of "$workload" | head -n 1)}
  local here maelstrom
  here=$(sed -nE 's/.*"msgs-per-op":([0-9.e-]+).*/\1/p' <<<"$lines" | range %.2f)
  maelstrom=$(under_maelstrom "$challenge" msgs/op)
  row="| $challenge $task | \`$strategy\` | $verdict | $here | $maelstrom | ${elsewhere:-–} |"
  short_row=''
  [[ -z $elsewhere || $challenge == 5b ]] || short_row="| $challenge $task | \`$strategy\` | $here | $maelstrom | $elsewhere |"
  latency_line=''
  if [[ ${#limits[@]} -eq 3 ]]; then
    local measured median most
    measured=$(latencies)
    median=$(sed -n 's/^0.5 //p' <<<"$measured" | range %.0f)
    most=$(sed -n 's/^1 //p' <<<"$measured" | range %.0f)
    latency_line="- $challenge asks for fewer than ${limits[0]} messages, and for latencies below ${limits[1]} ms at the median and ${limits[2]} ms at most:
  here $median and $most ms, under Maelstrom $(under_maelstrom "$challenge" 'median stable latency, ms') and $(under_maelstrom "$challenge" 'max, ms') ms."
  fi
}

long='| challenge | strategy | verdict | messages, seeds 0 to 19 | under Maelstrom | elsewhere |
|---|---|---|---|---|---|
'
short='| challenge | strategy | messages, seeds 0 to 19 | under Maelstrom | elsewhere |
|---|---|---|---|---|
'
notes=''
for challenge in 1 2 3a 3b 3c 3d 3e 4 5a 5b 5c 6a 6b 6c; do
  about=$("$mznode" challenge "$challenge" --json --store '' || true)
  task=$(sed -nE 's/.*"task":"([^"]*)".*/\1/p' <<<"$about")
  measure "$challenge" "$task" "$(sed -nE 's/.*"elsewhere":\{"msgs-per-op":([0-9.]+)\}.*/\1/p' <<<"$about")"
  long+=$row$'\n'
  [[ -z $short_row ]] || short+=$short_row$'\n'
  [[ -z $latency_line ]] || notes+=$latency_line$'\n'
done
long+=$'\n'$notes

# The page with a table between its marks: `with_table PAGE TABLE NAME`.
with_table() {
  TABLE=$2 awk -v begin="<!-- maelstrom-runs/flyio.sh: $3 -->" '
    $0 == "<!-- end -->" && is_inside { is_inside = 0 }
    !is_inside { print }
    $0 == begin { is_inside = 1; printf "%s", ENVIRON["TABLE"] }' "$1"
}

apply() {
  local page=$1 new
  new=$(with_table "$root/$page" "$2" "$3")
  if [[ $mode == --write ]]; then
    printf '%s\n' "$new" >"$root/$page"
  elif ! diff <(printf '%s\n' "$new") "$root/$page"; then
    echo "$page: the table is not what maelstrom-runs/flyio.sh --write makes"
    failures=$((failures + 1))
  fi
}

mode=${1:-}
case $mode in
  '') printf '%s' "$long" ;;
  --write | --check)
    apply README.md "$short" short
    apply doc/measurements.md "$long" long
    ;;
  *) echo "usage: $(basename "$0") [--write | --check]" >&2 && exit 2 ;;
esac
[[ $failures -eq 0 ]]
