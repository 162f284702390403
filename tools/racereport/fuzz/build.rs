//! libFuzzer has a function of the name of ours (src/work.rs), which it does not need here: the first one counts.

fn main() {
    println!("cargo:rustc-link-arg-bins=-Wl,--allow-multiple-definition");
}
