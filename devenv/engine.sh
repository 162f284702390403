# shellcheck shell=bash
# The programs of a remote execution engine: BuildGrid, PostgreSQL and buildbox, in a root of their own.

# What the engine's processes are, and what they call; and static shells, for the scripts that want one.
engine_packages=(
  base-files bash coreutils dash grep sed mawk libc-bin util-linux bubblewrap python3 python3-pip postgresql-18 buildbox
  bash-static busybox-static
)

make_engine() {
  unpack_root "${engine_packages[@]}"
  remove apt
  mkdir shell
  make_static_shell
  enter "$PWD/root" pip install --quiet --no-deps --only-binary=:all: --require-hashes --target "$PWD/site" \
    -r "$repo/devenv/engine-requirements.txt"
}

# make_static_shell: the folder `shell`, for /bin and /usr/bin of an action that asks for it: bash, and busybox for the rest.
make_static_shell() {
  local applet
  cp root/usr/bin/bash-static shell/bash
  cp root/usr/bin/busybox shell/busybox
  ln -s bash shell/sh
  for applet in $(shell/busybox --list); do
    [[ -e shell/$applet ]] || ln -s busybox "shell/$applet"
  done
}

# find_engine: sets $engine to the folder with the programs.
find_engine() {
  cached engine "$(key_of "$repo"/devenv/{debian.sh,engine.sh,engine-requirements.txt})" \
    "remote execution engine: BuildGrid, PostgreSQL, buildbox (about 150 MB to download)" make_engine
  engine=$made
}
