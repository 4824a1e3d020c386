//! PNG and APNG (W3C PNG, third edition): chunks up to `IEND`.

use super::cursor::Cursor;
use super::exif::Orientation;
use super::pieces::Pieces;
use super::{DAMAGED, FRAMES_MAX, Stripped, TOO_MANY_FRAMES, check_size};

pub const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The chunks that change what is seen.
const KEPT: [&[u8; 4]; 18] = [
    b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
    b"mDCV", b"cLLI", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"hIST",
];

struct Chunk<'a> {
    name: [u8; 4],
    data: &'a [u8],
    /// With length, name and check sum.
    whole: &'a [u8],
}

pub fn strip(file: &[u8]) -> Result<Stripped, &'static str> {
    let mut cursor = Cursor::new(file);
    let _signature = cursor.take(SIGNATURE.len());
    let header = next(&mut cursor).filter(|chunk| &chunk.name == b"IHDR").ok_or(DAMAGED)?;
    let (width, height) = size(header.data).ok_or(DAMAGED)?;
    check_size(width, height)?;

    let mut body = Pieces::of(file);
    let (mut frames, mut orientation, mut has_data) = (0_usize, None, false);
    loop {
        let chunk = next(&mut cursor).ok_or(DAMAGED)?;
        if KEPT.contains(&&chunk.name) {
            body.push(chunk.whole);
        }
        match &chunk.name {
            b"IHDR" => return Err(DAMAGED),
            b"IDAT" => has_data = true,
            b"fcTL" => frames = frames.saturating_add(1),
            b"eXIf" => orientation = orientation.or(Orientation::read(chunk.data)),
            b"IEND" => break,
            _ => {}
        }
    }
    if !has_data {
        return Err(DAMAGED);
    }
    if frames > FRAMES_MAX {
        return Err(TOO_MANY_FRAMES);
    }
    let exif = orientation.map(|orientation| chunk(*b"eXIf", &orientation.block()));
    let mut pieces = Pieces::of(file);
    for part in [SIGNATURE, header.whole, &exif.unwrap_or_default()] {
        pieces.push(part);
    }
    pieces.append(body);
    Ok(Stripped { pieces, width, height, orientation })
}

fn next<'a>(cursor: &mut Cursor<'a>) -> Option<Chunk<'a>> {
    let start = cursor.rest();
    let length = usize::try_from(cursor.be32()?).ok()?;
    let name = cursor.array()?;
    let data = cursor.take(length)?;
    let _sum = cursor.be32()?;
    let whole = start.get(..length.checked_add(12)?)?;
    Some(Chunk { name, data, whole })
}

fn size(header: &[u8]) -> Option<(u32, u32)> {
    let mut cursor = Cursor::new(header);
    let size = (cursor.be32()?, cursor.be32()?);
    (header.len() == 13).then_some(size)
}

fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).unwrap_or_default();
    let named = [&name, data].concat();
    [&length.to_be_bytes(), named.as_slice(), &crc(&named).to_be_bytes()].concat()
}

// Annex D; for a handful of bytes, so without a table.
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_end_chunk_has_its_well_known_sum() {
        assert_eq!(chunk(*b"IEND", b""), b"\0\0\0\0IEND\xae\x42\x60\x82");
    }
}
