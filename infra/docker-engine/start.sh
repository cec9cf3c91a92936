#!/bin/sh
# A private Docker engine for tests: its own socket and data, no registry, no change to a system's
# engine. Needs root on a Debian-like machine; missing packages are installed by name.
#
#   infra/docker-engine/start.sh [folder]        starts it, prints its DOCKER_HOST on stdout
#   infra/docker-engine/start.sh stop [folder]   ends it and removes its data
#
# The folder (default /tmp/oakring-docker-engine) holds sockets, data, logs and pids. The image
# oakring/busybox:test is imported into it. Containers get no bridge: network `none` or `host`.
set -eu
# Debian keeps servers where only root looks.
PATH="$PATH:/usr/sbin:/sbin"

image=oakring/busybox:test
start_within_seconds=60

main() {
  case "${1:-}" in
    stop) folder=${2:-/tmp/oakring-docker-engine}; stop_engine ;;
    -h | --help) sed -n '2,9p' "$0" ;;
    *) folder=${1:-/tmp/oakring-docker-engine}; start_engine ;;
  esac
}

start_engine() {
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  host="unix://$folder/docker.sock"
  if ! engine_answers; then
    install_missing
    start_daemons
  fi
  import_image
  echo "$host"
}

install_missing() {
  packages=""
  command -v dockerd >/dev/null && command -v containerd >/dev/null || packages="docker.io"
  command -v docker >/dev/null || packages="docker.io docker-cli"
  has_static_busybox || packages="$packages busybox-static"
  [ -n "$packages" ] || return 0
  say "installing $packages"
  apt-get update -q >&2
  # Some releases have the client inside docker.io, others in docker-cli.
  case "$packages" in
    *docker-cli*) apt-cache show docker-cli >/dev/null 2>&1 || packages=$(echo "$packages" | sed 's/docker-cli//') ;;
  esac
  # shellcheck disable=SC2086 # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $packages >&2
}

has_static_busybox() {
  path=$(command -v busybox) && ! ldd "$path" >/dev/null 2>&1
}

start_daemons() {
  # Leftovers of an engine that was killed would be taken for a running one.
  rm -f "$folder/docker.sock" "$folder/containerd.sock" "$folder/docker.pid"
  setsid containerd --address "$folder/containerd.sock" --root "$folder/containerd" \
    --state "$folder/containerd-run" >"$folder/containerd.log" 2>&1 &
  echo $! >"$folder/containerd.pid"
  wait_until "containerd" test -S "$folder/containerd.sock"
  # Without a bridge no iptables are needed, and nothing of the machine's network is changed.
  setsid dockerd --host "$host" --containerd "$folder/containerd.sock" \
    --data-root "$folder/data" --exec-root "$folder/run" --pidfile "$folder/docker.pid" \
    --iptables=false --ip6tables=false --bridge=none >"$folder/dockerd.log" 2>&1 &
  echo $! >"$folder/dockerd.pid"
  wait_until "dockerd" engine_answers
}

engine_answers() {
  [ -S "$folder/docker.sock" ] && docker --host "$host" version >/dev/null 2>&1
}

wait_until() {
  what=$1
  shift
  waited=0
  until "$@"; do
    if [ "$waited" -ge "$start_within_seconds" ]; then
      say "$what did not start within $start_within_seconds s:"
      tail -n 20 "$folder/$what.log" >&2
      exit 1
    fi
    sleep 1
    waited=$((waited + 1))
  done
}

# One static program with its other names as links: all that the tests run.
import_image() {
  docker --host "$host" image inspect "$image" >/dev/null 2>&1 && return 0
  rootfs=$(mktemp -d)
  mkdir -p "$rootfs/bin" "$rootfs/tmp"
  cp "$(command -v busybox)" "$rootfs/bin/busybox"
  for name in sh sleep true false echo cat env; do
    ln -s busybox "$rootfs/bin/$name"
  done
  tar -C "$rootfs" -c . | docker --host "$host" import - "$image" >/dev/null
  rm -rf "$rootfs"
}

stop_engine() {
  [ -d "$folder" ] || return 0
  folder=$(cd "$folder" && pwd)
  end_process dockerd
  end_process containerd
  # What a killed engine left mounted.
  awk -v below="$folder/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r |
    while read -r mount; do umount -l "$mount" || true; done
  rm -rf "$folder"
}

end_process() {
  [ -f "$folder/$1.pid" ] || return 0
  pid=$(cat "$folder/$1.pid")
  # A pid of long ago may belong to somebody else by now.
  if ! grep -qa "$folder" "/proc/$pid/cmdline" 2>/dev/null; then return 0; fi
  kill "$pid"
  waited=0
  while kill -0 "$pid" 2>/dev/null && [ "$waited" -lt 20 ]; do
    sleep 0.5
    waited=$((waited + 1))
  done
  kill -9 "$pid" 2>/dev/null || true
}

say() {
  echo "docker-engine: $*" >&2
}

main "$@"
