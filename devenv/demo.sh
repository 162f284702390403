# shellcheck shell=bash
# ./dev demo: the main job, for somebody to look at.

demo_command=(test --@io_bazel_rules_go//go/config:race --show_progress_rate_limit=10 --ui_event_filters=-info,-warning
  --test_env=GO_TEST_WRAP=0)

demo() {
  local start log=bazel-testlogs/planted/planted_test/test.log code=0
  cd "$repo/examples/hello_test"

  heading "A test without a race: examples/hello_test, with the race detector"
  say "\$ bazel test --@io_bazel_rules_go//go/config:race //..."
  start=$EPOCHREALTIME
  run_bazel "${demo_command[@]}" //... >&2
  say "  $(seconds_since "$start")"

  heading "A test with a planted race"
  say "\$ bazel test --@io_bazel_rules_go//go/config:race //planted:planted_test"
  start=$EPOCHREALTIME
  # Bazel's exit code 3: built, and a test failed.
  run_bazel "${demo_command[@]}" //planted:planted_test >&2 || code=$?
  say "  $(seconds_since "$start")"
  if [[ $code != 3 ]] || ! grep -q "WARNING: DATA RACE" "$log"; then
    fail "the planted race was not reported (Bazel's exit code is $code, expected 3)" "$PWD/$log" \
      "this is a defect of the module: please report it with that file"
  fi
  sed -n '/^=====/,$p' "$log"
  say ""
  say "The tests without a race passed, and the planted race was reported."
}
