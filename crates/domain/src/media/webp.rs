//! WebP (RFC 9649): the chunks of a RIFF container, as long as it says it is.

use super::cursor::Cursor;
use super::exif::Orientation;
use super::pieces::Pieces;
use super::{DAMAGED, FRAMES_MAX, Stripped, TOO_MANY_FRAMES, check_size};

const ICC: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const ANIMATION: u8 = 0x02;

struct Parts<'a> {
    whole: &'a [u8],
    /// Flags and canvas of the extended form.
    canvas: Option<(u8, u32, u32)>,
    icc: Pieces,
    body: Pieces,
    /// Of the still picture.
    picture: Option<(u32, u32)>,
    frames: usize,
    orientation: Option<Orientation>,
}

pub fn strip(file: &[u8]) -> Result<Stripped, &'static str> {
    let mut cursor = Cursor::new(file.get(4..).unwrap_or_default());
    let length = cursor.le32().and_then(|length| usize::try_from(length).ok()).ok_or(DAMAGED)?;
    let mut chunks = Cursor::new(cursor.take(length).ok_or(DAMAGED)?);
    let _form = chunks.take(4);
    let mut parts = Parts::of(file);
    while !chunks.is_empty() {
        let (name, data) = next(&mut chunks).ok_or(DAMAGED)?;
        parts.chunk(name, data)?;
    }
    let (width, height) = match (parts.canvas, parts.picture) {
        (Some((flags, width, height)), picture) => {
            let animated = flags & ANIMATION != 0;
            let complete = if animated {
                parts.frames > 0 && picture.is_none()
            } else {
                parts.frames == 0 && picture == Some((width, height))
            };
            if complete { (width, height) } else { return Err(DAMAGED) }
        }
        (None, picture) => picture.ok_or(DAMAGED)?,
    };
    Ok(Stripped {
        width,
        height,
        orientation: parts.orientation,
        pieces: parts.file().ok_or(DAMAGED)?,
    })
}

impl<'a> Parts<'a> {
    fn of(whole: &'a [u8]) -> Self {
        Self {
            whole,
            canvas: None,
            icc: Pieces::of(whole),
            body: Pieces::of(whole),
            picture: None,
            frames: 0,
            orientation: None,
        }
    }

    fn chunk(&mut self, name: [u8; 4], data: &[u8]) -> Result<(), &'static str> {
        let is_first = self.canvas.is_none() && self.picture.is_none();
        match &name {
            b"VP8X" if is_first => {
                let (flags, width, height) = extended(data).ok_or(DAMAGED)?;
                check_size(width, height)?;
                self.canvas = Some((flags, width, height));
            }
            b"VP8 " | b"VP8L" if self.picture.is_none() => {
                self.picture = Some(picture(name, data)?);
                push(&mut self.body, name, data);
            }
            b"VP8X" | b"VP8 " | b"VP8L" => return Err(DAMAGED),
            // Nothing of the extended form without its header.
            _ if self.canvas.is_none() => {}
            b"ICCP" if self.icc.len() == 0 => push(&mut self.icc, name, data),
            b"ANIM" | b"ALPH" => push(&mut self.body, name, data),
            b"ANMF" => {
                self.frames = self.frames.saturating_add(1);
                let frame = frame(data, Pieces::of(self.whole))?;
                push_pieces(&mut self.body, name, frame);
            }
            b"EXIF" => self.orientation = self.orientation.or(Orientation::read(data)),
            _ => {}
        }
        if self.frames > FRAMES_MAX { Err(TOO_MANY_FRAMES) } else { Ok(()) }
    }

    fn file(self) -> Option<Pieces> {
        let mut chunks = Pieces::of(self.whole);
        chunks.push(b"WEBP");
        if let Some((flags, width, height)) = self.canvas {
            let mut flags = flags & (ALPHA | ANIMATION);
            flags |= if self.icc.len() == 0 { 0 } else { ICC };
            flags |= if self.orientation.is_none() { 0 } else { EXIF };
            let mut data = vec![flags, 0, 0, 0];
            data.extend(width.checked_sub(1)?.to_le_bytes().iter().take(3));
            data.extend(height.checked_sub(1)?.to_le_bytes().iter().take(3));
            push(&mut chunks, *b"VP8X", &data);
        }
        chunks.append(self.icc);
        chunks.append(self.body);
        if let Some(orientation) = self.orientation {
            push(&mut chunks, *b"EXIF", &orientation.block());
        }
        let length = u32::try_from(chunks.len()).ok()?;
        let mut file = Pieces::of(self.whole);
        file.push(b"RIFF");
        file.push(&length.to_le_bytes());
        file.append(chunks);
        Some(file)
    }
}

fn next<'a>(chunks: &mut Cursor<'a>) -> Option<([u8; 4], &'a [u8])> {
    let name = chunks.array()?;
    let length = usize::try_from(chunks.le32()?).ok()?;
    let data = chunks.take(length)?;
    if length % 2 == 1 {
        // Some writers leave out the last byte of padding.
        let _padding = chunks.u8();
    }
    Some((name, data))
}

fn push(out: &mut Pieces, name: [u8; 4], data: &[u8]) {
    push_head(out, name, data.len());
    out.push(data);
    pad(out, data.len());
}

fn push_pieces(out: &mut Pieces, name: [u8; 4], data: Pieces) {
    let length = data.len();
    push_head(out, name, length);
    out.append(data);
    pad(out, length);
}

fn push_head(out: &mut Pieces, name: [u8; 4], length: usize) {
    out.push(&name);
    out.push(&u32::try_from(length).unwrap_or_default().to_le_bytes());
}

fn pad(out: &mut Pieces, length: usize) {
    if length % 2 == 1 {
        out.push(&[0]);
    }
}

fn extended(data: &[u8]) -> Option<(u8, u32, u32)> {
    let mut cursor = Cursor::new(data);
    let [flags, ..] = cursor.array::<4>()?;
    Some((flags, cursor.le24()?.checked_add(1)?, cursor.le24()?.checked_add(1)?))
}

// The size that the coded picture itself says, in 14 bits each.
fn picture(name: [u8; 4], data: &[u8]) -> Result<(u32, u32), &'static str> {
    let mut cursor = Cursor::new(data);
    let size = if &name == b"VP8L" {
        cursor.array().filter(|[mark]| *mark == 0x2f).and_then(|_| cursor.le32()).map(|bits| {
            let side = |bits: u32| (bits & 0x3fff).saturating_add(1);
            (side(bits), side(bits >> 14))
        })
    } else {
        let _tag = cursor.take(3);
        let starts = cursor.array() == Some([0x9d, 0x01, 0x2a]);
        let sides = cursor.le16().zip(cursor.le16()).filter(|_| starts);
        sides.map(|(width, height)| (u32::from(width & 0x3fff), u32::from(height & 0x3fff)))
    };
    let (width, height) = size.ok_or(DAMAGED)?;
    check_size(width, height)?;
    Ok((width, height))
}

// A frame of an animation holds chunks of its own.
fn frame(data: &[u8], mut out: Pieces) -> Result<Pieces, &'static str> {
    let mut cursor = Cursor::new(data);
    out.push(cursor.take(16).ok_or(DAMAGED)?);
    let mut pictures = 0_usize;
    while !cursor.is_empty() {
        let (name, data) = next(&mut cursor).ok_or(DAMAGED)?;
        match &name {
            b"VP8 " | b"VP8L" => {
                picture(name, data)?;
                pictures = pictures.saturating_add(1);
                push(&mut out, name, data);
            }
            b"ALPH" => push(&mut out, name, data),
            _ => {}
        }
    }
    if pictures == 1 { Ok(out) } else { Err(DAMAGED) }
}
