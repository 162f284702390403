# shellcheck shell=bash
# Fuzzing of the unpacker: libFuzzer with the root's stable Rust, without cargo-fuzz.

fuzz_targets=(archive tar)

# What cargo-fuzz would pass to rustc, but for the sanitizers, which stable Rust has not.
fuzz_rustflags=(--cfg=fuzzing -Cpasses=sancov-module
  -Cllvm-args=-sanitizer-coverage-{level=4,inline-8bit-counters,pc-table,trace-compares})

# The tests whose archives are the first inputs.
fuzz_seeds=(--test bombs --test entries --test frame --test kinds --test selection --test sizes --test stream --test target)

# fuzz_unpack SECONDS: runs each target of tools/unpack/fuzz for so long. Fails if one finds something; the input is kept, and
# comes first in the next run. Inputs that reached new code are kept too.
fuzz_unpack() {
  local seconds=$1 target work log status=0 found
  # shellcheck disable=SC2046  # no file of the repository has a space in its name
  cached fuzz-unpack "$(key_of "$root" "$repo/devenv/fuzz.sh" "$repo/Cargo.lock" $(fuzz_sources))" \
    "fuzz targets of the unpacker" make_fuzz_unpack
  for target in "${fuzz_targets[@]}"; do
    work=$cache/fuzz/unpack-$target
    log=$cache/log/fuzz-unpack-$target.log
    mkdir -p "$work"/{corpus,findings}
    if ! enter "$root/root" "$made/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=32768 \
      -print_final_stats=1 -artifact_prefix="$work/findings/" "$work/corpus" "$made/seeds/$target" "$work/findings" >"$log" 2>&1; then
      status=1
      grep -A 1 -e panicked -e ERROR: "$log" | sed 's/^/    /' >&2
      say "  $target: a finding; its log: $log"
      for found in "$work/findings"/*; do
        if [[ -f $found ]]; then say "    input: $found"; fi
      done
    fi
    say "  $target: $(fuzz_summary "$log")"
  done
  return "$status"
}

fuzz_sources() {
  find "$repo"/tools/unpack/{Cargo.toml,src,tests,fuzz} -type f -not -path '*/target/*' | LC_ALL=C sort
}

# fuzz_summary LOG: executions, and the coverage at the end: points of the code, features of its paths, inputs kept.
fuzz_summary() {
  awk '$1 ~ /^#[0-9]+$/ { n = substr($1, 2); for (i = 2; i < NF; i++) if ($i ~ /^(cov|ft|corp):$/) v[$i] = $(i + 1) }
    /^stat::number_of_executed_units/ { n = $2 }
    END { printf "%d executions, coverage %s points and %s features, corpus %s\n", n, v["cov:"], v["ft:"], v["corp:"] }' "$1"
}

# make_fuzz_unpack: the targets, and the first inputs for each, which the tests leave.
make_fuzz_unpack() {
  (cd "$repo" && UNPACK_SEEDS="$OLDPWD/seeds" CARGO_TARGET_DIR="$(cargo_target)" \
    enter "$root/root" cargo test --locked -p unpack "${fuzz_seeds[@]}")
  # With a target named, the build scripts are built without the flags.
  (cd "$repo/tools/unpack/fuzz" && RUSTFLAGS="${fuzz_rustflags[*]}" CARGO_TARGET_DIR="$OLDPWD/target" \
    enter "$root/root" cargo build --release --locked --target x86_64-unknown-linux-gnu)
  local target
  for target in "${fuzz_targets[@]}"; do
    mv "target/x86_64-unknown-linux-gnu/release/$target" .
    [[ -d seeds/$target ]]
  done
  remove target
}
