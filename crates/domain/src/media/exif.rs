//! The one thing in EXIF that a picture cannot be shown without: its orientation (TIFF 6.0).

use super::cursor::Cursor;

const ORIENTATION_TAG: u16 = 0x0112;
const SHORT: u16 = 3;
const ENTRY_BYTES: usize = 12;

/// How the stored pixels are turned for display; 2 to 8, because 1 says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orientation(u8);

impl Orientation {
    /// From a TIFF structure, with or without the `Exif` in front that JPEG gives it.
    pub fn read(block: &[u8]) -> Option<Self> {
        let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let mut header = Cursor::new(tiff);
        let little = match header.array()? {
            [b'I', b'I', 42, 0] => true,
            [b'M', b'M', 0, 42] => false,
            _ => return None,
        };
        let start = if little { header.le32()? } else { header.be32()? };
        let mut directory = Cursor::new(tiff.get(usize::try_from(start).ok()?..)?);
        let count = short(&mut directory, little)?;
        for _ in 0..count {
            let mut entry = Cursor::new(directory.take(ENTRY_BYTES)?);
            let (tag, form) = (short(&mut entry, little)?, short(&mut entry, little)?);
            let _values = entry.be32()?;
            if tag == ORIENTATION_TAG && form == SHORT {
                let value = u8::try_from(short(&mut entry, little)?).ok()?;
                return (2..=8).contains(&value).then_some(Self(value));
            }
        }
        None
    }

    /// A TIFF structure that holds this orientation and nothing else.
    #[rustfmt::skip]
    pub fn block(self) -> [u8; 26] {
        [
            b'I', b'I', 42, 0, 8, 0, 0, 0,
            1, 0,
            0x12, 0x01, 3, 0, 1, 0, 0, 0, self.0, 0, 0, 0,
            0, 0, 0, 0,
        ]
    }

    /// True when the picture is shown on its side, so that width is height.
    pub fn swaps_sides(self) -> bool {
        self.0 >= 5
    }
}

fn short(cursor: &mut Cursor, little: bool) -> Option<u16> {
    if little { cursor.le16() } else { cursor.be16() }
}
