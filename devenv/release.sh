# shellcheck shell=bash
# ./dev release: what a publication needs, in one folder, reproducibly. docs/release.md says what that is.

# release OUT [--url URL]...: of what is committed.
release() {
  local out changes
  [[ ${1-} && $1 != -* ]] || fail "no folder is named for the release" "./dev release $*" "./dev release OUT [--url URL]…"
  out=$(realpath -m "$1")
  [[ $root_owns != *" $(cut -d/ -f2 <<<"$out") "* ]] || fail "this folder cannot be seen from within the Debian root" \
    "$out" "name one below your home or /tmp"
  changes=$(git -C "$repo" status --porcelain)
  [[ ! $changes ]] || fail "a release is of a commit, and this clone has changes" "$changes" "commit them first"
  make_release "$out" "${@:2}" &&
    say "dev: the release is in $out; docs/release.md says how to publish it"
}

# make_release OUT [ARGS of the program release]...: of the clone as it is. In a shell of its own, since it has another Bazel.
make_release() (
  out=$1
  cd "$repo"
  make_rest_of_payload
  save_bazelrc release
  # Always ./dev's own, with its own Rust: the machine's would make other bytes.
  machine_bazel=''
  say "  the tools, for amd64 and arm64 …"
  run_bazel build --noshow_progress --ui_event_filters=-info //release:amd64 //release:arm64 >&2 || exit 1
  programs=$(run_bazel info bazel-bin 2>/dev/null)/release
  work=$(mktemp -d)
  trap 'rm -r "$work"' EXIT
  git ls-files -co --exclude-standard | sort >"$work/files"
  say "  the release …"
  # Of the whole workspace, as in devenv/test.sh.
  in_root cargo build --quiet --locked --workspace --bin release || exit 1
  in_root "$(cargo_target)/debug/release" --source "$repo" --files "$work/files" --programs "$programs" \
    --crates "$crates" --packages "$root/packages.txt" --payload "$payload" --payload "$rest_of_payload" --out "$out" "${@:2}"
)
