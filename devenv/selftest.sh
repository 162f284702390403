# shellcheck shell=bash
# The tests of ./dev itself.

broken_step() {
  false
  echo "never reached" >result
}

failing_step_is_not_kept() {
  local cache
  cache=$(mktemp -d)
  if (cached step key "a step that fails, for a test" broken_step) 2>"$cache/errors"; then return 1; fi
  grep -q "failed" "$cache/errors" && grep -q "next:" "$cache/errors" && [[ ! -e $cache/step-key ]]
}

good_step() {
  sleep 1
  echo made >>"$cache/made"
  touch result
}

interrupted_step_is_made_anew() {
  local cache
  cache=$(mktemp -d)
  mkdir "$cache/step-key.partial"
  touch "$cache/step-key.partial/junk"
  cached step key "a step, for a test" good_step && [[ $(ls "$cache/step-key") == result ]]
}

two_at_once_make_a_step_once() {
  local cache first second
  cache=$(mktemp -d)
  cached step key "a step, for a test" good_step &
  first=$!
  cached step key "a step, for a test" good_step &
  second=$!
  wait $first && wait $second && [[ $(cat "$cache/made") == made ]]
}

# clone_in_cache PATH TIME: imitates what a clone left in $cache, used last at that time.
clone_in_cache() {
  local key base
  key=$(key_of "$1")
  base=$cache/bazel/$key
  mkdir -p "$cache"/{clones,target/"$key",e2e/"$key"/workspace} "$base" "$base-e2e"
  echo "WORKSPACE: $1/examples/hello_test" >"$base/README"
  echo "WORKSPACE: $cache/e2e/$key/workspace" >"$base-e2e/README"
  echo "$1" >"$cache/clones/$key"
  touch -d "$2" "$cache/clones/$key"
}

# count FOLDER: prints how many entries it has.
count() { find "$1" -mindepth 1 -maxdepth 1 | wc -l; }

# Prints the clones of which something is left, or nothing if something of a removed one is.
clones_left() {
  local note key
  for note in "$cache"/clones/*; do
    key=${note##*/}
    [[ -d $cache/target/$key && -d $cache/e2e/$key && -d $cache/bazel/$key && -d $cache/bazel/$key-e2e ]] || return 0
  done
  [[ $(count "$cache/target") == $(count "$cache/clones") ]] || return 0
  sort -u "$cache"/clones/*
}

short_room_takes_other_clones_oldest_first() {
  local cache repo=/clones/own used
  cache=$(mktemp -d)
  clone_in_cache /clones/own 2020-01-01
  clone_in_cache /clones/old 2020-02-01
  clone_in_cache /clones/new 2020-03-01
  clone_in_cache /clones/used 2020-01-01
  # One of them is in use, and there is room for three.
  exec {used}<"$cache/clones/$(key_of /clones/used)"
  flock --shared "$used"
  (
    # shellcheck disable=SC2329  # tidy calls it
    free_gib() { echo $((wanted_gib + 3 - $(count "$cache/clones"))); }
    tidy
  )
  exec {used}<&-
  [[ $(clones_left) == $'/clones/new\n/clones/own\n/clones/used' ]]
}

# imitated_bazel KIND: makes a folder with a Bazel of the machine's own, and sets $imitation to it. It is ./dev's own
# with the rule sets of the root, as a machine would have it; or one whose rule sets do not answer.
imitated_bazel() {
  imitation=$(mktemp -d)
  {
    echo '#!/bin/bash'
    echo '[[ $1 == --version ]] && { echo "bazel 7.7.1"; exit; }'
    printf 'echo "$@" >>%q\n' "$imitation/calls"
    if [[ $1 == answers ]]; then
      printf 'set -euo pipefail\nroot=%q\nsource %q\n' "$root" "$repo/devenv/enter.sh"
      grep -v -e '--distdir' -e '~race~' "$bazelrc" >"$imitation/bazelrc"
      printf 'enter "$root/root" bazel --nosystem_rc --bazelrc=%q "$@"\n' "$imitation/bazelrc"
    else
      echo 'echo "ERROR: no registry answers" >&2; exit 1'
    fi
  } >"$imitation/bazel"
  chmod +x "$imitation/bazel"
}

uses_machine_bazel() {
  imitated_bazel answers
  PATH="$imitation:$PATH" "$repo/dev" bazel build //tools:cc && grep -q "build //tools:cc" "$imitation/calls"
}

leaves_machine_bazel() {
  imitated_bazel silent
  PATH="$imitation:$PATH" "$repo/dev" bazel build //tools:cc && ! grep -q build "$imitation/calls"
}

# An engine of the test's own: the user's may run.
engine_comes_and_goes() {
  local remote_folder remote_port_file first TOOLCHAINS_GO_RACE_REMOTE_PORT=8980
  while port_answers "$TOOLCHAINS_GO_RACE_REMOTE_PORT"; do TOOLCHAINS_GO_RACE_REMOTE_PORT=$((TOOLCHAINS_GO_RACE_REMOTE_PORT + 1)); done
  remote_folder=$cache/e2e/$(key_of "$repo")/engine_selftest
  remote_port_file=$remote_folder/port
  forget_engine "$remote_folder"
  if remote status; then return 1; fi
  remote up && remote status 2>"$remote_folder.status" && grep -q worker-1 "$remote_folder.status" || return 1
  first=$(<"$remote_folder/engine.pid")
  # Once is enough.
  remote up && [[ $(<"$remote_folder/engine.pid") == "$first" ]] || return 1
  # Where something else listens, none is started.
  if (remote_folder=$remote_folder.other remote up) 2>"$remote_folder.errors"; then return 1; fi
  grep -q "another program listens" "$remote_folder.errors" && grep -q "next:" "$remote_folder.errors" || return 1
  remote down && [[ ! -e $remote_folder && ! -e /proc/$first ]] && ! port_answers "$TOOLCHAINS_GO_RACE_REMOTE_PORT" &&
    ! pgrep -f "$remote_folder" && ! remote status
}

release_of_changes_is_refused() {
  local repo out
  repo=$(mktemp -d)
  out=$repo/out
  git -C "$repo" init --quiet
  touch "$repo/new"
  if (release "$out") 2>"$repo.errors"; then return 1; fi
  grep -q "this clone has changes" "$repo.errors" && grep -q "next:" "$repo.errors" && [[ ! -e $out ]]
}
