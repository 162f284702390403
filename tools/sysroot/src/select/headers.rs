//! Which of clang's own headers the payload carries.
//!
//! A deny-list: each file costs time in every sandboxed action, but a header that a later clang adds for x86 or arm64
//! must not be missing until somebody reads a list. What is denied cannot be used when the target is x86-64 or arm64
//! Linux: the compiler defines none of the macros or builtins that it needs.

use diagnostic::{Error, Result};

use super::Tree;

/// Headers for other processors, by the beginning of the name.
const OTHER_PROCESSORS: [&str; 21] = [
    "altivec.h",      // PowerPC
    "amo.h",          // PowerPC
    "andes_vector.h", // RISC-V
    "hexagon_",
    "htmintrin.h",   // PowerPC and SystemZ; x86's is rtmintrin.h
    "htmxlintrin.h", // PowerPC and SystemZ
    "hvx_hexagon_",
    "larchintrin.h", // LoongArch
    "lasxintrin.h",  // LoongArch
    "lsxintrin.h",   // LoongArch
    "msa.h",         // MIPS
    "riscv_",
    "s390intrin.h",
    "sifive_", // RISC-V
    "spirvintrin.h",
    "__clang_spirv_",
    "vecintrin.h", // SystemZ
    "velintrin",   // NEC VE
    "wasm_",
    "arm_cde.h", // 32-bit Arm, M profile
    "arm_mve.h", // 32-bit Arm, M profile
];

/// Headers for 32-bit Arm's secure state and for Microsoft's compiler mode. On Linux, `intrin.h` only includes the
/// next header of its name, and there is none.
const OTHER_SYSTEMS: [&str; 7] =
    ["arm_cmse.h", "arm64intr.h", "armintr.h", "intrin.h", "intrin0.h", "vadefs.h", "yvals_core.h"];

/// Says whether a header, by its path in clang's include folder, is of use for x86-64 and arm64 Linux.
pub fn serves_our_targets(path: &str) -> bool {
    // Each folder wraps the C library's headers for offloading or another processor: openmp_wrappers, ppc_wrappers, …
    let wrapper = path.contains('/');
    // For -fmodules with implicit maps; it names headers that are not kept.
    let module_map = path == "module.modulemap";
    !(wrapper || module_map || is_denied(path))
}

fn is_denied(name: &str) -> bool {
    OTHER_PROCESSORS.iter().any(|prefix| name.starts_with(prefix)) || OTHER_SYSTEMS.contains(&name)
}

/// Checks that no header of `tree` includes one that the deny-list keeps out: a later clang may begin to.
pub(super) fn check_closed(tree: &Tree) -> Result<()> {
    for (path, entry) in tree.iter().filter(|(path, _)| path.ends_with(".h")) {
        if let Some(name) = included(&String::from_utf8_lossy(&entry.content)).find(|name| is_denied(name)) {
            return Err(Error::new(format!("{path} includes {name}, which the payload doesn't keep"))
                .next("take it off the deny-list in tools/sysroot/src/select/headers.rs"));
        }
    }
    Ok(())
}

/// The names that `#include` and `#include_next` lines give, quoted or angled.
pub(super) fn included(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| included_by(line).or_else(|| name_after(line, "include_next")))
}

/// The name that an `#include` line gives, quoted or angled.
pub(super) fn included_by(line: &str) -> Option<&str> {
    name_after(line, "include")
}

fn name_after<'a>(line: &'a str, directive: &str) -> Option<&'a str> {
    let argument = line.trim_start().strip_prefix('#')?.trim_start().strip_prefix(directive)?;
    let name = argument.trim_start().strip_prefix(['<', '"'])?;
    Some(&name[..name.find(['>', '"'])?])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Entry;

    fn tree(content: &str) -> Tree {
        Tree::from([("include/a.h".to_owned(), Entry::ours(content))])
    }

    #[test]
    fn a_kept_header_that_includes_a_denied_one_is_an_error() {
        check_closed(&tree("#include <stddef.h>\n# include \"emmintrin.h\"\n// #include <msa.h>\n")).unwrap();
        for line in ["#include <altivec.h>", " #  include \"riscv_vector.h\"", "#include_next <intrin.h>"] {
            let error = check_closed(&tree(line)).unwrap_err().to_string();
            assert!(error.starts_with("include/a.h includes "), "{error}");
        }
    }

    #[test]
    fn headers_that_programs_for_our_targets_include_are_kept() {
        let kept = [
            "immintrin.h",
            "x86intrin.h",
            "nmmintrin.h",
            "cpuid.h",
            "cet.h",
            "mm_malloc.h",
            "rtmintrin.h",
            "avx99_9intrin.h",
            "arm_neon.h",
            "arm_acle.h",
            "arm_sve.h",
            "arm_sme.h",
            "arm_fp16.h",
            "arm_bf16.h",
            "arm_vector_types.h",
            "stdatomic.h",
            "stdarg.h",
            "stddef.h",
            "stdint.h",
            "float.h",
            "limits.h",
            "tgmath.h",
            "unwind.h",
            "ptrauth.h",
            "__stddef_size_t.h",
        ];
        for name in kept {
            assert!(serves_our_targets(name), "{name} is denied");
        }
        for name in ["ppc_wrappers/emmintrin.h", "htmintrin.h", "velintrin_gen.h", "module.modulemap", "intrin.h"] {
            assert!(!serves_our_targets(name), "{name} is kept");
        }
    }
}
