# shellcheck shell=bash
# The crates that the tools on a consumer's path use.

# make_crates: their archives, as cargo downloads them, under the names that Bazel looks for in a --distdir.
make_crates() {
  local name version
  mkdir scratch
  empty_package scratch
  while read -r name version; do
    echo "\"$name\" = { version = \"=$version\", default-features = false }" >>scratch/Cargo.toml
  done < <(crate_versions)
  (cd scratch && enter "$root/root" cargo fetch)
  while read -r name version; do
    cp "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$name-$version.crate" .
  done < <(crate_versions)
  remove scratch
}

# empty_package DIR: a package in DIR without code, whose dependencies are to be added at its manifest's end.
empty_package() {
  printf '[package]\nname = "empty"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n' >"$1/Cargo.toml"
  touch "$1/lib.rs"
}

# crate_versions: a line "NAME VERSION" for each.
crate_versions() { sed -n 's/^    "\(.*\)": ("\(.*\)", ".*$/\1 \2/p' "$repo/third_party/crates/crates.bzl"; }

# ./dev crates: writes third_party/crates, the Bazel targets of the crates that the tools on a consumer's path use.
#
# They are generated here, by rules_rust's cargo-bazel, and committed, so that a consumer's Bazel needs neither
# cargo-bazel nor cargo: it fetches a handful of crates by their SHA-256, and nothing else.

consumer_tools=(airgap doctor leakcheck nm racereport unpack vm)
crates_triples=(x86_64-unknown-linux-gnu aarch64-unknown-linux-gnu)

make_cargo_bazel() {
  cp -r "$root/root/usr/share/bazel/rules/rust/crate_universe" source
  (cd source && CARGO_TARGET_DIR="$PWD/target" enter "$root/root" cargo build --release --locked --bin cargo-bazel)
  mv source/target/release/cargo-bazel .
  remove source
}

# consumer_dependencies MANIFEST: the crates that a program needs, as lines of the workspace's table of them.
consumer_dependencies() {
  awk '
    /^\[/ { workspace = $0 == "[workspace.dependencies]"; own = $0 == "[dependencies]"; next }
    FNR == NR { if (workspace && /^[a-z]/ && !/path = /) line[$1] = $0; next }
    own && sub(/\.workspace = true$/, "") && $0 in line { print line[$0] }' "$repo/Cargo.toml" "$1"
}

# remove_unused_crates FOLDER: cargo's lock file has crates of other systems and of features that nobody asks for, too. What
# stays is what can be reached from the aliases.
remove_unused_crates() {
  local reached=("$1/BUILD.bazel") more
  while
    mapfile -t more < <(sed -n 's/.*@go_race_crates__\([^/]*\)\/\/.*/\1/p' "${reached[@]}" | sort -u | sed "s|.*|$1/BUILD.&.bazel|")
    ((${#more[@]} + 1 > ${#reached[@]}))
  do
    reached=("$1/BUILD.bazel" "${more[@]}")
  done
  for more in "$1"/BUILD.*-*.bazel; do
    [[ " ${reached[*]} " == *" $more "* ]] || rm "$more"
  done
}

write_crates() {
  cached cargo-bazel "$(key_of "$root")" "cargo-bazel" make_cargo_bazel
  local cargo_bazel=$made/cargo-bazel work tool
  work=$(mktemp -d)
  # One package with what those programs depend on, and without what only their tests need (this cargo-bazel knows
  # neither resolver 3 nor edition 2024).
  empty_package "$work"
  for tool in "${consumer_tools[@]}"; do
    consumer_dependencies "$repo/tools/$tool/Cargo.toml"
  done | sort -u >>"$work/Cargo.toml"
  cp "$repo/Cargo.lock" "$work"
  # A home of cargo's own, where the registry's index also has the name that old cargos gave it, and old cargo-bazels
  # look for.
  local index
  export CARGO_HOME="$work/home"
  (cd "$work" && in_root cargo fetch --quiet)
  for index in "$CARGO_HOME"/registry/index/*-1949cf8c6b5b557f; do
    ln -s "$(basename "$index")" "${index%-*}-6f17d22bba15001f"
  done
  # libc needs its build script for other systems than Linux: three actions less.
  cat >"$work/config.json" <<EOF
{
  "generate_binaries": false, "generate_build_scripts": true, "cargo_config": null,
  "annotations": { "libc *": { "gen_build_script": false, "disable_pipelining": false } },
  "supported_platform_triples": [$(printf '"%s",' "${crates_triples[@]}" | sed 's/,$//')],
  "rendering": {
    "repository_name": "go_race_crates", "regen_command": "./dev crates", "vendor_mode": "remote",
    "build_file_template": "//third_party/crates:BUILD.{name}-{version}.bazel",
    "crates_module_template": "//third_party/crates:{file}",
    "default_package_name": "", "generate_target_compatible_with": false
  }
}
EOF
  echo "{ \"cargo_config\": null, \"direct_packages\": {}, \"resolver_version\": \"2\", \"manifests\": { \"$work/Cargo.toml\": \"//:Cargo.toml\" } }" \
    >"$work/manifest.json"
  printf '#!/bin/sh\necho %s\n' "$work" >"$work/bazel" && chmod +x "$work/bazel"
  (cd "$work" && CARGO=/usr/bin/cargo RUSTC=/usr/bin/rustc in_root "$cargo_bazel" vendor --bazel "$work/bazel" \
    --config "$work/config.json" --splicing-manifest "$work/manifest.json" --cargo-lockfile "$work/Cargo.lock" --workspace-dir "$work")
  # What is kept: the BUILD files, and the aliases. Where a crate's archive comes from is for the extension to say.
  local out="$repo/third_party/crates"
  remove "$out"
  mkdir -p "$out"
  mv "$work"/third_party/crates/BUILD.*.bazel "$out"
  {
    echo '"""The crates that the tools on a consumer'"'"'s path are built with. Written by ./dev crates."""'
    awk '/^# Workspace Member/ { print ""; print "package(default_visibility = [\"//tools:__subpackages__\"])"; next } /^alias\(/ { take = 1; print "" } take && /[^ ]/ { print } /^\)/ { take = 0 }' \
      "$work/third_party/crates/BUILD.bazel"
  } >"$out/BUILD.bazel"
  remove_unused_crates "$out"
  {
    echo '"""The archives of those crates, from Cargo.lock. Written by ./dev crates."""'
    printf '\n# name: (version, SHA-256 of NAME-VERSION.crate)\nCRATES = {\n'
    for tool in "$out"/BUILD.*.bazel; do
      tool=$(basename "$tool" .bazel)
      tool=${tool#BUILD.}
      awk -v name="${tool%-[0-9]*}" -v version="${tool##*-}" '
        $1 == "name" { n = $3 } $1 == "version" { v = $3 }
        $1 == "checksum" && n == "\"" name "\"" && v == "\"" version "\"" { printf "    \"%s\": (\"%s\", %s),\n", name, version, $3 }' "$repo/Cargo.lock"
    done
    echo '}'
  } >"$out/crates.bzl"
  rm -rf "$work"
}
