# shellcheck shell=sh
# shellcheck disable=SC2001  # what any shell can do
# Without a first line that names an interpreter: the shell runs it.
read -r line
id=$(echo "$line" | sed 's/.*"msg_id":\([0-9]*\).*/\1/')
src=$(echo "$line" | sed 's/.*"src":"\([^"]*\)".*/\1/')
echo "in $PWD with $1" >&2
echo "{\"src\":\"n1\",\"dest\":\"$src\",\"body\":{\"type\":\"init_ok\",\"in_reply_to\":$id}}"
while read -r line; do :; done
