# shellcheck shell=bash
# What ./dev adds for the workspace in the current folder, whoever wrote it.

# workspace_folder: the nearest folder upwards that is a workspace.
workspace_folder() {
  local folder=$PWD
  until [[ -e $folder/MODULE.bazel || -e $folder/REPO.bazel ]]; do
    [[ $folder == / ]] && fail "this folder is in no Bazel workspace" "$PWD" "go to a folder with a MODULE.bazel, or below one"
    folder=$(dirname "$folder")
  done
  echo "$folder"
}

# sdk_tags FOLDER: a line "NAME VERSION" for each Go SDK that the workspace asks rules_go for, with the name that
# rules_go gives its repository: tags from a file come first, then downloads, numbered in order.
sdk_tags() {
  local module=$1/MODULE.bazel go_mod=$1/go.mod
  awk -v go_mod="$go_mod" '
    function value(text, key) {
      return match(text, key " *= *\"[^\"]*\"") ? unquoted(substr(text, RSTART, RLENGTH)) : ""
    }
    function unquoted(text) { sub(/^[^"]*"/, "", text); sub(/"$/, "", text); return text }
    /^[ \t]*#/ { next }
    /go_sdk\.(download|from_file)\(/ { tag = ""; inside = 1 }
    inside { tag = tag " " $0 }
    inside && /\)/ {
      inside = 0
      if (tag ~ /from_file/) files[++f] = tag; else downloads[++d] = tag
    }
    END {
      for (i = 1; i <= f; i++) {
        while ((getline line < go_mod) > 0) {
          split(line, word, " ")
          if (word[1] == "toolchain") version = substr(word[2], 3)
          if (word[1] == "go" && version == "") version = word[2]
        }
        print "main___download_" (i - 1) "_linux_amd64", version
      }
      for (i = 1; i <= d; i++) {
        name = value(downloads[i], "[^a-z_]name")
        print name == "" ? "main___download_" (f + i - 1) "_linux_amd64" : name, value(downloads[i], "version")
      }
    }' "$module"
}

# write_workspace_bazelrc FOLDER: the options for that workspace.
write_workspace_bazelrc() {
  local folder=$1 name version
  # A workspace other than ours takes the module from this clone; our own is the module.
  [[ $folder == "$repo" ]] || echo "common --override_module=toolchains_go_race=$repo"
  # Where the machine's own Bazel and rules answer, so may the places that rules_go takes its SDKs from.
  [[ ! $machine_bazel && -e $folder/MODULE.bazel ]] || return 0
  while read -r name version; do
    [[ $version ]] || continue
    # go.mod may name a language version, which stands for its first release.
    [[ $version == *.*.* ]] || version=$version.0
    go_sdk "$version"
    echo "common --override_repository=rules_go~~go_sdk~$name=$made/sdk"
  done < <(sdk_tags "$folder")
}

# go_sdk VERSION: sets $made to the folder of an SDK, made if it is missing.
go_sdk() {
  cached "go$1" "$(key_of "$1" "$go_rules" "$repo/devenv/go.sh")" "Go SDK $1" make_go_sdk "$1" "$go_rules"
}
