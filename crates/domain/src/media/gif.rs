//! GIF89a: blocks up to the trailer.

use super::cursor::Cursor;
use super::pieces::Pieces;
use super::{DAMAGED, FRAMES_MAX, Stripped, TOO_MANY_FRAMES, check_size};

const LOOPS: [&[u8]; 2] = [b"NETSCAPE2.0", b"ANIMEXTS1.0"];

pub fn strip(file: &[u8]) -> Result<Stripped, &'static str> {
    let mut cursor = Cursor::new(file);
    let head = cursor.take(13).ok_or(DAMAGED)?;
    let mut screen = Cursor::new(head.get(6..).unwrap_or_default());
    let (width, height) = (screen.le16().ok_or(DAMAGED)?, screen.le16().ok_or(DAMAGED)?);
    check_size(width.into(), height.into())?;
    let mut out = Pieces::of(file);
    out.push(head);
    out.push(palette(&mut cursor, screen.u8().ok_or(DAMAGED)?).ok_or(DAMAGED)?);

    let mut frames = 0_usize;
    loop {
        let start = cursor.rest();
        match cursor.u8().ok_or(DAMAGED)? {
            0x3b => break,
            0x21 => extension(&mut cursor, &mut out).ok_or(DAMAGED)?,
            0x2c => {
                frame(&mut cursor)?;
                let length = start.len().saturating_sub(cursor.rest().len());
                out.push(start.get(..length).unwrap_or_default());
                frames = frames.saturating_add(1);
            }
            // Some writers leave an empty block behind.
            0 => {}
            _ => return Err(DAMAGED),
        }
    }
    match frames {
        0 => return Err(DAMAGED),
        1..=FRAMES_MAX => out.push(&[0x3b]),
        _ => return Err(TOO_MANY_FRAMES),
    }
    Ok(Stripped { pieces: out, width: width.into(), height: height.into(), orientation: None })
}

// Of the extensions only the timing of a frame and the number of loops stay.
fn extension(cursor: &mut Cursor, out: &mut Pieces) -> Option<()> {
    let label = cursor.u8()?;
    let mut blocks = Vec::new();
    while let Some(block) = block(cursor)? {
        blocks.push(block);
    }
    match (label, blocks.as_slice()) {
        (0xf9, [timing]) if timing.len() == 4 => {
            out.push(&[0x21, 0xf9, 4]);
            out.push(timing);
            out.push(&[0]);
        }
        (0xff, [name, count @ [1, _, _], ..]) if LOOPS.contains(name) => {
            out.push(&[0x21, 0xff, 11]);
            out.push(name);
            out.push(&[3]);
            out.push(count);
            out.push(&[0]);
        }
        _ => {}
    }
    Some(())
}

// Up to the empty block behind it.
fn frame(cursor: &mut Cursor) -> Result<(), &'static str> {
    let head = cursor.take(9).ok_or(DAMAGED)?;
    let mut fields = Cursor::new(head.get(4..).unwrap_or_default());
    let (width, height) = (fields.le16().ok_or(DAMAGED)?, fields.le16().ok_or(DAMAGED)?);
    check_size(width.into(), height.into())?;
    let _palette = palette(cursor, fields.u8().ok_or(DAMAGED)?).ok_or(DAMAGED)?;
    let _code_size = cursor.u8().ok_or(DAMAGED)?;
    while block(cursor).ok_or(DAMAGED)?.is_some() {}
    Ok(())
}

/// The next block of a chain; the inner `None` is the empty block that ends it.
#[expect(clippy::option_option, reason = "the outer one is the end of the file")]
fn block<'a>(cursor: &mut Cursor<'a>) -> Option<Option<&'a [u8]>> {
    let length = cursor.u8()?;
    let block = cursor.take(length.into())?;
    Some((length > 0).then_some(block))
}

fn palette<'a>(cursor: &mut Cursor<'a>, flags: u8) -> Option<&'a [u8]> {
    let colours = if flags & 0x80 == 0 { 0 } else { 2_usize << (flags & 7) };
    cursor.take(colours.checked_mul(3)?)
}
