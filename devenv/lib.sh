# shellcheck shell=bash
# What every part of ./dev uses: messages, keys, and steps that are cached by content.

# The folder of everything that is slow to make. Nothing in it is precious.
cache=${TOOLCHAINS_GO_RACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/toolchains_go_race}

say() { printf '%s\n' "$*" >&2; }

# fail WHAT WHERE NEXT: ends ./dev with an error of the three parts.
fail() {
  say "dev: error: $1"
  say "  where: $2"
  say "  next:  $3"
  exit 1
}

# seconds_since EPOCHREALTIME-VALUE: seconds, with one decimal.
seconds_since() {
  awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f s", b - a }'
}

# key_of WORD-OR-FILE...: a short digest of words and of the contents of the files among them.
key_of() {
  local item
  for item; do
    if [[ -f $item ]]; then sha256sum <"$item"; else printf '%s\n' "$item"; fi
  done | sha256sum | cut -c1-16
}

# cached NAME KEY DESCRIPTION FUNCTION [ARGS...]: makes "$cache/NAME-KEY" once, and sets $made to it.
#
# FUNCTION gets ARGS, and an empty folder as its working folder. It runs under a lock (two ./dev wait for each other) and
# its folder gets its final name only when it is complete, so that an interruption at any point leaves nothing that
# the next run would take for whole.
cached() {
  local name=$1 key=$2 what=$3
  local log="$cache/log/$name-$key.log" start=$EPOCHREALTIME lock
  made="$cache/$name-$key"
  [[ -d $made ]] && return
  mkdir -p "$cache/log" "$cache/lock"
  exec {lock}>"$cache/lock/$name-$key"
  if ! flock -n "$lock"; then
    say "  $what: another ./dev is making it, waiting …"
    flock "$lock"
  fi
  if [[ ! -d $made ]]; then
    local tmp="$made.partial"
    remove "$tmp"
    mkdir -p "$tmp"
    say "  $what …"
    if ! run_step "$tmp" "${@:4}" >"$log" 2>&1 </dev/null; then
      tail -n 25 "$log" | sed 's/^/    /' >&2
      fail "$what failed (the end of its log is above)" "$log" \
        "mend what the log names and call ./dev again: it goes on from here"
    fi
    mv -T "$tmp" "$made"
    say "  $what: $(seconds_since "$start")"
  fi
  exec {lock}>&-
}

# What steps may use beside the functions of ./dev.
step_variables=(repo parts cache root rust)

# run_step FOLDER FUNCTION [ARGS...]: runs a function in a shell of its own, which stops at the first command that fails. (In
# this one, bash would ignore `set -e` wherever a caller stands in a condition.)
run_step() {
  # shellcheck disable=SC2016  # the words are that shell's
  bash -euo pipefail -c '
    eval "$2"
    for part in "${parts[@]}"; do source "$repo/devenv/$part.sh"; done
    # Once more, over what the parts set by themselves.
    eval "$2"
    cd "$1"
    "${@:3}"
  ' step "$1" "$(declare -p "${step_variables[@]}" 2>/dev/null)" "${@:2}"
}

# replace_file FILE COMMAND...: gives FILE what the command prints, at once.
replace_file() {
  "${@:2}" >"$1.$$"
  mv "$1.$$" "$1"
}

# remove DIR: deletes a tree, also one with read-only folders (Go's module cache).
remove() {
  [[ -e $1 ]] || return 0
  chmod -R u+w "$1" 2>/dev/null || true
  rm -rf "$1"
}

# needs COMMAND PURPOSE: ends ./dev when a command that only the machine can provide is missing.
needs() {
  command -v "$1" >/dev/null ||
    fail "$1 is not installed, and $2 needs it" "PATH=$PATH" "install $1 (see docs/dev.md)"
}

# heading TEXT: says what comes next.
heading() { say "" && say "── $1"; }
