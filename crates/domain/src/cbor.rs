//! The little of CBOR (RFC 8949) that authenticators speak: reading, by definite lengths, within bounds.

/// How deep arrays and maps may lie in each other; CTAP2's canonical form allows four.
const DEPTH_MAX: u8 = 4;

/// A simple item, or the head of one that holds others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// An integer of either sign.
    Int(i64),
    /// A byte string.
    Bytes(&'a [u8]),
    /// A text.
    Text(&'a str),
    /// An array of so many items, which follow.
    Array(u64),
    /// A map of so many pairs, which follow.
    Map(u64),
    /// true, false, null.
    Simple,
}

/// Reads one item after the other.
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader from the start.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What is still to be read.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next item; `None` at the end, and for what we do not speak (tags, floats, indefinite lengths).
    pub fn item(&mut self) -> Option<Item<'a>> {
        let first = *self.take(1)?.first()?;
        let short = first & 0x1f;
        if first >> 5 == 7 {
            return matches!(short, 20..=22).then_some(Item::Simple);
        }
        let number = match short {
            0..=23 => u64::from(short),
            24 => self.number(1)?,
            25 => self.number(2)?,
            26 => self.number(4)?,
            27 => self.number(8)?,
            _ => return None,
        };
        Some(match first >> 5 {
            0 => Item::Int(i64::try_from(number).ok()?),
            1 => Item::Int((-1_i64).checked_sub(i64::try_from(number).ok()?)?),
            2 => Item::Bytes(self.take(number)?),
            3 => Item::Text(std::str::from_utf8(self.take(number)?).ok()?),
            4 => Item::Array(number),
            5 => Item::Map(number),
            _ => return None,
        })
    }

    /// Passes over one item with all that it holds.
    pub fn skip(&mut self) -> Option<()> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: u8) -> Option<()> {
        let items = match self.item()? {
            Item::Array(count) => count,
            Item::Map(pairs) => pairs.checked_mul(2)?,
            _ => return Some(()),
        };
        let depth = depth.checked_add(1).filter(|depth| *depth <= DEPTH_MAX)?;
        // Each item has at least a byte, so the count cannot keep us longer than the text is.
        for _ in 0..items {
            self.skip_at(depth)?;
        }
        Some(())
    }

    fn number(&mut self, bytes: u64) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 8949, appendix A.
    #[test]
    fn items_are_read_as_the_rfc_has_them() {
        for (bytes, expected) in [
            (&[0x00][..], Item::Int(0)),
            (&[0x18, 0x64], Item::Int(100)),
            (&[0x19, 0x03, 0xe8], Item::Int(1000)),
            (&[0x20], Item::Int(-1)),
            (&[0x39, 0x03, 0xe7], Item::Int(-1000)),
            (&[0x44, 1, 2, 3, 4], Item::Bytes(&[1, 2, 3, 4])),
            (&[0x64, b'I', b'E', b'T', b'F'], Item::Text("IETF")),
            (&[0x83], Item::Array(3)),
            (&[0xa2], Item::Map(2)),
            (&[0xf5], Item::Simple),
        ] {
            assert_eq!(Reader::new(bytes).item(), Some(expected), "{bytes:x?}");
        }
    }

    #[test]
    fn what_is_cut_endless_or_too_deep_is_refused() {
        for bytes in [
            &[][..],
            &[0x18],
            &[0x44, 1, 2, 3],
            &[0x5f, 0x41, 1, 0xff],
            &[0xc0, 0],
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x81, 0x81, 0x81, 0x81, 0x81, 0],
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            &[0x62, 0xc3, 0x28],
        ] {
            assert_eq!(Reader::new(bytes).skip(), None, "{bytes:x?}");
        }
    }

    #[test]
    fn skipping_passes_over_all_that_an_item_holds() {
        // {"a": [1, {"b": h'00'}], "c": null} and then 7.
        let bytes = [0xa2, 0x61, b'a', 0x82, 1, 0xa1, 0x61, b'b', 0x41, 0, 0x61, b'c', 0xf6, 7];
        let mut reader = Reader::new(&bytes);
        assert_eq!(reader.skip(), Some(()));
        assert_eq!(reader.item(), Some(Item::Int(7)));
        assert_eq!(reader.rest(), &[] as &[u8]);
    }
}
