# shellcheck shell=bash
# Bazel's options, and how it is run.

# write_bazelrc: prints the options that stand for "a machine with Bazel, its rule sets, Rust and the payload".
write_bazelrc() {
  local system=/usr/share/bazel module
  cat <<EOF
# Written by ./dev. Startup: Debian's Bazel keeps its parts in the root; its JVM trusts what the machine trusts.
startup --install_base=$system --trust_install_base
startup --server_javabase=/usr/lib/jvm/default-java
startup --host_jvm_args=-Djavax.net.ssl.trustStore=$truststore/cacerts
startup --output_user_root=$cache/bazel
startup --max_idle_secs=900
# What makes servers cheap that do not live long: of 35 CPU seconds of one that starts, analyses examples/hello_test and takes it
# from the disk cache, 11 were spent on optimising code that is hardly run again. What is hot, such as SHA-256, still gets the
# optimising compiler (without it, hashing would be slower by a factor of ten). Tests' servers have an AOT cache (below), too.
startup --host_jvm_args=-XX:+UseSerialGC
startup --host_jvm_args=-XX:Tier4InvocationThreshold=1000000
startup --host_jvm_args=-XX:Tier4MinInvocationThreshold=200000
startup --host_jvm_args=-XX:Tier4CompileThreshold=3000000
startup --host_jvm_args=-XX:Tier4BackEdgeThreshold=8000000
${aot:+startup --host_jvm_args=-XX:AOTCache=$aot}
# Tests look at no profile, whose collecting takes a twentieth of a server's time.
${aot:+common --generate_json_trace_profile=no}
common --noenable_workspace
common --lockfile_mode=off
common --check_direct_dependencies=off
common --override_module=platforms=$system/tools/platforms
common --override_module=bazel_skylib=$system/tools/skylib
common --override_module=bazel_features=$modules/bazel_features
common --override_module=rules_go=$go_rules/rules_go
common --override_module=gazelle=$go_rules/gazelle
EOF
  for module in cc java license proto python rust shell; do
    echo "common --override_module=rules_$module=$system/rules/$module"
  done
  for module in "$repo"/devenv/modules/*/; do
    module=$(basename "$module")
    echo "common --override_module=$module=$modules/$module"
  done
  echo "common --override_repository=rules_rust~~rust~rust_toolchains=$rust/toolchain"
  # rules_go's own default SDK, for workspaces that name none.
  go_sdk "$default_go"
  echo "common --override_repository=rules_go~~go_sdk~go_default_sdk=$made/sdk"
  write_payload_bazelrc "$rust/boot"
}

# make_aot_cache BAZELRC RULES: what a server's JVM has learnt when it has built and run examples/hello_test, for servers to start with.
# What is built is in the disk cache then, where the tests want it: without it, those that come first would all build it at once.
make_aot_cache() {
  local bazelrc=$1 go_rules=$2 machine_bazel='' folder=$PWD startup
  startup=(--output_base="$folder/base" --host_jvm_args=-XX:AOTCacheOutput="$folder/bazel.aot")
  cd "$repo/examples/hello_test"
  run_bazel "${startup[@]}" test --experimental_convenience_symlinks=ignore --@io_bazel_rules_go//go/config:race //... \
    @toolchains_go_race//{:doctor,:leakcheck,:racereport,tools:nm}
  # The JVM writes it when it ends.
  run_bazel "${startup[@]}" shutdown
  [[ -s $folder/bazel.aot ]]
  remove "$folder/base"
}

# find_aot_cache: makes $bazelrc say that servers start with it: they take a quarter less time for a first build. Where it cannot be
# made, because that build fails, tests say why; they only take longer.
find_aot_cache() {
  local key
  key=$(key_of "$root" "$repo/devenv/bazel.sh")
  if (cached aot "$key" "what Bazel's JVM learns of a first race test" make_aot_cache "$bazelrc" "$go_rules"); then
    aot=$cache/aot-$key/bazel.aot
    replace_file "$bazelrc" write_bazelrc
  fi
}

# write_payload_bazelrc BOOT: prints the options for what no machine has of itself: payload, crates, boot libraries.
write_payload_bazelrc() {
  local name folder
  # Each sandbox has a /tmp of its own, into which Bazel takes workspaces, but not what a workspace overrides.
  for folder in "$repo" "$cache"; do
    [[ $folder != /tmp/* ]] || echo "common --sandbox_add_mount_pair=$folder"
  done
  cat <<EOF
common --disk_cache=$cache/disk
common --repository_cache=$cache/repositories
common --distdir=$payload
${rest_of_payload:+common --distdir=$rest_of_payload}
common --distdir=$crates
EOF
  override_ours go_race_boot "$1"
  write_remote_bazelrc
  payload_is_locked "$payload" ${rest_of_payload:+"$rest_of_payload"} || unlocked_repositories | while read -r name folder; do override_ours "$name" "$folder"; done
}

# override_ours REPOSITORY FOLDER: replaces a repository of our extension. Its canonical name starts with the module's,
# or with _main where this repository is the workspace.
override_ours() {
  printf 'common --override_repository=%s~race~%s=%s\n' toolchains_go_race~ "$1" "$2" _main "$1" "$2"
}

# run_bazel ARGS...: Bazel in the current folder. Startup options may stand before the command, as with Bazel itself. What
# `bazel run` starts finds this very Bazel in the environment, as BAZEL.
run_bazel() {
  local folder workspace command
  folder=$(workspace_folder)
  workspace="$cache/workspaces/$(key_of "$folder")"
  replace_file "$workspace.bazelrc" write_workspace_bazelrc "$folder"
  if [[ $machine_bazel ]]; then
    command=("$machine_bazel" --bazelrc="$machine_bazelrc" --bazelrc="$workspace.bazelrc")
  else
    command=(bazel --nosystem_rc --bazelrc="$bazelrc" --bazelrc="$workspace.bazelrc")
  fi
  replace_file "$workspace.bazel" printf '#!/bin/sh\nexec %s "$@"\n' "${command[*]@Q}"
  chmod +x "$workspace.bazel"
  if [[ $machine_bazel ]]; then
    BAZEL="$workspace.bazel" "${command[@]}" "$@"
  else
    BAZEL="$workspace.bazel" enter "$root/root" "${command[@]}" "$@"
  fi
}
