#!/bin/sh
# Starts a replica set of one and makes it initiate itself, once.
set -eu
mongod --replSet rs --bind_ip_all "$@" &
server=$!
trap 'kill "$server"; wait "$server"' TERM INT
until mongosh --quiet --eval 'db.adminCommand("ping").ok' >/dev/null 2>&1; do
  # A server that cannot start ends the container, so that its restart policy sees it.
  kill -0 "$server" || exit 1
  sleep 0.5
done
mongosh --quiet --eval '
  try { rs.status() } catch (error) {
    rs.initiate({ _id: "rs", members: [{ _id: 0, host: "mongodb:27017" }] })
  }' >/dev/null
wait "$server"
