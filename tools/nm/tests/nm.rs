//! Lists what `object` writes, and compares with what GNU's nm prints for the same.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use object::write::{Object, StandardSection, Symbol, SymbolSection};
use object::{Architecture, BinaryFormat, Endianness, SymbolFlags, SymbolKind, SymbolScope};

/// An object with a function, a local variable, a weak constant, a zeroed variable, a common and an undefined one.
fn object_file() -> Vec<u8> {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let mut define = |name: &str, section, size: u64, scope, weak| {
        let section = object.section_id(section);
        let offset = object.append_section_data(section, &vec![0; size as usize], 16);
        object.add_symbol(symbol(name, offset, size, scope, weak, SymbolSection::Section(section)));
    };
    define("padding", StandardSection::Text, 16, SymbolScope::Compilation, false);
    define("function", StandardSection::Text, 42, SymbolScope::Dynamic, false);
    define("local", StandardSection::Data, 4, SymbolScope::Compilation, false);
    define("weak_constant", StandardSection::ReadOnlyData, 8, SymbolScope::Dynamic, true);
    let bss = object.section_id(StandardSection::UninitializedData);
    let offset = object.append_section_bss(bss, 32, 8);
    object.add_symbol(symbol("zeroed", offset, 32, SymbolScope::Dynamic, false, SymbolSection::Section(bss)));
    object.add_symbol(symbol("missing", 0, 0, SymbolScope::Unknown, false, SymbolSection::Undefined));
    object.add_symbol(symbol("absolute", 0x1234, 0, SymbolScope::Dynamic, false, SymbolSection::Absolute));
    object.add_common_symbol(symbol("shared", 0, 24, SymbolScope::Dynamic, false, SymbolSection::Common), 24, 8);
    object.write().unwrap()
}

fn symbol(name: &str, value: u64, size: u64, scope: SymbolScope, weak: bool, section: SymbolSection) -> Symbol {
    let kind = if name == "function" || name == "padding" { SymbolKind::Text } else { SymbolKind::Data };
    Symbol { name: name.into(), value, size, kind, scope, weak, section, flags: SymbolFlags::None }
}

/// An archive with one member.
fn archive(name: &str, member: &[u8]) -> Vec<u8> {
    let mut archive =
        format!("!<arch>\n{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", format!("{name}/"), 0, 0, 0, 644, member.len())
            .into_bytes();
    archive.extend_from_slice(member);
    if member.len() % 2 == 1 {
        archive.push(b'\n');
    }
    archive
}

/// A folder with `a.o` and `liba.a` for one test.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.o"), object_file()).unwrap();
    fs::write(folder.join("liba.a"), archive("a.o", &object_file())).unwrap();
    fs::write(folder.join("text"), "no object").unwrap();
    fs::write(folder.join("cut.a"), &archive("a.o", &object_file())[..200]).unwrap();
    folder
}

/// Runs `nm`, with the folder's path taken out of what it prints.
fn nm(folder: &Path, args: &[&str]) -> (String, String, u8) {
    let in_folder = |arg: &&str| {
        if arg.starts_with('-') || arg.len() == 1 { arg.into() } else { folder.join(arg).into_os_string() }
    };
    let outcome = nm::run(&args.iter().map(in_folder).collect::<Vec<OsString>>());
    let short = |text: String| text.replace(&format!("{}/", folder.display()), "");
    (short(String::from_utf8(outcome.output).unwrap()), short(outcome.messages.join("\n")), outcome.exit_code)
}

#[track_caller]
fn assert_lists(args: &[&str], expected: &str) {
    let folder = folder(&args.join(" ").replace('/', "_"));
    let (output, messages, exit_code) = nm(&folder, args);
    assert_eq!((output.as_str(), messages.as_str(), exit_code), (expected, "", 0), "nm {}", args.join(" "));
}

const BSD: &str = "\
0000000000001234 A absolute
0000000000000010 T function
0000000000000000 d local
                 U missing
0000000000000000 t padding
0000000000000018 C shared
0000000000000000 V weak_constant
0000000000000000 B zeroed
";

#[test]
fn bsd_is_the_default_format() {
    assert_lists(&["a.o"], BSD);
    assert_lists(&["liba.a"], &format!("\na.o:\n{BSD}"));
    assert_lists(&["a.o", "liba.a"], &["\n", "a.o:\n", BSD, "\nliba.a:\n\na.o:\n", BSD].concat());
}

#[test]
fn posix_has_name_letter_value_and_size() {
    let posix = "\
absolute A 1234 \nfunction T 10 2a\nlocal d 0 4\nmissing U         \npadding t 0 10\nshared C 18 18\nweak_constant V 0 8\nzeroed B 0 20\n";
    assert_lists(&["-P", "a.o"], posix);
    assert_lists(&["--format=posix", "a.o"], posix);
    assert_lists(&["-P", "liba.a"], &format!("{}:\n{posix}", "liba.a[a.o]"));
}

#[test]
fn options_choose_symbols() {
    assert_lists(&["-u", "a.o"], "                 U missing\n");
    assert_lists(
        &["-gU", "-P", "a.o"],
        "absolute A 1234 \nfunction T 10 2a\nshared C 18 18\nweak_constant V 0 8\nzeroed B 0 20\n",
    );
    let defined: String = BSD.lines().filter(|line| !line.contains(" U ")).map(|line| format!("{line}\n")).collect();
    assert_lists(&["--defined-only", "a.o"], &defined);
}

#[test]
fn options_choose_the_lines_form() {
    assert_lists(&["-Au", "a.o"], "a.o:                 U missing\n");
    assert_lists(&["-Au", "liba.a"], "liba.a:a.o:                 U missing\n");
    assert_lists(&["-PAu", "liba.a"], "liba.a[a.o]: missing U         \n");
    assert_lists(
        &["-Pg", "-t", "d", "--defined-only", "a.o"],
        "absolute A 4660 \nfunction T 16 42\nshared C 24 24\nweak_constant V 0 8\nzeroed B 0 32\n",
    );
    assert_lists(
        &["-Pg", "-to", "-U", "a.o"],
        "absolute A 11064 \nfunction T 20 52\nshared C 30 30\nweak_constant V 0 10\nzeroed B 0 40\n",
    );
}

#[test]
fn options_choose_the_order() {
    let names = |args: &[&str]| -> Vec<String> {
        let (output, ..) = nm(&folder(&args.join(" ")), args);
        output.lines().filter_map(|line| line.split(' ').next().map(String::from)).collect()
    };
    assert_eq!(names(&["-Ppg", "a.o"]), ["function", "weak_constant", "zeroed", "missing", "absolute", "shared"]);
    assert_eq!(names(&["-Png", "a.o"]), ["missing", "weak_constant", "zeroed", "function", "shared", "absolute"]);
}

#[test]
fn an_error_is_told_and_the_other_files_are_listed() {
    for (file, expected) in [("text", "no ELF file"), ("absent", "cannot read"), ("cut.a", "cannot read the archive")] {
        let (output, messages, exit_code) = nm(&folder(file), &["-u", file, "a.o"]);
        assert!(messages.contains(expected) && messages.contains("next:"), "{file}: {messages}");
        assert!(output.ends_with("                 U missing\n"), "{file}: {output}");
        assert_eq!(exit_code, 1, "{file}");
    }
}

#[test]
fn a_wrong_command_line_is_told() {
    for (args, expected) in [
        (["-Z"], "`-Z`"),
        (["--size-sort"], "`--size-sort`"),
        (["--radix=b"], "the radix `b`"),
        (["-tb"], "the radix `b`"),
    ] {
        let (_, messages, exit_code) = nm(&folder("misuse"), &args);
        assert!(messages.contains(expected), "{args:?}: {messages}");
        assert_eq!(exit_code, 2, "{args:?}");
    }
}

#[test]
fn a_file_without_symbols_is_no_failure() {
    let folder = folder("stripped");
    let (output, messages, exit_code) = nm(&folder, &["-D", "a.o"]);
    assert_eq!((output.as_str(), messages.as_str(), exit_code), ("", "a.o: no symbols", 0));
}

#[test]
fn help_and_version_are_for_standard_output() {
    let folder = folder("help");
    assert!(nm(&folder, &["--help"]).0.contains("-P, --portability"));
    assert!(nm(&folder, &["--version"]).0.starts_with("nm "));
}
