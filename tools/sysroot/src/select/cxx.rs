//! libc++'s configuration, which its headers read and its sources are compiled with.
//!
//! LLVM's build writes `__config_site`, and each header of libc++ that needs it includes it. The wheel's copy has neither:
//! its own front end passes the macros on the command line. In the payload the configuration is a header again, so that
//! whatever calls clang gets the library that was built.

use diagnostic::{Error, Result};

use super::{Entry, Tree};

/// libc++'s headers in a tree.
const HEADERS: &str = "cxx/include/";

/// Stands in the wheel's headers in place of the `#include`.
const MARK: &str = "/* zig patch: instead of including __config_site";

const CONFIG_SITE: &str = include_str!("../../../../sysroot/runtime/__config_site");

/// Gives libc++'s headers of `tree`, if it has them, their configuration.
pub(super) fn configure(tree: &mut Tree) -> Result<()> {
    let mut headers = tree.range_mut(HEADERS.to_owned()..).take_while(|(path, _)| path.starts_with(HEADERS)).peekable();
    if headers.peek().is_none() {
        return Ok(());
    }
    let mut marked = false;
    for (_, entry) in headers {
        let Ok(text) = str::from_utf8(&entry.content) else { continue };
        if text.contains(MARK) {
            marked = true;
            let lines = text.split_inclusive('\n');
            let lines = lines.map(|line| if line.starts_with(MARK) { "#include <__config_site>\n" } else { line });
            entry.content = lines.collect::<String>().into_bytes();
        }
    }
    if !marked {
        return Err(Error::new("no header of libc++ has the mark where it would include its configuration")
            .fact("mark", MARK)
            .next(
                "see how the wheel's front end configures libc++ now, and follow it in tools/sysroot/src/select/cxx.rs",
            ));
    }
    tree.insert(format!("{HEADERS}__config_site"), Entry::ours(CONFIG_SITE));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> Tree {
        let entry = Entry::ours(text);
        Tree::from([("cxx/include/__config".to_owned(), entry.clone()), ("include/stdio.h".to_owned(), entry)])
    }

    #[test]
    fn the_configuration_is_included_where_the_mark_is() {
        let mut tree = tree("// a\n/* zig patch: instead of including __config_site, flags */\n// b\n");
        configure(&mut tree).unwrap();
        assert_eq!(tree["cxx/include/__config"].content, b"// a\n#include <__config_site>\n// b\n");
        assert!(tree["include/stdio.h"].content.starts_with(b"// a\n/* zig"), "not a header of libc++");
        assert_eq!(tree["cxx/include/__config_site"].content, CONFIG_SITE.as_bytes());
    }

    #[test]
    fn headers_without_the_mark_are_refused_and_other_trees_left_alone() {
        assert!(configure(&mut tree("// a\n")).unwrap_err().to_string().contains("no header of libc++ has the mark"));
        configure(&mut Tree::new()).unwrap();
    }
}
