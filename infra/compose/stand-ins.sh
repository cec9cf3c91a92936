#!/bin/sh
# Images for a machine that reaches no registry of images, under the very names that the Dockerfile and
# docker-compose.yml ask for: Debian's own Mosquitto and Prometheus, Node from the npm package
# `node-linux-…`, mongod from infra/mongo/find-mongod.ts. They stand in for Node's image, the one
# without a shell, Mosquitto's, MongoDB's and Prometheus's; there is nothing to stand in for Grafana's
# three. An image that is there already is left as it is.
#
#   infra/compose/stand-ins.sh            on the engine of DOCKER_HOST
#
# Needs Debian (apt-get, dpkg), npm and docker. Nothing is installed.
set -eu
cd "$(dirname "$0")/../.."
cache=${XDG_CACHE_HOME:-$HOME/.cache}/oakring/stand-ins
# What an image without a shell has; and what the others have, with all that it depends on.
of_base='base-files libc6 libgcc-s1 libstdc++6 libssl3 tzdata'
of_debian='bash dash coreutils grep sed libcurl4 mosquitto mosquitto-clients prometheus'
unused='usr/share/doc usr/share/man usr/share/locale usr/share/javascript usr/share/perl usr/share/nodejs
usr/share/fonts usr/lib/x86_64-linux-gnu/perl usr/lib/x86_64-linux-gnu/perl-base'

main() {
  node_image=$(sed -n 's/^ARG NODE_IMAGE=//p' infra/image/Dockerfile)
  base_image=$(sed -n 's/^ARG BASE_IMAGE=//p' infra/image/Dockerfile)
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  is_here "$base_image" || import_base
  make node "$node_image"
  make mosquitto "$(image_of eclipse-mosquitto)"
  make mongo "$(image_of mongo)"
  make prometheus "$(image_of prom/prometheus)"
}

is_here() { docker image inspect "$1" >/dev/null 2>&1; }

# What the compose file calls the image of that name, with its tag.
image_of() { sed -n "s|^ *image: *\($1:.*\)|\1|p" docker-compose.yml | head -n 1; }

make() {
  is_here "$2" && return 0
  is_here oakring/stand-in:debian || import_debian
  say "$2"
  docker build --quiet --network none --target "$1" --tag "$2" - \
    <infra/compose/stand-ins.Dockerfile >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
}

import_base() {
  say "$base_image"
  download
  root=$work/base
  # shellcheck disable=SC2086 # a list of names
  unpack "$root" $of_base
  tar -C "$root" --owner=0 --group=0 -c . |
    docker import --change 'USER 65532' --change 'ENV PATH=/usr/local/bin:/usr/bin:/bin' - "$base_image" >/dev/null
}

# One root file system for all the others: they differ in their users and folders.
import_debian() {
  say 'Debian, Node and mongod'
  download
  root=$work/debian
  # shellcheck disable=SC2046 # a list of names
  unpack "$root" $(cat "$work/names")
  add_node "${node_image#*:}"
  cp "$(npm run --silent mongod)" "$root/usr/bin/mongod"
  # shellcheck disable=SC2086 # a list of paths
  (cd "$root" && rm -rf $unused)
  tar -C "$root" --owner=0 --group=0 -c . | docker import - oakring/stand-in:debian >/dev/null
}

# The packages, as for a machine with nothing on it: with all that they depend on. Their names are
# then in $work/names.
download() {
  [ ! -f "$work/names" ] || return 0
  mkdir -p "$cache/archives/partial"
  : >"$work/status"
  # shellcheck disable=SC2086 # lists of names
  apt_get --simulate $of_base $of_debian | sed -n 's/^Inst \([^ :]*\).*/\1/p' >"$work/names"
  # shellcheck disable=SC2086
  apt_get $of_base $of_debian >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; exit 1; }
}

apt_get() {
  apt-get install --yes -qq --download-only --no-install-recommends -o Debug::NoLocking=1 \
    -o Dir::State::status="$work/status" -o Dir::Cache::archives="$cache/archives" \
    -o APT::Sandbox::User="$(id -un)" "$@"
}

# The files of packages in a folder, and what their installation would have made of it.
unpack() {
  root=$1
  shift
  for folder in bin sbin lib lib64; do
    mkdir -p "$root/usr/$folder"
    ln -s "usr/$folder" "$root/$folder"
  done
  for name in "$@"; do
    # The newest one, where earlier runs have left theirs.
    archive=$(ls -t "$cache/archives/$name"_*.deb | head -n 1)
    dpkg-deb --fsys-tarfile "$archive" | tar -C "$root" --keep-directory-symlink -x
  done
  mkdir -p "$root/etc/ssl/certs" "$root/tmp"
  chmod 1777 "$root/tmp"
  # Those that this machine trusts: its registry of packages may have one of its own.
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  for user in root:0 mongodb:999 mosquitto:1883 nonroot:65532 nobody:65534; do
    echo "${user%:*}:x:${user#*:}:${user#*:}::/:/bin/false" >>"$root/etc/passwd"
    echo "${user%:*}:x:${user#*:}:" >>"$root/etc/group"
  done
}

# The version that the Dockerfile names, and this machine's npm with its registry.
add_node() {
  version=${1%%-*}
  platform=linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
  archive=$cache/node-$platform-$version.tgz
  if [ ! -f "$archive" ]; then
    (cd "$work" && npm pack --silent "node-$platform@$version" >/dev/null)
    mv "$work/node-$platform-$version.tgz" "$archive"
  fi
  mkdir -p "$root/usr/local/bin" "$root/usr/local/lib/node_modules" "$root/usr/local/etc"
  tar -xzf "$archive" -C "$root/usr/local/bin" --strip-components=2 package/bin/node
  npm_folder=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  cp -RL "$npm_folder" "$root/usr/local/lib/node_modules/npm"
  for program in npm npx; do
    ln -s "../lib/node_modules/npm/bin/$program-cli.js" "$root/usr/local/bin/$program"
  done
  printf 'registry=%s\ncafile=/etc/ssl/certs/ca-certificates.crt\n' "$(npm config get registry)" \
    >"$root/usr/local/etc/npmrc"
}

say() { echo "stand-ins: $*" >&2; }

main
