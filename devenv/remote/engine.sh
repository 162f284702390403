#!/bin/bash
# The engine's processes, each in its turn and started anew when it ends. `./dev remote up` runs this in the engine's root;
# /engine is the engine's folder, /site has BuildGrid. What an action may ask for by the property `inject`: `shell`, a static one; `image`,
# the same and glibc, with the libraries that ./dev's rustc is linked with.
#
# usage: engine.sh start WORKER... ; a worker is NAME[,KEY=VALUE...]: its host's name, and the properties that it claims.
# ENGINE_PORT: where BuildGrid listens. ENGINE_JOBS: how many actions a worker runs at once.
set -euo pipefail

export PATH=/usr/lib/postgresql/18/bin:/usr/bin PYTHONPATH=/site HOME=/engine

# supervise NAME COMMAND...: runs a command again and again. /engine/pid/NAME has the number of its process.
supervise() {
  local name=$1
  shift
  while true; do
    (
      echo "$BASHPID" >"/engine/pid/$name"
      exec "$@"
    ) >>"/engine/log/$name" 2>&1 || echo "engine: $name ended ($?)" >>"/engine/log/$name"
    sleep 0.2
  done
}

# until_there SECONDS FILE WHAT: waits for a socket.
until_there() {
  local left=$(($1 * 10))
  until [[ -e $2 ]]; do
    ((left-- > 0)) || { echo "engine: no $3 after $1 s, see /engine/log" >&2 && exit 1; }
    sleep 0.1
  done
}

# A worker is a host of its own: with a name, processes and a mount namespace, and without a network. Its cache (casd) and itself
# speak with BuildGrid by a socket.
worker() {
  local name=${1%%,*}
  mkdir -p "/engine/workers/$name/cas"
  supervise "$name" unshare --user --map-current-user --pid --fork --kill-child --mount-proc \
    bwrap --die-with-parent --dev-bind / / --bind /proc /proc --unshare-net --unshare-uts --hostname "$name" \
    "$0" host "$1"
}

# host WORKER: what runs on a worker's host, until one of both ends.
host() {
  local name=${1%%,*} properties=() folder words=() property
  folder=/engine/workers/$name
  rm -f "$folder/casd.sock"
  IFS=, read -ra properties <<<"$1"
  for property in "${properties[@]:1}"; do words+=("--platform=$property"); done
  # Seconds that a busy machine may take for what it reads and writes: LLVM's program is 186 MB.
  buildbox-casd --cas-remote=unix:/engine/buildgrid.sock --cas-request-timeout=600 --bind="unix:$folder/casd.sock" --quota-high=8G \
    --log-level=warning "$folder/cas" &
  until_there 120 "$folder/casd.sock" "cache of worker $name"
  PATH=/runner/bin:$PATH buildbox-worker --bots-remote=unix:/engine/buildgrid.sock --cas-remote="unix:$folder/casd.sock" --cas-request-timeout=600 \
    --buildbox-run=/usr/bin/buildbox-run-bubblewrap --concurrent-jobs="$ENGINE_JOBS" \
    --runner-arg=--request-timeout=600 --runner-arg=--staging-mode=copy-or-link --runner-arg=--ro-bind-mount=shell:/shell:/bin --runner-arg=--ro-bind-mount=shell:/shell:/usr/bin \
    --runner-arg=--ro-bind-mount=image:/shell:/bin --runner-arg=--ro-bind-mount=image:/shell:/usr/bin \
    --runner-arg=--ro-bind-mount=image:/libc/lib:/lib --runner-arg=--ro-bind-mount=image:/libc/lib64:/lib64 \
    "${words[@]}" --log-level=info "$name" &
  wait -n
}

# labels WORKER...: prints what actions may ask for, for BuildGrid: the first properties of a worker, none to all. An action goes by the
# first of these that has all that it asks for.
labels() {
  local worker properties count label pair
  for worker; do
    IFS=, read -ra properties <<<"$worker"
    for ((count = 0; count < ${#properties[@]}; count++)); do
      label=
      for pair in "${properties[@]:1:count}"; do label+=" [\"${pair%%=*}\", \"${pair#*=}\"],"; done
      echo "$count properties: [$label ] }"
    done
  done | sort -u | sort -ns -k1,1 | awk '{ $1 = "- { label: kind-" NR ","; print }'
}

# start WORKER...: as a user other than root, as PostgreSQL wants it, and in namespaces that end with the process of /engine/engine.pid.
start() {
  echo $$ >/engine/engine.pid
  exec unshare --user --map-user=1000 --map-group=1000 --pid --fork --kill-child --mount-proc --ipc "$0" run "$@"
}

# run WORKER...: the first process of the namespaces.
run() {
  mkdir /engine/{pid,log,cas,workers}
  initdb --pgdata=/engine/database --username=engine --auth=trust --no-sync --encoding=UTF8 --locale=C >/engine/log/initdb 2>&1
  # Nothing here outlives the engine that is worth a wait for the disk.
  supervise database postgres -D /engine/database -k /engine -c listen_addresses= -c fsync=off -c synchronous_commit=off \
    -c max_connections=100 &
  until_there 120 /engine/.s.PGSQL.5432 database
  python3 /site/bin/bgd migrate apply "postgresql://engine@/postgres?host=/engine" >/engine/log/migrate 2>&1
  labels "$@" | sed 's/^/        /' >/engine/labels
  sed -e '/property-labels: \[\]/ { s/ \[\]//; r /engine/labels' -e '}' /runner/buildgrid.yml >/engine/buildgrid.yml
  supervise buildgrid python3 /site/bin/bgd server start /engine/buildgrid.yml &
  until_there 240 /engine/buildgrid.sock BuildGrid
  for worker; do worker "$worker" & done

  # For tests of what happens then: `NAME` on a line of /engine/control kills that process, and what it started.
  mkfifo /engine/control
  exec {control}<>/engine/control
  while read -r name <&"$control"; do
    kill -KILL "$(<"/engine/pid/$name")" || continue
    echo "engine: $name was killed, as asked for" >>"/engine/log/$name"
  done
}

"$@"
