# shellcheck shell=bash
# Running a program inside the Debian root.

# Folders of / that the root brings itself, or that are mounted specially; every other one is the machine's.
root_owns=" bin boot dev etc lib lib32 lib64 libx32 lost+found proc run sbin sys usr var "

# enter ROOT COMMAND...: runs a command with the root's /usr and /etc and with the machine's own folders (home, work
# trees, /tmp) at their places, in the current folder. bubblewrap comes from the root too, with the root's own loader:
# nothing has to be installed. /proc is bound and not mounted anew, since below a new one Bazel's sandbox could not
# mount its own and would silently be a weaker one. Extra bubblewrap options: the array enter_options.
enter() {
  local root=$1 dir args
  shift
  args=(--ro-bind "$root/usr" /usr --ro-bind "$root/etc" /etc --tmpfs /run --tmpfs /var --dir /var/tmp
    --bind /proc /proc --dev-bind /dev /dev --bind /sys /sys)
  for dir in bin sbin lib lib64; do args+=(--symlink "usr/$dir" "/$dir"); done
  for dir in /*; do
    [[ $root_owns == *" ${dir#/} "* || -L $dir || ! -d $dir ]] || args+=(--bind "$dir" "$dir")
  done
  for dir in "${machine_files[@]}"; do
    [[ -e /etc/$dir ]] && args+=(--ro-bind "/etc/$dir" "/etc/$dir")
  done
  "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" "$root/usr/bin/bwrap" \
    "${args[@]}" ${enter_options[@]+"${enter_options[@]}"} --chdir "$PWD" --setenv PATH /usr/bin:/usr/sbin "$@"
}

# cargo_target: prints the folder in which cargo builds. Each clone has its own: cargo takes what another one has built there
# for its own, where that is newer than the sources.
cargo_target() { echo "$cache/target/$(key_of "$repo")"; }

# in_root COMMAND...: runs in ./dev's root, with cargo's build folder in the cache and not in the repository. Programs are linked by
# lld: there are some 70 of them among the tests, and GNU ld takes a minute of processor time for these.
in_root() {
  CARGO_TARGET_DIR="$(cargo_target)" CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-Clink-arg=-fuse-ld=lld -Clink-arg=-B/usr/lib/llvm-22/bin" \
    enter "$root/root" "$@"
}

# What of /etc stays the machine's: names, users, and the certificates that it trusts.
machine_files=(resolv.conf hosts passwd group localtime ssl/certs)

# make_truststore ROOT: the certificates that the machine trusts, in the form that Bazel's JVM wants.
make_truststore() {
  local root=$1 bundle=/etc/ssl/certs/ca-certificates.crt machine_files=(passwd) pem
  [[ -f $bundle ]] || bundle="$root$bundle"
  mkdir pem
  awk '/-BEGIN CERT/ { n++ } n { print > ("pem/" n ".pem") }' "$bundle"
  for pem in "$PWD"/pem/*.pem; do echo "+$pem"; done >list
  local enter_options=(--bind "$PWD" /etc/ssl/certs/java)
  enter "$root" java -Xmx64m -jar /usr/share/ca-certificates-java/ca-certificates-java.jar -storepass changeit <list
  [[ -s cacerts ]]
  rm -r pem list
}
