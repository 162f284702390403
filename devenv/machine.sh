# shellcheck shell=bash
# A Bazel that the machine has of itself.

# find_machine_bazel: sets $machine_bazel to the machine's own Bazel if it is one that the module supports, and if the
# rule sets that the module needs answer to it; to nothing otherwise.
find_machine_bazel() {
  local found version
  machine_bazel=
  found=$(command -v bazel) || return 0
  version=$(cd "$repo" && "$found" --version 2>/dev/null) || return 0
  if [[ $version != "bazel 7."* ]] || ! printf '7.7.0\n%s\n' "${version#bazel }" | sort -VC; then
    say "  Bazel: the machine has $version; ./dev needs 7.7 or a later 7, and takes its own"
    return 0
  fi
  # Asking takes seconds, and for a Bazel without network minutes: once is enough.
  local verdict
  verdict="$cache/machine-bazel-$(key_of "$found" "$version" "$(stat -Lc %Y.%s "$found")" "$repo/MODULE.bazel")"
  if [[ -z $(find "$verdict" -mmin -1440 2>/dev/null) ]]; then
    say "  Bazel: the machine has $version; do the rule sets answer? …"
    if (cd "$repo" && timeout 300 "$found" query '@rules_go//go:toolchain + @rules_rust//rust:toolchain_type') >"$cache/log/machine-bazel" 2>&1; then
      echo yes >"$verdict"
    else
      echo no >"$verdict"
    fi
  fi
  if [[ $(<"$verdict") == yes ]]; then
    machine_bazel=$found
  else
    say "  Bazel: the machine has $version, but rule sets do not answer ($cache/log/machine-bazel); ./dev takes its own"
  fi
}

# make_machine_boot: the boot libraries, with the linker of the machine's own Rust.
make_machine_boot() {
  local linker
  linker=$(echo "$(rustc --print sysroot)"/lib/rustlib/*/bin/rust-lld)
  [[ -x $linker ]]
  cp -r "$rust/boot/." .
  ln -sf "$linker" ld.lld
}
