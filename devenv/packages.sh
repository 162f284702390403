# shellcheck shell=bash
# Packages that are pinned: of Debian 13 as files, of PyPI as a folder for PYTHONPATH.

# make_packages LIST: downloads the packages of LIST, "NAME VERSION SHA256" in a line.
make_packages() {
  local wanted name version sha256 file
  private_apt "$PWD/apt" trixie
  mapfile -t wanted < <(awk '!/^#/ { print $1 ":amd64=" $2 }' "$1")
  # All at once, which takes a fraction of the time. If one is gone, apt loads none of them.
  apt-get download "${wanted[@]}" || say "not all of them are there: one by one"
  while read -r name version sha256; do
    [[ $name != "#"* ]] || continue
    if compgen -G "${name}_*.deb" || apt-get download "$name:amd64=$version"; then
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

# install_site REQUIREMENTS: installs the packages of PyPI that REQUIREMENTS pins into the folder `site`, for the root's Python.
install_site() {
  enter "$root/root" pip install --quiet --no-deps --only-binary=:all: --require-hashes --target "$PWD/site" -r "$1"
}
