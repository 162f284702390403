# shellcheck shell=bash
# An LLVM that is not ours: Debian's clang 19, linked dynamically, as an archive for the tag race.archive.

# make_llvm_packages LIST: downloads the packages of LIST, "NAME VERSION SHA256" in a line, by an apt for Debian 13.
make_llvm_packages() {
  local name version sha256 file
  private_apt "$PWD/apt" trixie
  while read -r name version sha256; do
    [[ $name != "#"* ]] || continue
    if apt-get download "$name:amd64=$version"; then
      file=$(echo "${name}"_*.deb)
      [[ $(sha256sum <"$file") == "$sha256 "* ]] || fail "$file is not what is pinned" "$(sha256sum "$file")" \
        "find out who changed it: a registry does not change a published version"
    else
      # A point release dropped it. apt has verified its successor, and that is as good a stranger.
      say "$name $version is gone: taking the current version"
      apt-get download "$name:amd64"
    fi
  done <"$1"
  remove apt
}

# make_llvm_archive PACKER PACKAGES
make_llvm_archive() { "$1" llvm --exec amd64 --out sysroot_llvm_amd64.tar.zst "$2"/*.deb; }

# debians_llvm PACKER: sets $made to a folder with the archive.
debians_llvm() {
  cached llvm19-packages "$(key_of "$repo/devenv/llvm19.txt")" "Debian's clang 19 (about 65 MB to download)" \
    make_llvm_packages "$repo/devenv/llvm19.txt"
  cached llvm19 "$(key_of "$made" "$1")" "archive of Debian's clang 19" make_llvm_archive "$1" "$made"
}
