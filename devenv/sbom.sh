# shellcheck shell=bash
# The archives' bills of materials, held against SPDX's own validator (PyPI's spdx-tools).

make_sbom_validator() { install_site "$repo/devenv/sbom-requirements.txt"; }

# valid_sboms FILE...: succeeds if the validator accepts each document, or that in each archive. (The module's own sources have
# none.)
valid_sboms() {
  local tarball folder bad=0
  cached sbom-validator "$(key_of "$root" "$repo/devenv/sbom-requirements.txt")" "validator of bills of materials" make_sbom_validator
  folder=$(mktemp -d)
  for tarball; do
    rm -f "$folder/sbom.spdx.json"
    case $tarball in
      */toolchains_go_race-*) continue ;;
      *.json) cp "$tarball" "$folder/sbom.spdx.json" ;;
      *) in_root tar --extract --file "$tarball" --directory "$folder" sbom.spdx.json || bad=1 ;;
    esac
    in_root env PYTHONPATH="$made/site" python3 -m spdx_tools.spdx.clitools.pyspdxtools --infile "$folder/sbom.spdx.json" ||
      { say "        refused: the bill of materials of $tarball" && bad=1; }
  done
  rm -r "$folder"
  return $bad
}
