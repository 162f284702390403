# shellcheck shell=bash
# ./dev bench: the figures of docs/figures.md. Benchmarks, no tests: nothing passes or fails here.

race=--@io_bazel_rules_go//go/config:race
quiet=(--noshow_progress --ui_event_filters=-info,-warning,-stdout)
# The host's gcc, as a workspace without this module finds it.
host_gcc=--extra_toolchains=@@bazel_tools~cc_configure_extension~local_config_cc_toolchains//:all

bench() {
  bench_edit_loop
  bench_actions
  cd "$repo"
  heading "The cc driver against clang called directly (paired runs)"
  TOOLCHAINS_GO_RACE_TREES=$(bench_trees) in_root cargo bench --quiet --locked -p cc@0.1.0 --bench overhead
  heading "The unpacker against zstd -d | tar x (paired runs)"
  UNPACK_ARCHIVE="$payload/sysroot_llvm_amd64.tar.zst" in_root cargo bench --quiet --locked -p unpack --bench against_zstd
  heading "racereport: 100 MB of log, processor time"
  in_root cargo bench --quiet --locked -p racereport --bench throughput
  bench_machine
  bench_airgap
  bench_remote
  bench_sizes
}

# bench_machine: a race test for arm64 that runs no function, in its virtual machine, against a bare boot of the same kernel in the
# same emulator, which ends where the kernel finds no init; in turn.
bench_machine() {
  local rounds=10 round side runfiles times start
  heading "An empty race test for arm64 in a virtual machine against a bare boot of its kernel, $rounds rounds in turn"
  make_rest_of_payload
  save_bazelrc
  cd "$repo/examples/hello_test"
  run_bazel test "${quiet[@]}" --config=arm64-race //ordered:ordered_test >/dev/null
  runfiles=$(run_bazel info bazel-bin --config=arm64-race 2>/dev/null)/ordered/ordered_test_/ordered_test.runfiles
  times=$(mktemp -d)
  for ((round = 0; round < rounds; round++)); do
    for side in bare test; do
      start=$EPOCHREALTIME
      "bench_$side" "$runfiles" >/dev/null
      took "$start" >>"$times/$side"
    done
  done
  compare "$times" test bare
}

bench_test() { "$1/toolchains_go_race~/vm/runner" --vm "$1/toolchains_go_race_vm" "$1/_main/ordered/ordered_test_/ordered_test" -test.run='^$'; }

# The kernel as it boots by itself; the processor with all that QEMU has, but pointer authentication, which is slow.
bench_bare() {
  local emulator=$1/toolchains_go_race_vm/emulator
  "$emulator/lib/ld.so" --library-path "$emulator/lib" "$emulator/bin/qemu-system-aarch64" -nodefaults -display none -nic none \
    -no-reboot -M virt -cpu max,pauth=off -m 2048 -kernel "$1/toolchains_go_race_vm/kernel/boot/Image" \
    -append "console=ttyAMA0 quiet panic=-1" -serial null
}

# bench_trees: prints the folder of the trees, by a name outside of Bazel's, so that the driver takes it for no build.
bench_trees() {
  run_bazel build "${quiet[@]}" "${tree_targets[@]}" >&2
  mkdir -p "$cache/bench"
  ln -sfn "$(run_bazel info bazel-bin 2>/dev/null)/toolchain" "$cache/bench/trees"
  echo "$cache/bench/trees"
}

# bench_edit_loop: a line of a test changes, the test runs again; with this module and with the host's gcc in turn.
bench_edit_loop() {
  local rounds=10 round side times
  local -A options=([module]="" [gcc]="$host_gcc")
  heading "Edit a test, run it: this module and the host's gcc, $rounds rounds in turn"
  times=$(mktemp -d)
  bench_workspace=$cache/bench/hello_test
  remove "$bench_workspace"
  copy_hello_test "$bench_workspace"
  cd "$bench_workspace"
  for ((round = 0; round <= rounds; round++)); do
    for side in module gcc; do
      printf '\n// round %s, %s\n' "$round" "$side" >>tally/tally_test.go
      local start=$EPOCHREALTIME
      # shellcheck disable=SC2086  # no option or one
      run_bazel --output_base="$cache/bench/$side" test "${quiet[@]}" "$race" ${options[$side]} //tally:tally_test >/dev/null
      # The first round builds everything.
      ((round == 0)) || took "$start" >>"$times/$side"
    done
  done
  for side in module gcc; do run_bazel --output_base="$cache/bench/$side" shutdown; done
  compare "$times" module gcc
}

# copy_hello_test FOLDER: a stranger's copy of one test of the example.
copy_hello_test() {
  mkdir -p "$1"
  cp -r "$repo"/examples/hello_test/{BUILD.bazel,MODULE.bazel,go.mod,tally} "$1"
  sed -i '/^local_path_override/,/^)/d' "$1/MODULE.bazel"
}

# release_bazelrc [PART]...: prints ./dev's options for a workspace that takes the module from the release, without those that have
# a PART in them.
release_bazelrc() {
  local left_out=(-e --distdir= -e go_race_boot -e rust_toolchains) part
  for part; do left_out+=(-e "$part"); done
  go_sdk "$default_go"
  grep -v "${left_out[@]}" "$bazelrc"
  echo "common --registry=file://$released"
  echo "common --distdir=$released"
  echo "common --override_repository=rules_go~~go_sdk~main___download_0_linux_amd64=$made/sdk"
}

# took START: prints the seconds since then.
took() { awk -v a="$1" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'; }

# compare TIMES ONE OTHER: prints the medians of two files of seconds in the folder TIMES, and that of their pairs' ratios.
compare() {
  paste "$1/$2" "$1/$3" | awk '{ print $1 / $2 }' >"$1/ratios"
  printf 'median: %s %.2f s, %s %.2f s; median ratio of the pairs %.2f\n' "$2" "$(median <"$1/$2")" "$3" "$(median <"$1/$3")" \
    "$(median <"$1/ratios")"
}

median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }

# bench_actions: what a race test's build runs for the module itself, from an empty output base and without a cache.
bench_actions() {
  heading "Actions that the module adds to a race test's build, and their seconds"
  local base=$cache/bench/actions profile=$cache/bench/profile.gz
  cd "$bench_workspace"
  run_bazel --output_base="$base" clean --expunge 2>/dev/null
  run_bazel --output_base="$base" test "${quiet[@]}" "$race" --disk_cache= --profile="$profile" --nocache_test_results //tally:tally_test >/dev/null
  run_bazel --output_base="$base" shutdown
  in_root python3 - "$profile" <<'EOF'
import collections, gzip, json, sys
seconds, count = collections.Counter(), collections.Counter()
for event in json.load(gzip.open(sys.argv[1]))["traceEvents"]:
    mnemonic = event.get("args", {}).get("mnemonic")
    if event.get("cat") == "action processing" and mnemonic:
        seconds[mnemonic] += event["dur"] / 1e6
        count[mnemonic] += 1
for mnemonic, total in seconds.most_common():
    print(f"{mnemonic:28} {count[mnemonic]:5} actions {total:8.2f} s")
EOF
}

# bench_airgap: the first race test of hello_test from a bundle, where there is no network and nothing else: with the results of
# actions and without, in turn; and what each bundle weighs.
bench_airgap() {
  local rounds=3 round kind work=$cache/bench/airgap times start
  local -A options=([cold]="" [warm]=--warm)
  heading "A first race test without a network, from a bundle with results of actions and without, $rounds rounds in turn"
  release_for_tests
  save_bazelrc
  remove "$work"
  mkdir -p "$work/tools" "$work/away"
  tar xzf "$released/go_race_tools_amd64.tar.gz" -C "$work/tools"
  copy_hello_test "$work/connected"
  copy_hello_test "$work/away"
  release_bazelrc --disk_cache= --repository_cache= >"$work/connected/.bazelrc"
  {
    grep -e ^startup -e noenable_workspace "$bazelrc" | grep -v output_user_root
    echo "startup --output_user_root=$work/output"
  } >"$work/away/.bazelrc"
  printf '#!/bin/sh\nexec bazel --nosystem_rc --nohome_rc "$@"\n' >"$work/bazel"
  chmod +x "$work/bazel"
  for kind in cold warm; do
    cd "$work/connected"
    # shellcheck disable=SC2086  # no option or one
    BAZEL=$work/bazel in_root "$work/tools/bin/airgap" bundle --out "$work/$kind" ${options[$kind]} -- "$race" //tally:tally_test >/dev/null 2>&1
    in_root "$work/$kind/airgap" list "$work/$kind" | tail -1 | sed "s/^ */$kind: /"
  done
  cd "$work/away"
  times=$(mktemp -d)
  for ((round = 0; round < rounds; round++)); do
    for kind in cold warm; do
      remove "$work/output"
      start=$EPOCHREALTIME
      in_root "$work/$kind/airgap" run --isolate "$work/$kind" -- "$work/bazel" test "${quiet[@]}" "$race" //tally:tally_test >/dev/null 2>&1
      took "$start" >>"$times/$kind"
    done
  done
  compare "$times" warm cold
}

# bench_remote: a first race test, with everything to be executed, and an edited one, by an engine of its own and here, in turn; from a
# release, so that nothing has to be executed here.
bench_remote() {
  local rounds=3 edits=10 round side work=$cache/bench/remote times start engine_options
  heading "A first race test and an edited one, executed remotely and here, $rounds and $edits rounds in turn"
  find_engine
  release_for_tests
  save_bazelrc
  forget_engine "$work/engine"
  remove "$work"
  copy_hello_test "$work/workspace"
  cd "$work/workspace"
  release_bazelrc >.bazelrc
  times=$(mktemp -d)
  for ((round = 0; round < rounds; round++)); do
    for side in local remote; do
      engine_options=(--disk_cache=)
      if [[ $side == remote ]]; then
        start_engine "$work/engine" 8979 "$(nproc)" worker-1,OSFamily=linux,ISA=x86-64
        engine_options=(--config=remote --remote_executor=grpc://127.0.0.1:8979)
      fi
      remove "$work/$side"
      bench_bazel "$work/$side" info >/dev/null 2>&1
      start=$EPOCHREALTIME
      bench_bazel "$work/$side" test --noshow_progress "$race" "${engine_options[@]}" //tally:tally_test 2>&1 >/dev/null | grep processes >&2
      took "$start" >>"$times/$side"
    done
  done
  compare "$times" remote local
  rm "$times"/*
  for ((round = 0; round < edits; round++)); do
    for side in local remote; do
      engine_options=(--disk_cache=)
      [[ $side == local ]] || engine_options=(--config=remote --remote_executor=grpc://127.0.0.1:8979)
      printf '\nfunc TestRound%s%s(t *testing.T) {}\n' "$side" "$round" >>tally/tally_test.go
      start=$EPOCHREALTIME
      bench_bazel "$work/$side" test "${quiet[@]}" "$race" "${engine_options[@]}" //tally:tally_test >/dev/null
      took "$start" >>"$times/$side"
    done
  done
  compare "$times" remote local
  for side in local remote; do bench_bazel "$work/$side" shutdown; done
  forget_engine "$work/engine"
}

# bench_bazel OUTPUT_BASE ARGS...: ./dev's own Bazel in this workspace, with the options of its .bazelrc alone.
bench_bazel() { in_root bazel --nosystem_rc --nohome_rc --output_base="$1" "${@:2}"; }

bench_sizes() {
  heading "The payload"
  in_root python3 - "$repo/sysroot/lock.json" <<'EOF'
import json, sys
for t in json.load(open(sys.argv[1]))["tarballs"]:
    print(f"{t['name']:30} {t['size']:>11,} bytes, unpacked {t['unpacked_size']:>11,} bytes in {t['files']} files")
EOF
}
