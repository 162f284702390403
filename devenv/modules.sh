# shellcheck shell=bash
# Bazel modules, where no registry of Bazel's answers.

# make_modules ROOT: modules that need a change, or that are stand-ins (devenv/modules).
make_modules() {
  local root=$1
  cp -r "$repo"/devenv/modules/* .
  # rules_go asks bazel_features 1.36 for one field that Debian's 1.11 lacks; Bazel 7.7.1 has not got what it stands for.
  cp -r "$root/root/usr/share/bazel/tools/features" bazel_features
  sed -i 's/^_rules = struct(/&\n    instrumented_files_info_has_baseline_coverage_files = False,/' bazel_features/features.bzl
  grep -q has_baseline bazel_features/features.bzl
  # A module's folder needs a BUILD file to be a package; a stand-in has nothing to say in it.
  local dir
  for dir in */; do [[ -e ${dir}BUILD.bazel || -e ${dir}BUILD ]] || touch "${dir}BUILD.bazel"; done
}
