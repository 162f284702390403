# shellcheck shell=bash
# What racereport writes as SARIF, held against the schema that OASIS has published: it comes in the crate serde-sarif.

sarif_crate=serde-sarif-0.8.0 sarif_sha256=a053c46f18a8043570d4e32fefc4c6377f82bf29ec310a33e93f273048e3b0be

make_sarif_validator() {
  install_site "$repo/devenv/sarif-requirements.txt"
  local archive
  mkdir scratch
  empty_package scratch
  echo "${sarif_crate%-*} = \"=${sarif_crate##*-}\"" >>scratch/Cargo.toml
  (cd scratch && enter "$root/root" cargo fetch)
  archive=$(echo "${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$sarif_crate.crate")
  [[ $(sha256sum <"$archive") == "$sarif_sha256 "* ]]
  tar --extract --gzip --file "$archive" --strip-components=2 "$sarif_crate/src/schema.json"
  remove scratch
}

# sarif_documents FOLDER: what racereport writes of real logs: all kinds of reports at once with a baseline of which one race
# was met and one was not, logs of one kind, a cut one, one whose report is elsewhere, and none.
sarif_documents() {
  local folder=$1 logs=$repo/tools/racereport/tests/logs name
  local -A inputs=([all]="$folder/all.log" [cut]="$folder/cut.log" [elsewhere]="$folder/elsewhere.log" [none]=/dev/null)
  for name in "$logs"/*.log; do inputs[$(basename "$name" .log)]=$name; done
  head -c 700 "$logs/flow.log" >"$folder/cut.log"
  echo "    testing.go:1865: race detected during execution of test" >"$folder/elsewhere.log"
  cat "$logs"/*.log >"$folder/all.log"
  write_sarif "$folder/first.sarif" "$logs/flow.log" || return 1
  name=$(grep -m 1 -o 'race-[0-9a-f]\{10\}' "$folder/first.sarif")
  echo '{"version": 1, "accepted": [{"id": "'"$name"'", "reason": "a test", "owner": "us"}, {"id": "race-gone", "reason": "a test", "owner": "us"}]}' \
    >"$folder/baseline.json"
  write_sarif "$folder/accepted.sarif" "${inputs[all]}" "--baseline=$folder/baseline.json" || return 1
  for name in "${!inputs[@]}"; do
    write_sarif "$folder/$name.sarif" "${inputs[$name]}" || return 1
  done
}

# write_sarif FILE LOG OPTIONS...: a race that is found is no failure here.
write_sarif() {
  local status=0
  in_root "$(cargo_target)/debug/racereport" --format=sarif "--workspace=$repo/tests/fixtures/races" "--output=$1" "${@:2}" || status=$?
  ((status < 2))
}

# valid_sarif: succeeds if the schema accepts each document, and refuses each that is broken on purpose.
valid_sarif() {
  local folder status=0
  cached sarif-validator "$(key_of "$root" "$repo"/devenv/sarif{.sh,-requirements.txt})" "SARIF's schema and a validator" make_sarif_validator
  in_root cargo build --quiet --locked -p racereport || return 1
  folder=$(mktemp -d)
  sarif_documents "$folder" || status=1
  in_root env PYTHONPATH="$made/site" python3 - "$made/schema.json" "$folder"/*.sarif <<'PYTHON' || status=1
import copy, json, sys
from jsonschema import Draft7Validator, FormatChecker

validator = Draft7Validator(json.load(open(sys.argv[1])), format_checker=FormatChecker())
documents = {path: json.load(open(path)) for path in sys.argv[2:]}
wrong, rules, states = [], set(), set()
for path, document in documents.items():
    for error in validator.iter_errors(document):
        wrong.append(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    for result in document["runs"][0]["results"]:
        rules.add(result["ruleId"])
        states.add(result.get("baselineState"))

# The documents have what they are to show.
kinds = {"data-race", "concurrent-map", "lock-order", "deadlock", "thread-leak"}
if kinds - rules or states != {None, "new", "unchanged", "absent"}:
    wrong.append(f"the documents lack something: they have {rules} and {states}")

def broken(change):
    document = copy.deepcopy(next(d for p, d in documents.items() if p.endswith("/flow.sarif")))
    change(document, document["runs"][0]["results"][0])
    return document

place = lambda result: result["locations"][0]["physicalLocation"]
for name, change in {
    "no version": lambda d, r: d.pop("version"),
    "no message": lambda d, r: r.pop("message"),
    "an unknown level": lambda d, r: r.update(level="fatal"),
    "an unknown field": lambda d, r: r.update(colour="red"),
    "line 0": lambda d, r: place(r)["region"].update(startLine=0),
    "a path that is no URI": lambda d, r: place(r)["artifactLocation"].update(uri="a b.go"),
}.items():
    if validator.is_valid(broken(change)):
        wrong.append(f"the schema accepts a broken document: {name}")

print(f"        {len(documents)} documents, {len(wrong)} faults")
sys.exit("\n".join(wrong) or 0)
PYTHON
  rm -r "$folder"
  return $status
}
