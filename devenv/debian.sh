# shellcheck shell=bash
# Debian packages without root: a private apt, and a root file system that is unpacked and never installed.

# The archive that the machine itself uses: no registry's name is written in this repository.
debian_mirror() {
  local mirror=${TOOLCHAINS_GO_RACE_DEBIAN_MIRROR:-} codename
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  if [[ -z $mirror ]]; then
    # shellcheck disable=SC2016  # the fields are apt's, not the shell's
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' |
      awk -v r="$codename" '$2 == r && $3 == "main" { print $1; exit }')
  fi
  [[ $mirror ]] || fail "no Debian archive is known" "apt's own sources (release $codename)" \
    "set TOOLCHAINS_GO_RACE_DEBIAN_MIRROR to the address of a Debian archive"
  echo "$mirror"
}

# private_apt DIR SUITE: a configuration for apt in DIR, exported as APT_CONFIG, with its lists updated.
private_apt() {
  local dir=$1 suite=$2 keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  mkdir -p "$dir"/{etc/apt.conf.d,etc/preferences.d,state/lists/partial,cache/archives/partial}
  # The stable and testing archives are signed by the keys of this ring; testing's lists go out of date quickly.
  echo "deb [check-valid-until=no signed-by=$keyring] $(debian_mirror) $suite main" >"$dir/etc/sources.list"
  # These count as installed: a JDK (Bazel's server runs on the JRE that stands in the list of packages).
  printf 'Package: %s\nStatus: install ok installed\nArchitecture: amd64\nVersion: 9:99\nDescription: not needed\nMaintainer: ./dev\n\n' \
    default-jdk-headless >"$dir/status"
  cat >"$dir/apt.conf" <<EOF
Dir::Etc "$dir/etc";
Dir::Etc::sourceparts "$dir/etc/preferences.d";
Dir::State "$dir/state";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
APT::Architecture "amd64";
APT::Architectures { "amd64"; "arm64"; };
APT::Install-Recommends "false";
APT::Sandbox::User "$(id -un)";
Acquire::Retries "3";
Acquire::Languages "none";
EOF
  export APT_CONFIG="$dir/apt.conf"
  apt-get update
}

# The packages of the root: Bazel with its rule sets, Rust, and what their programs and ours call.
root_packages=(
  base-files base-passwd bash coreutils dash diffutils findutils grep gzip hostname libc-bin mawk perl-base sed tar
  util-linux procps patch unzip zip xz-utils zstd git ca-certificates ca-certificates-java default-jre-headless
  bubblewrap python3 python3-pip shellcheck
  bazel-bootstrap bazel-features bazel-lib bazel-platforms bazel-rules-cc bazel-rules-java bazel-rules-license
  bazel-rules-pkg bazel-rules-proto bazel-rules-python bazel-rules-rust bazel-rules-shell bazel-skylib bazel-stardoc
  cargo lld-22 rust-clippy rustc rustfmt
)

# unpack_root PACKAGE...: makes the folder `root` of packages of Debian's testing release and of what they depend on, and
# packages.txt, their names. The private apt stays configured.
unpack_root() {
  private_apt "$PWD/apt" forky
  apt-get install -y --download-only "$@"
  mkdir -p root/usr/{bin,sbin,lib,lib64}
  local dir
  for dir in bin sbin lib lib64; do ln -s "usr/$dir" "root/$dir"; done
  # Unpacking in parallel: each package has files of its own.
  find apt/cache/archives -name '*.deb' -print0 |
    xargs -0 -P "$(nproc)" -n 8 bash -c 'for deb; do dpkg-deb -x "$deb" root || exit 255; done' unpack
  ls apt/cache/archives >packages.txt
  # What maintainer scripts would have made, and places for what of the machine is mounted over the root (enter.sh).
  ln -s mawk root/usr/bin/awk
  mkdir -p root/etc/ssl/certs
  touch root/etc/{resolv.conf,hosts,passwd,group,localtime}
}

make_root() {
  unpack_root "${root_packages[@]}"
  # For tools that run on arm64: Rust's standard library, and the static glibc and libgcc that they are linked with.
  local gcc deb
  gcc=$(apt-cache depends libgcc-s1 | sed -n 's/^ *Depends: gcc-\([0-9]*\)-base$/\1/p')
  mkdir arm64 apt/arm64
  (cd apt/arm64 && apt-get download libstd-rust-dev:arm64 libc6-dev:arm64 "libgcc-$gcc-dev:arm64")
  for deb in apt/arm64/*.deb; do dpkg-deb -x "$deb" arm64; done
  remove apt
  # What maintainer scripts would have made.
  ln -s gcc root/usr/bin/cc
  ln -s g++ root/usr/bin/c++
  ln -s /usr/lib/jvm/default-java/bin/java root/usr/bin/java
  # ./dev has all of Bazel's options in files of its own; Debian's would be a warning at each call.
  rm -r root/etc/bazel
  mkdir -p root/etc/ssl/certs/java
  cat root/usr/share/ca-certificates/mozilla/*.crt >root/etc/ssl/certs/ca-certificates.crt
}
