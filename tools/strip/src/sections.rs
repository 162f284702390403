//! Which sections go.

/// Which symbols stay when debug information goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbols {
    /// All.
    All,
    /// Those that other files could see.
    Global,
    /// None, and so no symbol table.
    None,
}

/// What a command line takes away.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Debug information goes and these symbols stay; `None`: nothing of it goes.
    pub symbols: Option<Symbols>,
    /// Sections removed by name.
    pub removed: Vec<Vec<u8>>,
}

/// SHT_SYMTAB.
pub const SYMTAB: u32 = 2;

impl Selection {
    /// Whether a section that is not loaded goes. The string table of a symbol table goes with it, by its caller's care.
    pub fn removes(&self, name: &[u8], kind: u32) -> bool {
        if self.removed.iter().any(|removed| removed == name) {
            return true;
        }
        let debug = [b".debug".as_slice(), b".zdebug", b".gdb_index", b".line", b".stab"];
        match self.symbols {
            None => false,
            Some(symbols) => {
                debug.iter().any(|prefix| name.starts_with(prefix)) || (kind == SYMTAB && symbols == Symbols::None)
            }
        }
    }
}
