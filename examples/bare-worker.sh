#!/bin/sh
# A worker that is nothing but a shell script: it registers, reports, and prints the orders it gets.
#   examples/bare-worker.sh <node id> [broker host] [broker port]
# Where the broker asks for a credential, both programs find that of the machine by
#   XDG_CONFIG_HOME=oakring-data/credentials examples/bare-worker.sh <node id>
# Needs mosquitto_pub and mosquitto_sub (Debian: mosquitto-clients). It never acknowledges, so the
# cluster shows its instances as not confirmed.
set -eu
id=${1:?a node id}
host=${2:-127.0.0.1}
port=${3:-${OAKRING_MQTT_PORT:-10003}}

say() { mosquitto_pub -h "$host" -p "$port" -q 1 -t "nodes/$id/$1" -m "$2" 2>/dev/null; }

# mosquitto_sub finds a broker again that it has lost, but ends where there was none to begin with.
listen() {
  trap 'kill "$heard" 2>/dev/null; exit 0' TERM
  while :; do
    mosquitto_sub -h "$host" -p "$port" -q 1 -t "nodes/$id/controls" 2>/dev/null & heard=$!
    wait "$heard" || sleep 0.5
  done
}

# Listen first: an order sent before would be lost.
listen &
listener=$!
trap 'kill $listener 2>/dev/null; exit 0' INT TERM EXIT
sleep 0.5

# A broker takes a registration that no manager hears: only the answer to it says that it is on record.
register() {
  registration="{\"id\":\"$id\",\"name\":\"$(hostname)\",\"ip\":\"127.0.0.1\",\"port\":\"3000\"}"
  (sleep 0.5; say registration "$registration") &
  mosquitto_sub -h "$host" -p "$port" -q 1 -t "nodes/$id/registered" -C 1 -W 3 2>/dev/null
}

# A broker that is away is no reason to end: whoever finds it again registers anew.
registered=no
while :; do
  if [ "$registered" = no ]; then
    answer=$(register) || true
    case $answer in
      *'"accepted":true'*) registered=yes ;;
      '') echo "no broker at $host:$port, or no manager that answers there" >&2 ;;
      *) echo "$answer" >&2 ;;
    esac
  fi
  say information "{\"cpu\":\"12.5\",\"memory\":30}" || registered=no
  sleep 2
done
