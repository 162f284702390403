# shellcheck shell=bash
# The two repositories that stand for "the environment in which the tools are built": a Rust toolchain (in place of
# the one that rules_rust would download) and, for the boot stage, rustc's linker with a static glibc.

# make_rust ROOT: both, as links into the root where Bazel runs inside it, as copies where they are changed.
make_rust() {
  local root=$1
  mkdir -p toolchain/{bin,rustc_lib,x86_64-unknown-linux-gnu/lib,aarch64-unknown-linux-gnu/lib} boot/{amd64,arm64}
  touch toolchain/REPO.bazel boot/REPO.bazel
  cp "$repo/devenv/rust/toolchain.BUILD.bazel" toolchain/BUILD.bazel
  cp "$repo/devenv/rust/boot.BUILD.bazel" boot/BUILD.bazel
  local tool arch triple
  for tool in cargo clippy-driver rustc rustdoc rustfmt; do ln -s "/usr/bin/$tool" toolchain/bin; done
  for tool in "$root"/root/usr/lib/x86_64-linux-gnu/librustc_driver-*.so; do
    ln -s "${tool#"$root"/root}" toolchain/rustc_lib
  done
  for tool in "$root"/root/usr/lib/rustlib/x86_64-unknown-linux-gnu/lib/*; do
    ln -s "${tool#"$root"/root}" toolchain/x86_64-unknown-linux-gnu/lib
  done
  cp "$root"/arm64/usr/lib/rustlib/aarch64-unknown-linux-gnu/lib/* toolchain/aarch64-unknown-linux-gnu/lib
  # rustc infers the linker's kind from its name.
  ln -s /usr/lib/llvm-22/bin/lld boot/ld.lld
  for arch in amd64:x86_64 arm64:aarch64; do
    triple=${arch#*:}-linux-gnu
    arch=${arch%:*}
    local from="$root/arm64/usr/lib"
    [[ $arch == arm64 ]] || from="$root/root/usr/lib"
    cp "$from/$triple"/{rcrt1,crti,crtn}.o "$from/$triple"/lib{c,dl,pthread,rt,util}.a boot/"$arch"
    # Debian's libm.a may be a linker script with absolute paths: take what it names.
    cp "$from/$triple"/libm-*.a boot/"$arch"/libm.a
    cp "$from/gcc/$triple"/*/libgcc{,_eh}.a boot/"$arch"
  done
}
