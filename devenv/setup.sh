# shellcheck shell=bash
# setup: makes what is missing, and sets the variables that say where things are.

setup() {
  [[ $(uname -sm) == "Linux x86_64" ]] || fail "./dev runs on Linux on amd64 only" "uname: $(uname -sm)" \
    "use Bazel with the module directly (README.md), or an amd64 machine"
  mkdir -p "$cache"
  hold_clone
  tidy
  local tool
  for tool in flock apt-get dpkg-deb go git; do needs "$tool" "the set-up"; done

  cached root "$(key_of "$repo/devenv/debian.sh")" "Debian root with Bazel and Rust (about 500 MB to download)" make_root
  root=$made
  can_enter
  cached truststore "$(key_of "$root" /etc/ssl/certs/ca-certificates.crt)" "certificates for Bazel" \
    make_truststore "$root/root"
  truststore=$made
  cached rules "$(key_of "$rules_go_version" "$gazelle_version" "$repo/devenv/go.sh")" "rules_go and gazelle" make_go_rules
  go_rules=$made
  cached modules "$(key_of "$root" "$repo"/devenv/modules.sh "$repo"/devenv/modules/*/* "$repo"/devenv/modules/*/*/*)" \
    "Bazel modules" make_modules "$root"
  modules=$made
  cached rust "$(key_of "$root" "$repo"/devenv/rust.sh "$repo"/devenv/rust/*)" "Rust toolchain and boot libraries" \
    make_rust "$root"
  rust=$made
  cached crates "$(key_of "$repo/third_party/crates/crates.bzl")" "crates of the tools" make_crates
  crates=$made
  make_payload
  find_rest_of_payload
  save_bazelrc
}

# can_enter: ends ./dev where the kernel or a folder's place does not allow it to run programs in the root.
can_enter() {
  local message folder
  for folder in "$repo" "$cache" "$PWD"; do
    [[ $root_owns != *" $(cut -d/ -f2 <<<"$folder") "* ]] || fail "this folder cannot be seen from within the Debian root" \
      "$folder" "move it below your home or /tmp (TOOLCHAINS_GO_RACE_CACHE names another cache folder)"
  done
  message=$(enter "$root/root" true 2>&1) || fail "programs cannot be run in the Debian root" "bubblewrap says: $message" \
    "an ordinary user needs a kernel that lets him make user namespaces (sysctl user.max_user_namespaces, and
         kernel.apparmor_restrict_unprivileged_userns where there is one); or call ./dev as root"
}

# save_bazelrc [PURPOSE]: writes the options for this clone to $bazelrc, or to $machine_bazelrc for the machine's own Bazel.
# Each purpose has files of its own: a ./dev beside another must not change what the other one's Bazel is told.
save_bazelrc() {
  bazelrc=$cache/workspaces/$(key_of "$repo")-${1:-dev}.bazelrc
  machine_bazelrc=${bazelrc%.bazelrc}-machine.bazelrc
  mkdir -p "$cache/workspaces"
  replace_file "$bazelrc" write_bazelrc
  find_machine_bazel
  if [[ $machine_bazel ]]; then
    needs rustc "the boot stage (its linker)"
    cached machine-boot "$(key_of "$rust" "$(rustc --print sysroot)")" "boot libraries with the machine's linker" make_machine_boot
    replace_file "$machine_bazelrc" write_payload_bazelrc "$made"
  fi
}
