//! The kernel's headers that glibc's own headers include, and no others: `<sys/socket.h>` needs `<asm/socket.h>`.

use super::Tree;
use super::headers::included;

/// Moves the headers below `linux/` that those of `include/` and `ARCHITECTURE/include/` lead to beside these, and drops
/// the rest of `linux/`.
pub(super) fn keep_needed(tree: &mut Tree, architecture: &str) {
    let own = format!("{architecture}/include/");
    let folders = [own.as_str(), "include/"];
    let mut todo: Vec<String> =
        tree.keys().filter(|path| folders.iter().any(|folder| path.starts_with(folder))).cloned().collect();
    while let Some(path) = todo.pop() {
        let text = String::from_utf8_lossy(&tree[&path].content).into_owned();
        for name in included(&text) {
            for folder in folders {
                let to = format!("{folder}{name}");
                if tree.contains_key(&to) {
                    continue;
                }
                if let Some(entry) = tree.remove(&format!("linux/{to}")) {
                    tree.insert(to.clone(), entry);
                    todo.push(to);
                }
            }
        }
    }
    tree.retain(|path, _| !path.starts_with("linux/"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Entry;

    #[test]
    fn what_is_included_from_where_it_is_stays() {
        let files = [
            ("include/sys/socket.h", "#include <asm/socket.h>\n"),
            ("linux/amd64/include/asm/socket.h", "#  include <asm-generic/socket.h>\n"),
            ("linux/include/asm-generic/socket.h", ""),
            ("linux/include/linux/futex.h", ""),
        ];
        let mut tree: Tree = files.iter().map(|(path, text)| ((*path).to_owned(), Entry::ours(*text))).collect();
        keep_needed(&mut tree, "amd64");
        let paths: Vec<&str> = tree.keys().map(String::as_str).collect();
        assert_eq!(paths, ["amd64/include/asm/socket.h", "include/asm-generic/socket.h", "include/sys/socket.h"]);
    }
}
