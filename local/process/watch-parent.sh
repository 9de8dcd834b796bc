# Ends a server when the process that started it is gone, however it went (a SIGKILL included).
#
# Standard input is a pipe whose only writer is that process: its end is the parent's end. It first says the server's process
# group, later "released" once it has stopped the server itself. A shell and not a Node process, because it costs a megabyte
# and because whoever kills all Node processes by name must not leave the servers behind.
#
# `kill -s NAME -- -GROUP` is the one spelling that every shell takes for a group.
#
#   sh watch-parent.sh STOP_SECONDS [TEMPORARY_FOLDER]
trap '' INT TERM HUP
read -r group || exit 0
read -r word && [ "$word" = released ] && exit 0

kill -s TERM -- "-$group" 2>/dev/null
tenths=$(($1 * 10))
while [ "$tenths" -gt 0 ] && kill -s 0 -- "-$group" 2>/dev/null; do
  sleep 0.1
  tenths=$((tenths - 1))
done
kill -s KILL -- "-$group" 2>/dev/null
[ -z "$2" ] || rm -rf -- "$2"
