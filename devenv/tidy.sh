# shellcheck shell=bash
# Room on the disk: where it is short, what other clones left in the cache goes, the least recently used first.

# A run of all tests makes about 24 GiB from empty caches.
wanted_gib=24

# free_gib: prints the free space of the cache's file system, in GiB.
free_gib() { df --output=avail "$cache" | awk 'NR == 2 { print int($1 / 1048576) }'; }

room_is_short() { (($(free_gib) < wanted_gib)); }

# clone_note: prints the path of this clone's note.
clone_note() { echo "$cache/clones/$(key_of "$repo")"; }

# hold_clone: notes that this clone uses the cache, and when it last did. Its note is held for as long as ./dev or a Bazel
# server that it started runs: what is held is not removed.
hold_clone() {
  local note
  note=$(clone_note)
  mkdir -p "$cache/clones"
  echo "$repo" >"$note"
  exec {clone_lock}<"$note"
  flock --shared "$clone_lock"
}

# tidy: removes, until there is room, what other clones left: cargo's and Bazel's output and the tests' workspaces. Results of
# actions that nobody asked for in a week go last.
tidy() {
  local note own
  room_is_short || return 0
  own=$(clone_note)
  note_unknown_clones
  while read -r note; do
    room_is_short || return 0
    [[ $note == "$own" ]] || remove_clone "$note"
  done < <(ls -1tr "$cache"/clones/*)
  room_is_short || return 0
  [[ ! -d $cache/disk ]] || find "$cache/disk" -type f -mtime +7 -delete
  ! room_is_short ||
    say "dev: only $(free_gib) GiB are free at $cache: a run of all tests from empty caches makes about $wanted_gib"
}

# note_unknown_clones: notes what was made before there were notes, with the time of its last change.
note_unknown_clones() {
  local folder
  for folder in "$cache"/{target,e2e}/*/; do
    folder=${folder%/}
    [[ ! -d $folder || -e $cache/clones/${folder##*/} ]] || touch -r "$folder" "$cache/clones/${folder##*/}"
  done
}

# remove_clone NOTE: removes what a clone left, unless something of it runs.
remove_clone() {
  local note=$1 key=${1##*/} clone workspace base lock
  exec {lock}<"$note"
  if ! flock --nonblock "$lock"; then
    exec {lock}<&-
    return 0
  fi
  clone=$(<"$note")
  say "dev: room is short ($(free_gib) GiB): removing what the clone ${clone:-$key} left in the cache"
  for base in "$cache"/bazel/*/; do
    workspace=$(sed -n '1s/^WORKSPACE: //p' "$base/README" 2>/dev/null) || continue
    case $workspace/ in
      "$cache/e2e/$key"/*) remove "$base" ;;
      "${clone:-//}"/*) remove "$base" ;;
    esac
  done
  remove "$cache/target/$key"
  remove "$cache/e2e/$key"
  remove "$note"
  exec {lock}<&-
}
