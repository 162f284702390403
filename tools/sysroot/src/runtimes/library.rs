//! The libraries that are compiled: their sources, and the options that LLVM's own build gives them for static libraries.

use crate::glibc::MINORS;
use crate::select::{Libc, Runtimes};

/// A static library.
pub(super) struct Library {
    /// `c++` for `libc++.a`.
    pub(super) name: &'static str,
    /// Where its sources are, without the folders below.
    folders: &'static [&'static str],
    /// Sources of these folders that are not for it.
    without: &'static [&'static str],
    options: &'static [&'static str],
}

/// In the order in which a link needs them.
pub(super) const LIBRARIES: [Library; 3] = [
    Library {
        name: "c++",
        folders: &["libcxx/src/", "libcxx/src/filesystem/", "libcxx/src/ryu/"],
        without: &[],
        options: &[
            "-std=c++23",
            "-D_LIBCPP_BUILDING_LIBRARY",
            "-DLIBCXX_BUILDING_LIBCXXABI",
            "-D_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS",
            "-D_LIBCXXABI_DISABLE_VISIBILITY_ANNOTATIONS",
            "-Ilibcxx/src",
            "-Ilibcxx/libc",
            "-Ilibcxxabi/include",
        ],
    },
    Library {
        name: "c++abi",
        folders: &["libcxxabi/src/"],
        // In place of cxa_exception.cpp where exceptions are off.
        without: &["cxa_noexception.cpp"],
        options: &[
            "-std=c++23",
            "-D_LIBCXXABI_BUILDING_LIBRARY",
            "-DLIBCXX_BUILDING_LIBCXXABI",
            "-D_LIBCPP_DISABLE_VISIBILITY_ANNOTATIONS",
            "-D_LIBCXXABI_DISABLE_VISIBILITY_ANNOTATIONS",
            "-D_LIBCPP_ENABLE_CXX17_REMOVED_UNEXPECTED_FUNCTIONS",
            "-Ilibcxx/src",
            "-Ilibcxx/libc",
            "-Ilibcxxabi/include",
            "-Ilibunwind/include",
        ],
    },
    Library {
        name: "unwind",
        folders: &["libunwind/src/"],
        // For other systems' ways to unwind.
        without: &["Unwind-EHABI.cpp", "Unwind-seh.cpp", "Unwind-sjlj.c", "Unwind-wasm.c"],
        options: &[
            "-funwind-tables",
            "-fno-exceptions",
            "-fno-rtti",
            "-D_LIBUNWIND_IS_NATIVE_ONLY",
            "-D_LIBUNWIND_DISABLE_VISIBILITY_ANNOTATIONS",
            "-Ilibunwind/include",
        ],
    },
];

/// For every source. Nothing of the machine that packs is in what they make: neither names, nor times, nor asserts.
pub(super) const OPTIONS: [&str; 13] = [
    "--no-default-config",
    "-O2",
    "-fPIC",
    "-DNDEBUG",
    "-fno-ident",
    "-fvisibility=hidden",
    "-ffunction-sections",
    "-fdata-sections",
    // LLVM's own sources, of its own version.
    "-w",
    // Of the resource folder only clang's headers, and no folder of the machine.
    "-resource-dir=../llvm",
    "-nostdlibinc",
    "-nostdinc++",
    "-c",
];

impl Library {
    /// Whether the file is a source of this library.
    pub(super) fn has(&self, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let is_source = [".c", ".cpp", ".S"].iter().any(|end| name.ends_with(end));
        is_source
            && self.folders.iter().any(|known| known.strip_suffix('/') == Some(folder))
            && !self.without.contains(&name)
    }

    /// LLVM's words that compile a source.
    pub(super) fn command(&self, source: &str, object: &str, runtimes: &Runtimes) -> Vec<String> {
        let cxx = source.ends_with(".cpp");
        let mut words = vec!["clang".to_owned(), format!("--target={}", runtimes.triple)];
        if cxx {
            words.push("--driver-mode=g++".to_owned());
        }
        words.extend(OPTIONS.map(str::to_owned));
        // The language's standard is that of C++ sources.
        words.extend(self.options.iter().filter(|option| cxx || !option.starts_with("-std=")).map(|o| (*o).to_owned()));
        if runtimes.libc == Libc::Glibc {
            // One library serves every version that can be chosen: it needs no symbol of a later one.
            words.push(format!("-D__GLIBC_MINOR__={}", MINORS.start()));
        }
        // Of these the first that has a header: the driver's order.
        for folder in cxx.then(|| "cxx/include".to_owned()).into_iter().chain(headers(runtimes)) {
            words.extend(["-isystem".to_owned(), folder]);
        }
        words.extend([source, "-o", object].map(str::to_owned));
        words
    }
}

/// The folders of C headers, in the order of search.
pub(super) fn headers(runtimes: &Runtimes) -> Vec<String> {
    let own = format!("{}/include", runtimes.architecture);
    let linux = [format!("linux/{own}"), "linux/include".to_owned()];
    // Of musl there are the target's headers alone.
    let libc = [own, "include".to_owned()].into_iter().skip(usize::from(runtimes.libc == Libc::Musl));
    libc.chain(linux).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_those_of_the_folders_themselves() {
        let [cxx, abi, unwind] = &LIBRARIES;
        assert!(cxx.has("libcxx/src/string.cpp") && cxx.has("libcxx/src/ryu/d2s.cpp"));
        assert!(!cxx.has("libcxx/src/experimental/tzdb.cpp") && !cxx.has("libcxx/src/support/win32/support.cpp"));
        assert!(!cxx.has("libcxx/src/std_stream.h") && !cxx.has("libcxxabi/src/cxa_guard.cpp"));
        assert!(abi.has("libcxxabi/src/cxa_guard.cpp") && !abi.has("libcxxabi/src/cxa_noexception.cpp"));
        assert!(unwind.has("libunwind/src/UnwindRegistersSave.S") && !unwind.has("libunwind/src/Unwind-seh.cpp"));
    }
}
