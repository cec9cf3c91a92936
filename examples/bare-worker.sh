#!/bin/sh
# A worker that is nothing but a shell script: it registers, reports, and prints the orders it gets.
#   examples/bare-worker.sh <node id> [broker host] [broker port]
# Where the broker asks for a credential, both programs find that of the machine by
#   XDG_CONFIG_HOME=oakring-data/credentials examples/bare-worker.sh <node id>
# Needs mosquitto_pub and mosquitto_sub (Debian: mosquitto-clients). It never acknowledges, so the
# cluster shows its instances as not confirmed.
#
# Of a closed cluster it becomes a node first, once, by a token of `oakring token create --role join` (needs curl):
#   OAKRING_WORKER_JOIN_TOKEN_FILE=join.token OAKRING_MANAGER_URL=http://… examples/bare-worker.sh <node id> …
# What it is known by from then on is in the folder OAKRING_WORKER_DATA (bare-worker-<node id>).
set -eu
id=${1:?a node id}
host=${2:-127.0.0.1}
port=${3:-${OAKRING_MQTT_PORT:-10003}}
data=${OAKRING_WORKER_DATA:-bare-worker-$id}
manager=${OAKRING_MANAGER_URL:-http://127.0.0.1:10100}

# It makes its secret itself, and keeps it before it says it: whatever is lost on the way, asking again is harmless.
# Secrets stand in files, for a command line is seen by everybody (ps). In a shell of its own, for the sake of umask.
join() (
  umask 077
  mkdir -p "$data"
  [ -s "$data/secret" ] || od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' > "$data/secret"
  secret=$(cat "$data/secret")
  # Read by the programs of these names, below XDG_CONFIG_HOME.
  for program in mosquitto_pub mosquitto_sub; do
    printf -- '-u %s\n-P %s\n' "$id" "$secret" > "$data/$program"
  done
  printf 'Authorization: Bearer %s\n' "$(cat "$1")" > "$data/header"
  printf '{"node":"%s","secret":"%s"}' "$id" "$secret" > "$data/join.json"
  until curl -sS --fail-with-body -H "@$data/header" -H 'Content-Type: application/json' \
    --data "@$data/join.json" "$manager/api/v1/joins" >&2; do sleep 2; done
  rm "$data/header" "$data/join.json"
  touch "$data/joined"
)

if [ -n "${OAKRING_WORKER_JOIN_TOKEN_FILE:-}" ] && [ ! -e "$data/joined" ]; then
  join "$OAKRING_WORKER_JOIN_TOKEN_FILE"
fi
if [ -e "$data/joined" ]; then
  XDG_CONFIG_HOME=$(cd "$data" && pwd)
  export XDG_CONFIG_HOME
fi

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
