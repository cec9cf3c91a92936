#!/usr/bin/env bash
# A Docker engine for tests, apart from any other on the machine: own state, own socket.
#   engine.sh start <folder>   starts it, makes the image oakring/busybox:test, prints its socket
#   engine.sh stop <folder>    ends it
# Needs dockerd, containerd and Debian's busybox-static; must run as root.
set -euo pipefail

action="${1:?start or stop}"
folder="${2:?a folder for the state of the engine}"
socket="$folder/docker.sock"

start() {
  mkdir -p "$folder/data" "$folder/exec" "$folder/containerd"
  containerd --root "$folder/containerd/root" --state "$folder/containerd/state" \
    --address "$folder/containerd.sock" >"$folder/containerd.log" 2>&1 &
  echo $! >"$folder/containerd.pid"
  for _ in $(seq 100); do [ -S "$folder/containerd.sock" ] && break; sleep 0.1; done
  # No bridge: containers of tests use no network, and the machine's firewall is left alone.
  dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/dockerd.own.pid" \
    --host "unix://$socket" --containerd "$folder/containerd.sock" \
    --iptables=false --ip6tables=false --bridge=none >"$folder/dockerd.log" 2>&1 &
  echo $! >"$folder/dockerd.pid"
  for _ in $(seq 300); do
    if docker --host "unix://$socket" version >/dev/null 2>&1; then
      make_image
      echo "$socket"
      return
    fi
    sleep 0.1
  done
  echo "The engine did not start:" >&2
  tail -n 20 "$folder/dockerd.log" >&2
  exit 1
}

make_image() {
  local root
  root="$(mktemp -d)"
  mkdir -p "$root/bin" "$root/tmp"
  cp /bin/busybox "$root/bin/busybox"
  for applet in sh sleep echo true false cat env; do ln -s busybox "$root/bin/$applet"; done
  tar -C "$root" -c . | docker --host "unix://$socket" import - oakring/busybox:test >/dev/null
  rm -rf "$root"
}

stop() {
  for part in dockerd containerd; do
    [ -f "$folder/$part.pid" ] || continue
    kill "$(cat "$folder/$part.pid")" 2>/dev/null || true
    for _ in $(seq 100); do kill -0 "$(cat "$folder/$part.pid")" 2>/dev/null || break; sleep 0.1; done
  done
  rm -rf "$folder" 2>/dev/null || true
}

"$action"
