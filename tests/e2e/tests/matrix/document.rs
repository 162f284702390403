//! docs/matrix.md has a row for each test here, and none for what is not tested.

use std::collections::BTreeSet;

use e2e::Setup;

#[test]
fn the_document_names_each_test_of_the_matrix_and_no_other() {
    let repo = Setup::get().repo;
    let mut tests = BTreeSet::new();
    for entry in std::fs::read_dir(repo.join("tests/e2e/tests/matrix")).expect("the tests") {
        let source = std::fs::read_to_string(entry.expect("an entry").path()).expect("a source");
        let functions = source.split("#[test]\nfn ").skip(1);
        tests.extend(functions.filter_map(|text| Some(text.split_once('(')?.0.to_owned())));
    }
    tests.remove("the_document_names_each_test_of_the_matrix_and_no_other");
    // The last column of a row: tests, each in backquotes.
    let document = std::fs::read_to_string(repo.join("docs/matrix.md")).expect("docs/matrix.md");
    let rows = document.lines().filter_map(|line| line.strip_suffix(" |")?.rsplit_once(" | "));
    let named: BTreeSet<String> =
        rows.flat_map(|(_, tests)| tests.split('`').skip(1).step_by(2)).map(str::to_owned).collect();
    let missing: Vec<_> = tests.difference(&named).collect();
    let unknown: Vec<_> = named.difference(&tests).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "docs/matrix.md lacks {missing:#?} and has {unknown:#?}");
}
