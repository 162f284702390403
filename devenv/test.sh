# shellcheck shell=bash
# ./dev test: every check and every test, and one line that counts them all.

passed=0 failed=0 skipped=0 failures=()

# check NAME COMMAND...: a check that passes or fails as a whole; its output is shown.
check() {
  local name=$1 start=$EPOCHREALTIME
  shift
  if "$@" >&2; then
    passed=$((passed + 1))
    say "ok      $name ($(seconds_since "$start"))"
  else
    failed=$((failed + 1)) failures+=("$name")
    say "FAILED  $name ($(seconds_since "$start"))"
  fi
}

# cargo_tests NAME ARGS...: `cargo test ARGS`, each of whose tests counts. ARGS select tests, but always of the whole workspace: of
# one package (-p), cargo builds its dependencies anew, with the features that it alone asks for.
cargo_tests() {
  local name=$1 start=$EPOCHREALTIME log ok=0 counts
  shift
  heading "$name"
  log=$(mktemp)
  in_root cargo test --locked --no-fail-fast "$@" 2>&1 | tee "$log" >&2 || ok=1
  counts=$(awk '/^test result: / { for (i = 1; i < NF; i++) { if ($(i+1) ~ /^passed;/) p += $i; if ($(i+1) ~ /^failed;/) f += $i; if ($(i+1) ~ /^ignored;/) s += $i } }
    END { print p + 0, f + 0, s + 0 }' "$log")
  rm "$log"
  read -r p f s <<<"$counts"
  # A run that failed without a failed test did not build, or was killed: that counts as a failure too.
  if ((ok != 0 && f == 0)) || ((p + f == 0)); then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  ((f == 0)) || failures+=("$name ($f)")
  say "        $name: $p passed, $f failed ($(seconds_since "$start"))"
}

# What makes a folder of the layout that the cc driver expects.
tree_targets=(//toolchain:{driver,headers,linux,lib}_{amd64,arm64} //toolchain:llvm_amd64 //toolchain:cxx)

starlark_files() { git -C "$repo" ls-files -co --exclude-standard -- '*.bzl' '*.bazel'; }

# prepare_tests: makes what the tests need, and sets the variables that say where it is.
prepare_tests() {
  local version
  cd "$repo"
  heading "What the tests need"
  make_rest_of_payload
  save_bazelrc test
  find_aot_cache
  sdks=()
  for version in 1.27.0 1.26.8 1.25.0; do
    go_sdk $version
    sdks+=("$version=$made/sdk")
    [[ $version != "$default_go" ]] || sdk=$made/sdk
  done
  sysroot_tool
  packer=$made/sysroot
  debians_llvm "$packer"
  llvm19=$made/sysroot_llvm_amd64.tar.zst
  browser
  arm64_sdk
  find_engine
}

# end_to_end_tests ARGS...: those of tests/e2e, or those that ARGS of cargo test select.
end_to_end_tests() {
  # The tests' workspaces outlive the run; each clone has its own.
  local e2e workspace picture
  e2e="$cache/e2e/$(key_of "$repo")"
  mkdir -p "$e2e"
  rm -f "$e2e/times"
  # Many tests wait for another one's workspace; of the programs of all, one more run at once than there are processors (src/slots.rs).
  RUST_TEST_THREADS=64 GO_RACE_E2E_BAZELRC="$bazelrc" GO_RACE_E2E_SDKS="${sdks[*]}" GO_RACE_E2E_CACHE="$e2e" \
    GO_RACE_E2E_PAYLOAD="$payload $rest_of_payload" GO_RACE_E2E_SYSROOT="$packer" GO_RACE_E2E_PACKAGES="$cache/packages" \
    GO_RACE_E2E_LLVM19="$llvm19" GO_RACE_E2E_CHROMIUM="$chromium" GO_RACE_E2E_SDK_ARM64="$arm64_sdk" \
    GO_RACE_E2E_ENGINE="$engine" GO_RACE_E2E_RELEASE="$released" GO_RACE_E2E_CRATES="$crates" GO_RACE_E2E_ROOT="$root" \
    cargo_tests "End to end" --workspace --test e2e "$@"

  [[ ! -e $e2e/times ]] || slowest "$e2e/times"
  for picture in "$e2e"/pictures/*.png; do [[ ! -e $picture ]] || say "        picture: $picture"; done
  # Their servers hold memory that nobody needs any more, and so do their engines.
  for workspace in "$e2e"/engine*/; do
    [[ ! -d $workspace ]] || forget_engine "$workspace"
  done
  for workspace in "$e2e"/*/; do
    (cd "$workspace" && if [[ -e MODULE.bazel ]]; then run_bazel shutdown; fi) 2>/dev/null || true
  done
}

# slowest FILE: shows which tests waited longest for the programs that they ran. FILE has a line for each: seconds, test, command.
slowest() {
  say "        the longest tests, without what they waited for each other:"
  awk -F '\t' '{ sum[$2] += $1 } END { for (test in sum) printf "%9.1f s  %s\n", sum[test], test }' "$1" | sort -rn | head -n 10 >&2
}

# summary: the failures, and one line that counts all tests.
summary() {
  local failure
  for failure in ${failures[@]+"${failures[@]}"}; do say "FAILED  $failure"; done
  if ((skipped)); then
    echo "$passed passed, $failed failed, $skipped skipped"
  else
    echo "$passed passed, $failed failed"
  fi
  ((failed == 0))
}

# run_end_to_end_tests FILTER...: only those whose names contain a FILTER.
run_end_to_end_tests() {
  prepare_tests
  # A release takes minutes to make where the tools have changed: only for tests that look at it.
  local selected
  released=
  selected=$(in_root cargo test --quiet --locked --workspace --test e2e -- --list "$@")
  [[ ! $selected =~ (release|airgap|another_llvm|matrix|remote):: ]] || release_for_tests
  end_to_end_tests -- "$@"
  summary
}

# release_for_tests: sets $released to a folder with a release of the clone as it is.
release_for_tests() {
  released="$cache/e2e/$(key_of "$repo")/released"
  remove "$released"
  make_release "$released" >/dev/null
}

run_tests() {
  local start=$EPOCHREALTIME buildifier trees
  prepare_tests
  cached buildifier "$(key_of "$buildifier_version")" "buildifier" make_buildifier "$sdk"
  buildifier=$made/buildifier

  heading "Format and lint"
  check "cargo fmt" in_root cargo fmt --all --check
  check "cargo clippy" in_root cargo clippy --quiet --locked --workspace --all-targets --all-features -- -D warnings
  # shellcheck disable=SC2046  # no file of the repository has a space in its name
  check "buildifier" "$buildifier" -mode=check -lint=warn $(starlark_files | grep -v '^third_party/')
  check "shellcheck" in_root shellcheck dev .ci/run devenv/*.sh devenv/remote/{engine.sh,bin/bwrap}
  check "gofmt" no_output "$sdk/bin/gofmt" -l examples tests/fixtures

  cargo_tests "Rust unit and integration tests" --workspace --exclude e2e

  check "fuzzing finds nothing in ${#fuzz_targets[@]} × 10 s" fuzz 10

  check "SARIF's schema accepts racereport's output" valid_sarif

  heading "The archives"
  check "SPDX's validator accepts the bills of materials" valid_sboms "$payload"/*.zst "$rest_of_payload"/*.zst

  heading "The trees, as Bazel unpacks them"
  check "the trees unpack" run_bazel build "${tree_targets[@]}"
  trees=$(run_bazel info bazel-bin 2>/dev/null)/toolchain
  TOOLCHAINS_GO_RACE_TREES=$trees cargo_tests "The cc driver on the payload" --workspace --exclude leakcheck --features cc/payload --test real --test headers

  heading "A release"
  release_for_tests
  check "SPDX's validator accepts the bills of materials of a release" valid_sboms "$released"/*.gz "$released/sbom.spdx.json"

  end_to_end_tests

  heading "./dev itself"
  check "no release is made of what is not committed" release_of_changes_is_refused
  check "a step that fails in the middle is not kept" failing_step_is_not_kept
  check "what an interrupted step left is not taken for whole" interrupted_step_is_made_anew
  check "two at once make a step once" two_at_once_make_a_step_once
  check "where room is short, other clones' leavings go, the oldest first" short_room_takes_other_clones_oldest_first
  check "a remote execution engine comes once, and goes without a trace" engine_comes_and_goes
  check "a Bazel of the machine's own is used where rule sets answer" uses_machine_bazel
  check "a Bazel of the machine's own is left alone where they do not" leaves_machine_bazel

  heading "All tests: $(seconds_since "$start")"
  summary
}

# no_output COMMAND...: succeeds if the command does, and prints nothing.
no_output() {
  local output
  output=$("$@") && printf '%s' "$output" && [[ -z $output ]]
}
