# shellcheck shell=bash
# An LLVM that is not ours: Debian's clang 19, linked dynamically, as an archive for the tag race.archive.

# make_llvm_archive PACKER PACKAGES: at a level that takes seconds and not minutes, for it goes nowhere.
make_llvm_archive() { "$1" llvm --exec amd64 --level 3 --out sysroot_llvm_amd64.tar.zst "$2"/*.deb; }

# debians_llvm PACKER: sets $made to a folder with the archive.
debians_llvm() {
  cached llvm19-packages "$(key_of "$repo/devenv/llvm19.txt")" "Debian's clang 19 (about 65 MB to download)" \
    make_packages "$repo/devenv/llvm19.txt"
  cached llvm19 "$(key_of "$made" "$1")" "archive of Debian's clang 19" make_llvm_archive "$1" "$made"
}
