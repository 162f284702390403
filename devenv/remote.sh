# shellcheck shell=bash
# ./dev remote: a remote execution engine on this machine, whose workers give an action nothing but its inputs. docs/remote.md.

# Where `./dev remote up` keeps what the engine has, and the file that says where it listens.
remote_folder=$cache/remote
remote_port_file=$remote_folder/port

# remote_port: prints the port of the engine that runs, or the one at which it would.
remote_port() {
  if [[ ! ${TOOLCHAINS_GO_RACE_REMOTE_PORT-} && -e $remote_port_file ]]; then
    cat "$remote_port_file"
  else
    echo "${TOOLCHAINS_GO_RACE_REMOTE_PORT:-8980}"
  fi
}

# remote up|down|status
remote() {
  case ${1-} in
    up) remote_up ;;
    down) remote_down ;;
    status) remote_status ;;
    *) fail "remote wants one of: up, down, status" "./dev remote $*" "./dev remote up (docs/remote.md)" ;;
  esac
}

remote_up() {
  local port
  port=$(remote_port)
  find_engine
  if engine_runs "$remote_folder"; then
    say "dev: the engine runs already, at grpc://127.0.0.1:$port"
    return
  fi
  if port_answers "$port"; then
    fail "another program listens at the engine's port" "127.0.0.1:$port" "set TOOLCHAINS_GO_RACE_REMOTE_PORT to a free port"
  fi
  start_engine "$remote_folder" "$port" "$(nproc)" worker-1,OSFamily=linux,ISA=x86-64
  echo "$port" >"$remote_port_file"
  say "dev: the engine runs at grpc://127.0.0.1:$port. Use it: ./dev bazel test --config=remote …"
}

# remote_down: the engine's processes and all that it keeps go.
remote_down() {
  local runs="no engine runs"
  ! engine_runs "$remote_folder" || runs="the engine has ended"
  forget_engine "$remote_folder"
  say "dev: $runs"
}

# remote_status: succeeds if an engine runs, and says what it has.
remote_status() {
  if ! engine_runs "$remote_folder"; then
    say "dev: no engine runs (./dev remote up starts one)"
    return 1
  fi
  find_engine
  say "dev: the engine runs at grpc://127.0.0.1:$(remote_port)"
  say "  workers:            $(ask_engine "$remote_folder" "select string_agg(bot_id, ', ' order by bot_id) from bots")"
  say "  actions executed:   $(ask_engine "$remote_folder" "select count(*) from jobs where stage = 4")"
  say "  waiting or running: $(ask_engine "$remote_folder" "select count(*) from jobs where stage < 4")"
  say "  on disk:            $(du -sh "$remote_folder" | cut -f1) in $remote_folder"
}

# start_engine FOLDER PORT JOBS WORKER...: starts the programs of $engine (and $root has an image for actions), with what they keep in FOLDER, and waits until all workers
# are there. What an earlier engine has left in FOLDER goes: it may be half-written. BuildGrid listens on the loopback interface. Each worker runs JOBS actions at once; remote/engine.sh says what a WORKER is.
#
# All its processes hold FOLDER/lock. They are in a user namespace (PostgreSQL refuses to run as root) and in a process namespace
# that ends with the process of FOLDER/engine.pid.
start_engine() {
  local folder=$1 port=$2 jobs=$3 start=$SECONDS
  shift 3
  forget_engine "$folder"
  mkdir -p "$folder"
  echo "engine:x:1000:1000::/engine:/bin/bash" >"$folder/passwd"
  (
    cd /
    # shellcheck disable=SC2034  # enter takes them
    enter_options=(--ro-bind "$folder/passwd" /etc/passwd --bind "$folder" /engine --ro-bind "$repo/devenv/remote" /runner
      --ro-bind "$engine/site" /site --ro-bind "$engine/shell" /shell
      --ro-bind "$root/root/usr/lib" /libc/lib --ro-bind "$root/root/usr/lib64" /libc/lib64
      --setenv ENGINE_PORT "$port" --setenv ENGINE_JOBS "$jobs")
    # shellcheck disable=SC2016  # the words are that shell's
    setsid -f flock --nonblock --no-fork "$folder/lock" bash -euo pipefail -c '
      eval "$1"
      source "$repo/devenv/enter.sh"
      enter "${@:2}"
    ' engine "$(declare -p repo enter_options)" "$engine/root" /runner/engine.sh start "$@" >"$folder/engine.log" 2>&1 </dev/null
  )
  until [[ $(ask_engine "$folder" "select count(*) from bots" 2>/dev/null) == "$#" ]]; do
    if ((SECONDS - start > 300)) || { ((SECONDS - start > 1)) && ! engine_runs "$folder"; }; then
      tail -n 5 "$folder/engine.log" "$folder"/log/* | sed 's/^/    /' >&2
      stop_engine "$folder"
      fail "the engine did not start, or not within 300 s (the ends of its logs are above)" "$folder/log" "mend what they name, and try again"
    fi
    sleep 0.1
  done
}

# engine_runs FOLDER: whether any process of it is there.
engine_runs() { [[ -e $1/lock ]] && ! flock --nonblock "$1/lock" true; }

# stop_engine FOLDER: ends all its processes, if there are any, and returns when they are gone.
stop_engine() {
  engine_runs "$1" || return 0
  [[ ! -e $1/engine.pid ]] || kill -KILL "$(<"$1/engine.pid")"
  flock --timeout 20 "$1/lock" true ||
    fail "the engine does not end" "process $(<"$1/engine.pid") and those below it" "look at them: ps axf"
}

# forget_engine FOLDER: removes all that an engine keeps, once it has ended.
forget_engine() {
  stop_engine "$1"
  remove "$1"
}

# ask_engine FOLDER SQL: prints what the engine's database says.
ask_engine() (
  cd /
  # shellcheck disable=SC2034  # enter takes them
  enter_options=(--bind "$1" /engine)
  enter "$engine/root" /usr/lib/postgresql/18/bin/psql --host=/engine --username=engine --no-psqlrc --tuples-only --no-align \
    --command="$2" postgres
)

# port_answers PORT: whether something listens there.
port_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# write_remote_bazelrc: the options of --config=remote. Each action is executed by a worker, or fails, but for those of rustc: it is a
# dynamic program, and wants a libc.
write_remote_bazelrc() {
  local platforms=bazel_tools~sh_configure_extension~local_config_sh
  cat <<END
common:remote --remote_executor=grpc://127.0.0.1:$(remote_port)
common:remote --override_repository=$platforms=$repo/devenv/remote/platforms
common:remote --extra_execution_platforms=@@$platforms//:worker,@@$platforms//:worker_with_shell
common:remote --spawn_strategy=remote
common:remote --strategy=Rustc=sandboxed
common:remote --remote_download_outputs=minimal
# Where the engine starts anew, Bazel asks again until it answers: more than the seconds that it takes.
common:remote --remote_retries=15
# On a busy machine, an answer takes its time.
common:remote --remote_timeout=600
# What the engine has lost is made anew, by a build that starts over.
common:remote --experimental_remote_cache_eviction_retries=3
common:remote --disk_cache=
common:remote --jobs=$(($(nproc) * 4))
END
}
