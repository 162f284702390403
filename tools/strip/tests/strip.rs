//! Strips a real executable: this test's own, which has symbols and debug information.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use object::{Object, ObjectSection, ObjectSymbol};

/// A folder of its own for one test, with a copy of this program in it.
fn program(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::copy(std::env::current_exe().unwrap(), folder.join("program")).unwrap();
    folder.join("program")
}

fn strip(argv0: &str, args: &[&OsString]) -> Result<Option<String>, String> {
    let args: Vec<OsString> = args.iter().map(|arg| (*arg).clone()).collect();
    strip::run(&argv0.into(), &args).map_err(|error| error.to_string())
}

#[track_caller]
fn assert_starts(program: &Path) {
    // A copy by a process of its own: a child that another test forks while this process had the program open for writing
    // would hold it open as well, and running it would fail with "Text file busy".
    let copy = program.with_extension("started");
    assert!(Command::new("cp").args([program, &copy]).status().unwrap().success());
    let output = Command::new(&copy).arg("--list").output().unwrap();
    fs::remove_file(&copy).unwrap();
    assert!(output.status.success(), "{} does not start: {output:?}", program.display());
}

/// Whether it has debug information, local symbols, global symbols.
fn content(program: &Path) -> [bool; 3] {
    let data = fs::read(program).unwrap();
    let file = object::File::parse(&*data).unwrap();
    let named = |global| file.symbols().any(|symbol| symbol.is_global() == global && symbol.is_definition());
    [file.sections().any(|section| section.name_bytes().unwrap() == b".debug_info"), named(false), named(true)]
}

#[test]
fn each_option_takes_what_it_says_and_the_program_still_starts() {
    for (tool, option, expected) in [
        ("strip", "-s", [false, false, false]),
        ("strip", "--strip-unneeded", [false, false, false]),
        ("strip", "-S", [false, true, true]),
        ("strip", "-g", [false, true, true]),
        ("strip", "-x", [false, false, true]),
        ("objcopy", "-S", [false, false, false]),
        ("objcopy", "-g", [false, true, true]),
        ("objcopy", "-p", [true, true, true]),
    ] {
        let program = program(&format!("option_{tool}{option}"));
        assert_eq!(content(&program), [true, true, true], "the test's program is a poor input");
        strip(tool, &[&option.into(), &program.clone().into()]).unwrap();
        assert_eq!(content(&program), expected, "{tool} {option}");
        assert_starts(&program);
    }
}

#[test]
fn bazels_command_line_writes_elsewhere_and_keeps_times_and_mode() {
    let program = program("bazel");
    let out = program.with_file_name("out");
    let before = fs::read(&program).unwrap();
    let args = ["-S", "-p", "-R", ".gnu.switches.text.quote_paths", "-R", ".comment", "-o"].map(OsString::from);
    let mut args: Vec<&OsString> = args.iter().collect();
    let (output, input): (OsString, OsString) = (out.clone().into(), program.clone().into());
    args.extend([&output, &input]);
    strip("/x/strip", &args).unwrap();

    assert!(fs::read(&program).unwrap() == before, "the input changed");
    let (from, to) = (fs::metadata(&program).unwrap(), fs::metadata(&out).unwrap());
    assert_eq!((from.mtime(), from.mode()), (to.mtime(), to.mode()));
    assert_eq!(content(&out), [false, true, true]);
    assert_starts(&out);
}

#[test]
fn stripping_twice_changes_nothing_more() {
    let program = program("twice");
    strip("strip", &[&program.clone().into()]).unwrap();
    let once = fs::read(&program).unwrap();
    strip("strip", &[&program.clone().into()]).unwrap();
    assert!(fs::read(&program).unwrap() == once);
}

#[test]
fn a_refusal_leaves_the_file_and_its_folder_as_they_were() {
    let program = program("refusal");
    let cut = program.with_file_name("cut");
    fs::write(&cut, &fs::read(&program).unwrap()[..4096]).unwrap();
    let text = program.with_file_name("text");
    fs::write(&text, "no program").unwrap();
    let path = |path: &Path| OsString::from(path);
    for (args, expected) in [
        (vec!["--keep-symbol=x".into(), path(&program)], "unsupported option `--keep-symbol=x`"),
        (vec!["-R".into(), ".text".into(), path(&program)], "section `.text` is loaded"),
        (vec![path(&cut)], "outside of the file"),
        (vec![path(&text)], "not a 64-bit little-endian ELF file"),
        (vec![path(&program.with_file_name("absent"))], "cannot read"),
        (vec![], "0 input files"),
        (vec!["-o".into()], "needs a value"),
        (vec!["-o".into(), path(&program.with_file_name("no/folder")), path(&program)], "cannot write"),
    ] {
        let before = fs::read(&program).unwrap();
        let error = strip("strip", &args.iter().collect::<Vec<_>>()).unwrap_err();
        assert!(error.contains(expected) && error.contains("next:"), "{args:?}: {error}");
        assert!(fs::read(&program).unwrap() == before);
        assert_eq!(fs::read_dir(program.parent().unwrap()).unwrap().count(), 3, "{args:?} left a file");
    }
}

#[test]
fn a_damaged_file_is_an_error_and_no_crash() {
    let program = program("damaged");
    strip("strip", &[&"-S".into(), &program.clone().into()]).unwrap();
    let data = fs::read(&program).unwrap();
    let table = u64::from_le_bytes(data[40..48].try_into().unwrap()) as usize;
    for at in (16..64).chain((table..data.len()).step_by(5)) {
        let mut damaged = data.clone();
        damaged[at] = 0xff;
        fs::write(&program, damaged).unwrap();
        // Any result is right that is no panic: many fields have no wrong value.
        let _ = strip("strip", &[&"-x".into(), &program.clone().into()]);
    }
}
