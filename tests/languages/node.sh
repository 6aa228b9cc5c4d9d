#!/usr/bin/env bash
# The node in a shell: it understands as much of JSON as it has to.
wrong=${1:-right}
me='' count=0
peers=()
declare -A seen pending

say() { printf '{"src":"%s","dest":"%s","body":{%s}}\n' "$me" "$1" "$2"; }

# field NAME: the value of a field of $line, as it stands there.
field() {
  [[ $line =~ \"$1\":\ ?(\"[^\"]*\"|\[[^]]*\]|[^,}]*) ]] && value=${BASH_REMATCH[1]} || value=''
}

learn() { # the messages, separated by commas, and who told them
  local fresh='' each peer
  for each in ${1//,/ }; do
    [[ -n ${seen[$each]} ]] && continue
    seen[$each]=1 fresh+=${fresh:+,}$each
  done
  [[ -z $fresh ]] && return
  for peer in "${peers[@]}"; do
    [[ $peer == "$2" ]] && continue
    [[ $wrong == wrong ]] || for each in ${fresh//,/ }; do pending[$peer/$each]=1; done
    say "$peer" "\"type\":\"gossip\",\"messages\":[$fresh]"
  done
}

join() { local IFS=,; echo "$*"; }

handle() {
  field src; source=${value//\"/}
  field type; type=${value//\"/}
  field msg_id; reply=${value:+,\"in_reply_to\":$value}
  case $type in
    init)
      field node_id; me=${value//\"/}
      field node_ids; value=${value//[\]\[\" ]/}
      for each in ${value//,/ }; do [[ $each == "$me" ]] || peers+=("$each"); done
      say "$source" "\"type\":\"init_ok\"$reply"
      [[ $wrong == wrong ]] || for each in "${peers[@]}"; do say "$each" '"type":"hello"'; done ;;
    echo) field echo; say "$source" "\"type\":\"echo_ok\",\"echo\":$value$reply" ;;
    generate)
      [[ $wrong == wrong ]] && id=$((++count)) || id="\"$me-$RANDOM$RANDOM$RANDOM$RANDOM\""
      say "$source" "\"type\":\"generate_ok\",\"id\":$id$reply" ;;
    broadcast) field message; learn "$value" ''; say "$source" "\"type\":\"broadcast_ok\"$reply" ;;
    topology) say "$source" "\"type\":\"topology_ok\"$reply" ;;
    gossip)
      field messages; list=${value//[\]\[ ]/}
      learn "$list" "$source"
      say "$source" "\"type\":\"gossip_ok\",\"messages\":[$list]" ;;
    gossip_ok)
      field messages; list=${value//[\]\[ ]/}
      for each in ${list//,/ }; do unset "pending[$source/$each]"; done ;;
    hello) for each in "${!seen[@]}"; do pending[$source/$each]=1; done ;;
    read) say "$source" "\"type\":\"read_ok\",\"messages\":[$(join "${!seen[@]}")]$reply" ;;
  esac
}

tell_again() {
  local peer each list
  for peer in "${peers[@]}"; do
    list=''
    for each in "${!pending[@]}"; do [[ $each == "$peer/"* ]] && list+=${list:+,}${each#*/}; done
    [[ -n $list ]] && say "$peer" "\"type\":\"gossip\",\"messages\":[$list]"
  done
}

while :; do
  if IFS= read -r -t 0.2 line; then
    handle
  elif (($? > 128)); then
    tell_again
  else
    exit 0
  fi
done
