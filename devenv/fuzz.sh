# shellcheck shell=bash
# Fuzzing: libFuzzer with the root's stable Rust, without cargo-fuzz.

# CRATE/TARGET, of tools/CRATE/fuzz.
fuzz_targets=(unpack/archive unpack/tar racereport/log racereport/repeated)

# fuzz SECONDS: runs each target for so long, as many at once as there are processors. Fails if one finds something; the input is
# kept, and comes first in the next run. Inputs that reached new code are kept too.
fuzz() {
  local seconds=$1 pair crate pid status=0 pids=()
  for pair in "${fuzz_targets[@]}"; do
    crate=${pair%/*}
    # shellcheck disable=SC2046  # no file of the repository has a space in its name
    cached "fuzz-$crate" "$(key_of "$root" "$repo/devenv/fuzz.sh" "$repo/Cargo.lock" $(fuzz_sources "$crate"))" \
      "fuzz targets of tools/$crate" make_fuzz_targets "$crate"
    fuzz_target "$pair" "$made" "$seconds" &
    pids+=($!)
    while (($(jobs -rp | wc -l) >= $(nproc))); do sleep 0.2; done
  done
  for pid in "${pids[@]}"; do wait "$pid" || status=1; done
  return "$status"
}

# fuzz_target CRATE/TARGET MADE SECONDS
fuzz_target() {
  local pair=$1 made=$2 seconds=$3 crate target work log status=0 found
  crate=${pair%/*} target=${pair#*/}
  work=$cache/fuzz/$crate-$target
  log=$cache/log/fuzz-$crate-$target.log
  mkdir -p "$work"/{corpus,findings}
  if ! enter "$root/root" "$made/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=32768 \
    -print_final_stats=1 -artifact_prefix="$work/findings/" "$work/corpus" "$made/seeds/$target" "$work/findings" >"$log" 2>&1; then
    status=1
    grep -A 1 -e panicked -e ERROR: "$log" | sed 's/^/    /' >&2
    say "  $pair: a finding; its log: $log"
    for found in "$work/findings"/*; do
      if [[ -f $found ]]; then say "    input: $found"; fi
    done
  fi
  say "  $pair: $(fuzz_summary "$log")"
  return "$status"
}

fuzz_sources() {
  find "$repo/tools/$1"/{Cargo.toml,src,tests,fuzz} -type f -not -path '*/target/*' | LC_ALL=C sort
}

# fuzz_summary LOG: executions, and the coverage at the end: points of the code, features of its paths, inputs kept.
fuzz_summary() {
  awk '$1 ~ /^#[0-9]+$/ { n = substr($1, 2); for (i = 2; i < NF; i++) if ($i ~ /^(cov|ft|corp):$/) v[$i] = $(i + 1) }
    /^stat::number_of_executed_units/ { n = $2 }
    END { printf "%d executions, coverage %s points and %s features, corpus %s\n", n, v["cov:"], v["ft:"], v["corp:"] }' "$1"
}

# make_fuzz_targets CRATE: its targets, and the first inputs for each.
make_fuzz_targets() {
  local crate=$1 pair coverage=(level=4 inline-8bit-counters pc-table trace-compares)
  # Its targets count steps (tools/racereport/fuzz/src/work.rs).
  [[ $crate != racereport ]] || coverage+=(trace-pc)
  mkdir seeds
  "fuzz_seeds_of_$crate" "$PWD/seeds"
  # What cargo-fuzz would pass to rustc, but for the sanitizers, which stable Rust has not. With a target named, the build
  # scripts are built without the flags.
  (cd "$repo/tools/$crate/fuzz" && CARGO_TARGET_DIR="$OLDPWD/target" \
    RUSTFLAGS="--cfg=fuzzing -Cpasses=sancov-module ${coverage[*]/#/-Cllvm-args=-sanitizer-coverage-}" \
    enter "$root/root" cargo build --release --locked --target x86_64-unknown-linux-gnu)
  for pair in "${fuzz_targets[@]}"; do
    [[ $pair == "$crate"/* ]] || continue
    mv "target/x86_64-unknown-linux-gnu/release/${pair#*/}" .
    [[ -d seeds/${pair#*/} ]]
  done
  remove target
}

# fuzz_seeds_of_unpack FOLDER: the archives of its tests, which these leave. (By -p unpack, cargo would build its dependencies anew,
# with the features that it alone asks for.)
fuzz_seeds_of_unpack() {
  (cd "$repo" && UNPACK_SEEDS="$1" in_root cargo test --locked \
    --workspace --exclude e2e --test bombs --test entries --test frame --test kinds --test selection --test sizes --test stream --test target)
}

# fuzz_seeds_of_racereport FOLDER: real logs, and pieces of logs for `repeated`.
fuzz_seeds_of_racereport() {
  mkdir "$1/log"
  cp "$repo"/tools/racereport/tests/logs/{*.log,go/*.log} "$1/log"
  cp -r "$repo/tools/racereport/fuzz/seeds/repeated" "$1"
}
