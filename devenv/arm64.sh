# shellcheck shell=bash
# What an arm64 machine that builds would have: Go's SDK for it.

make_arm64_sdk() {
  go_module "$PWD/sdk" "golang.org/toolchain@v0.0.1-go$1.linux-arm64"
  remove mod
  find sdk/bin sdk/pkg/tool -type f -exec chmod +x {} +
}

# arm64_sdk: sets $arm64_sdk to Go's SDK for arm64.
arm64_sdk() {
  cached "go$default_go-arm64" "$(key_of "$default_go" "$repo/devenv/arm64.sh")" "Go SDK $default_go for arm64" make_arm64_sdk "$default_go"
  arm64_sdk=$made/sdk
}
