//! Splits a command line into options, their values, and inputs.

/// The options whose shape must be known to read a command line: clang's or the linker's.
pub struct Table {
    /// Options whose value is the next argument.
    pub separate: &'static [&'static str],
    /// Options whose value follows in the same argument, longer ones before those that begin them.
    pub joined: &'static [&'static str],
}

/// One piece of a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A file, or `-` for standard input.
    Input(&'a [u8]),
    /// An option, with its value in whichever way it was given. `--flag=value` is split for every flag.
    Option {
        /// The option without its value.
        flag: &'a [u8],
        /// The value.
        value: Option<&'a [u8]>,
        /// The argument in which the value stands.
        spelled: &'a [u8],
    },
}

/// The pieces of `args` in their order.
pub fn pieces<'a>(args: &'a [Vec<u8>], table: &Table) -> Vec<Piece<'a>> {
    let mut pieces = Vec::with_capacity(args.len());
    let mut args = args.iter().map(Vec::as_slice);
    while let Some(arg) = args.next() {
        if arg == b"--" {
            pieces.extend(args.by_ref().map(Piece::Input));
        } else if arg == b"-" || !arg.starts_with(b"-") {
            pieces.push(Piece::Input(arg));
        } else if table.separate.iter().any(|flag| flag.as_bytes() == arg) {
            let value = args.next();
            pieces.push(Piece::Option { flag: arg, value, spelled: value.unwrap_or(arg) });
        } else {
            let length = table.joined.iter().find(|flag| arg.starts_with(flag.as_bytes())).map(|flag| flag.len());
            let (flag, value) = match (length, arg.iter().position(|b| *b == b'=')) {
                (Some(length), _) => (&arg[..length], Some(&arg[length..])),
                (None, Some(equals)) => (&arg[..equals], Some(&arg[equals + 1..])),
                (None, None) => (arg, None),
            };
            pieces.push(Piece::Option { flag, value, spelled: arg });
        }
    }
    pieces
}
