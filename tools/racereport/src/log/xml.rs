//! The text of a `test.xml`: what stands between tags, with entities resolved. No more of XML is needed.

/// Turns a stream of XML into the text in it, piece by piece.
#[derive(Debug, Default)]
pub struct Text {
    state: State,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Outside,
    /// So much of [`LITERAL`] has come.
    Tag(usize),
    /// What is in a CDATA section: no tags, no entities.
    Literal(Vec<u8>),
    Entity(Vec<u8>),
}

/// What begins a CDATA section, behind `<`, and what ends it.
const LITERAL: &[u8] = b"![CDATA[";
const LITERAL_END: &[u8] = b"]]>";

/// The longest entity is `&#x10FFFF;`; what is longer is text.
const ENTITY: usize = 10;

impl Text {
    /// The text of `bytes`, which go on from the last ones.
    pub fn of(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut text = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            match (&mut self.state, byte) {
                (State::Outside, b'<') => {
                    self.state = State::Tag(0);
                    // What two elements hold are two texts.
                    text.push(b'\n');
                }
                (State::Outside, b'&') => self.state = State::Entity(Vec::new()),
                (State::Outside, _) => text.push(byte),
                (State::Tag(_), b'>') => self.state = State::Outside,
                (State::Tag(matched), _) => {
                    *matched = if LITERAL.get(*matched) == Some(&byte) { *matched + 1 } else { LITERAL.len() + 1 };
                    if *matched == LITERAL.len() {
                        self.state = State::Literal(Vec::new());
                    }
                }
                (State::Literal(held), _) => {
                    held.push(byte);
                    if held == LITERAL_END {
                        self.state = State::Outside;
                    } else {
                        while !LITERAL_END.starts_with(held) {
                            text.push(held.remove(0));
                        }
                    }
                }
                (State::Entity(name), b';') => {
                    resolve(name, &mut text);
                    self.state = State::Outside;
                }
                (State::Entity(name), _) => {
                    name.push(byte);
                    if name.len() > ENTITY {
                        text.push(b'&');
                        text.append(name);
                        self.state = State::Outside;
                    }
                }
            }
        }
        text
    }
}

fn resolve(name: &[u8], text: &mut Vec<u8>) {
    let name = std::str::from_utf8(name).unwrap_or_default();
    let number = match name.strip_prefix("#x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => name.strip_prefix('#').and_then(|digits| digits.parse().ok()),
    };
    let letter = match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => number.and_then(char::from_u32),
    };
    text.extend_from_slice(letter.unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut [0; 4]).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_entities_are_resolved_wherever_the_stream_is_cut() {
        let xml = b"<failure message=\"a\">one&#xA;two &lt;&#65;&gt;</failure><a><![CDATA[<3&lt;]]]></a>";
        let whole = Text::default().of(xml);
        let text = String::from_utf8_lossy(&whole).into_owned();
        assert!(text.contains("one\ntwo <A>") && text.contains("<3&lt;]"), "{text}");
        for cut in 0..xml.len() {
            let mut text = Text::default();
            let pieces = [text.of(&xml[..cut]), text.of(&xml[cut..])].concat();
            assert_eq!(pieces, whole, "cut at {cut}");
        }
    }
}
