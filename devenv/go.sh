# shellcheck shell=bash
# What comes as Go modules: rules_go, gazelle, Go SDKs, buildifier.

rules_go_version=v0.65.0
gazelle_version=v0.54.0
# The SDK of workspaces that name none.
default_go=1.27.0
buildifier_version=v0.0.0-20250930140053-2eb4fccefb52

# go_module FOLDER PATH@VERSION: downloads a Go module (go checks it against the checksum database) and moves its
# tree to FOLDER. Runs in a scratch folder.
go_module() {
  local folder=$1 module=$2 tree
  tree=$(GOMODCACHE="$PWD/mod" GOFLAGS=-modcacherw GOTOOLCHAIN=local go mod download -json "$module" |
    sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
  [[ -d $tree ]]
  chmod -R u+w "$tree"
  [[ ! -d $(dirname "$folder") ]] || chmod u+w "$(dirname "$folder")"
  mv "$tree" "$folder"
}

make_go_rules() {
  go_module "$PWD/rules_go" "github.com/bazelbuild/rules_go@$rules_go_version"
  go_module "$PWD/gazelle" "github.com/bazelbuild/bazel-gazelle@$gazelle_version"
  # gazelle's folder v2 is a Go module of its own, which a module's archive leaves out.
  local v2=github.com/bazel-contrib/bazel-gazelle/v2
  go_module "$PWD/gazelle/v2" "$v2@$(awk -v module=$v2 '$1 == module { print $2 }' gazelle/go.mod)"
  # gazelle checks a list of its own files, and v2 has one more as a module of its own.
  (cd gazelle && GO111MODULE=off GOCACHE="$PWD/../cache" GOTOOLCHAIN=local \
    go run ./internal/list_repository_tools_srcs.go -dir=. -generate=internal/go_repository_tools_srcs.bzl)
  remove cache
  # A module's archive carries no exec bits.
  find . -name '*.sh' -exec chmod +x {} +
  remove mod
}

# make_go_sdk VERSION RULES: an SDK as the repository that rules_go would make of its download.
make_go_sdk() {
  local version=$1 rules=$2
  go_module "$PWD/sdk" "golang.org/toolchain@v0.0.1-go$version.linux-amd64"
  remove mod
  chmod -R u+w sdk
  find sdk/bin sdk/pkg/tool sdk/src -type f \( -path '*/bin/*' -o -path '*/pkg/tool/*' -o -name '*.bash' \) -exec chmod +x {} +
  cp "$rules/rules_go/go/private/BUILD.sdk.bazel" sdk/BUILD.bazel
  sed -i -e 's/{goos}/linux/g; s/{goarch}/amd64/g; s/{exe}//g; s/{experiments}/[]/g' -e "s/{version}/$version/g" \
    -e 's|{exec_compatible_with}|["@platforms//os:linux", "@platforms//cpu:x86_64"]|' sdk/BUILD.bazel
  local IFS=.
  # shellcheck disable=SC2086  # the version's parts
  set -- $version
  printf '%s = "%s"\n' MAJOR_VERSION "$1" MINOR_VERSION "$2" PATCH_VERSION "$3" PRERELEASE_SUFFIX "" >sdk/version.bzl
  touch sdk/ROOT sdk/REPO.bazel
}

# make_buildifier SDK
make_buildifier() {
  GOMODCACHE="$PWD/mod" GOCACHE="$PWD/cache" GOFLAGS=-modcacherw GOTOOLCHAIN=local GOBIN="$PWD" CGO_ENABLED=0 \
    "$1/bin/go" install "github.com/bazelbuild/buildtools/buildifier@$buildifier_version"
  remove mod
  remove cache
}
