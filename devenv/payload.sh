# shellcheck shell=bash
# The payload: tarballs, made by `sysroot pack` from the packages that sysroot/lock.json pins.

# make_sysroot_tool: builds the packer. Its link is static, so that it runs on the machine itself, where the ordinary
# package clients are, and not only in the root.
make_sysroot_tool() {
  local target=x86_64-unknown-linux-gnu
  # Without link-time optimisation: most of its work is zstd's, which is C.
  RUSTFLAGS="-C target-feature=+crt-static" CARGO_PROFILE_RELEASE_LTO=off CARGO_TARGET_DIR="$PWD/target" \
    enter "$root/root" cargo build --quiet --release --locked --manifest-path "$repo/Cargo.toml" -p sysroot --target $target
  mv target/$target/release/sysroot .
  remove target
}

# make_payload_part PACKER TARBALL...: packs these tarballs.
make_payload_part() {
  local packer=$1 tarball earlier only=()
  for tarball in "${@:2}"; do
    only+=(--only "sysroot_$tarball.tar.zst")
    # What an earlier lock pinned may be pinned still: the packer keeps what is right.
    for earlier in "$cache"/payload*/"sysroot_$tarball.tar.zst"; do
      [[ ! -e $earlier || $(sha256sum <"$earlier") != *"$(locked_sha256 "sysroot_$tarball.tar.zst")"* ]] || ln -f "$earlier" .
    done
  done
  # A machine without pip borrows the root's.
  mkdir bin
  if ! { command -v pip || command -v pip3 || python3 -m pip --version; } >/dev/null 2>&1; then
    printf '#!/bin/bash\nrepo=%q\nroot=%q\nsource "$repo/devenv/enter.sh"\nenter "$root/root" pip "$@"\n' "$repo" "$root" >bin/pip
    chmod +x bin/pip
  fi
  PATH="$PWD/bin:$PATH" "$packer" pack --lock "$repo/sysroot/lock.json" --packages "$cache/packages" --out "$PWD" "${only[@]}" \
    ${TOOLCHAINS_GO_RACE_DEBIAN_MIRROR:+--debian-mirror "$TOOLCHAINS_GO_RACE_DEBIAN_MIRROR"}
  remove bin
}

# locked_sha256 TARBALL: prints what the lock says.
locked_sha256() { sed -n "/\"name\": \"$1\"/,/sha256/s/.*\"sha256\": \"\(.*\)\".*/\1/p" "$repo/sysroot/lock.json"; }

# sysroot_tool: sets $made to the folder of the packer.
sysroot_tool() {
  local sources=("$repo"/Cargo.{toml,lock} "$repo"/tools/{sysroot,diagnostic}/Cargo.toml)
  mapfile -t -O "${#sources[@]}" sources < <(find "$repo"/tools/{sysroot,diagnostic}/src "$repo/sysroot" -type f ! -name lock.json | sort)
  cached sysroot-tool "$(key_of "$root" "${sources[@]}")" "sysroot pack, the packer" make_sysroot_tool
}

# payload NAME DESCRIPTION TARBALL...: sets $made to a folder with these tarballs, and with payload.json, which says what
# they are. The lock has the tarballs' digests: it alone is the key.
payload() {
  local name=$1 what=$2 key packer=
  key=$(key_of "$repo/sysroot/lock.json" "${@:3}")
  if [[ ! -d $cache/$name-$key ]]; then
    sysroot_tool
    packer=$made/sysroot
  fi
  cached "$name" "$key" "$what" make_payload_part "$packer" "${@:3}"
  payload_is_locked "$made" || say "  payload: NOT LOCKED. A pinned Debian package is gone and its successor was taken ($made/payload.json" \
    "says which). sysroot/README.md says how to renew the lock."
}

# make_payload: sets $payload to the folder of what a build on this machine takes.
make_payload() {
  payload payload "payload (about 110 MB to download)" library llvm_amd64 lib_amd64 lib_arm64
  payload=$made
}

# The rest: LLVM for execution on arm64, glibc, and the virtual machine that runs tests for arm64.
rest=(llvm_arm64 glibc_amd64 glibc_arm64 emulator_amd64 kernel_arm64)

# make_rest_of_payload: sets $rest_of_payload to the folder of the rest.
make_rest_of_payload() {
  payload payload-rest "rest of the payload (about 150 MB to download)" "${rest[@]}"
  rest_of_payload=$made
}

# find_rest_of_payload: the same, if the folder was made before; else sets it to nothing.
find_rest_of_payload() {
  rest_of_payload=$cache/payload-rest-$(key_of "$repo/sysroot/lock.json" "${rest[@]}")
  [[ -d $rest_of_payload ]] || rest_of_payload=
}

# payload_is_locked FOLDER...
payload_is_locked() {
  local folder
  for folder; do grep -q '"locked": true' "$folder/payload.json" || return 1; done
}

# unlocked_repositories: for a payload that is not the locked one, a repository for each tarball, in place of those
# that the extension makes of the lock. Prints "NAME FOLDER" for each.
unlocked_repositories() {
  local file name folder
  for file in "$payload"/sysroot_*.tar.zst ${rest_of_payload:+"$rest_of_payload"/sysroot_*.tar.zst}; do
    name=$(basename "$file" .tar.zst)
    name=go_race_${name#sysroot_}
    folder=$cache/unlocked/$(key_of "$file")
    mkdir -p "$folder"
    ln -sf "$file" "$folder/"
    touch "$folder/REPO.bazel"
    cat >"$folder/BUILD.bazel" <<EOF
load("@toolchains_go_race//toolchain:archive.bzl", "race_archive")

race_archive(
    name = "archive",
    src = "$(basename "$file")",
    sha256 = "$(sha256sum <"$file" | cut -d' ' -f1)",
    visibility = ["//visibility:public"],
)
EOF
    echo "$name $folder"
  done
}
