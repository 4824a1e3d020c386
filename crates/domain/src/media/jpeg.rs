//! JPEG (ITU T.81): segments up to the end-of-image marker.

use super::cursor::Cursor;
use super::exif::Orientation;
use super::pieces::Pieces;
use super::{DAMAGED, Stripped, check_size};

/// `Adobe`, version, two flags and the colour transform, which decoders need.
const ADOBE_BYTES: usize = 12;

struct Parts {
    jfif: Vec<u8>,
    body: Pieces,
    size: Option<(u32, u32)>,
    orientation: Option<Orientation>,
    has_scan: bool,
}

pub fn strip(file: &[u8]) -> Result<Stripped, &'static str> {
    let mut cursor = Cursor::new(file);
    let mut parts = Parts {
        jfif: Vec::new(),
        body: Pieces::of(file),
        size: None,
        orientation: None,
        has_scan: false,
    };
    let _start = cursor.take(2);
    loop {
        match next_marker(&mut cursor).ok_or(DAMAGED)? {
            0xd9 => break,
            0xd8 => return Err(DAMAGED),
            // These stand alone, without a length; between segments they mean nothing.
            0x01 | 0xd0..=0xd7 => {}
            marker => {
                let length = cursor.be16().and_then(|length| length.checked_sub(2));
                let payload = cursor.take(length.ok_or(DAMAGED)?.into()).ok_or(DAMAGED)?;
                parts.segment(marker, payload)?;
                if marker == 0xda {
                    parts.body.push(scan(&mut cursor).ok_or(DAMAGED)?);
                }
            }
        }
    }
    let (width, height) = parts.size.filter(|_| parts.has_scan).ok_or(DAMAGED)?;
    let orientation = parts.orientation;
    Ok(Stripped { pieces: parts.file(Pieces::of(file)), width, height, orientation })
}

impl Parts {
    fn segment(&mut self, marker: u8, payload: &[u8]) -> Result<(), &'static str> {
        match marker {
            0xc0..=0xc2 => self.frame(marker, payload)?,
            // Kinds of coding that no browser shows.
            0xc3 | 0xc5..=0xcf | 0xde | 0xdf => return Err(DAMAGED),
            0xc4 | 0xdb | 0xdd => push(&mut self.body, marker, payload),
            0xda if self.size.is_some() => {
                self.has_scan = true;
                push(&mut self.body, marker, payload);
            }
            0xda => return Err(DAMAGED),
            0xe0 if self.jfif.is_empty() => self.jfif = jfif(payload),
            0xe1 if self.orientation.is_none() && payload.starts_with(b"Exif\0\0") => {
                self.orientation = Orientation::read(payload);
            }
            0xe2 if payload.starts_with(b"ICC_PROFILE\0") => push(&mut self.body, marker, payload),
            0xee if payload.starts_with(b"Adobe") => {
                let needed = payload.get(..ADOBE_BYTES).ok_or(DAMAGED)?;
                push(&mut self.body, marker, needed);
            }
            _ => {}
        }
        Ok(())
    }

    fn frame(&mut self, marker: u8, payload: &[u8]) -> Result<(), &'static str> {
        let mut cursor = Cursor::new(payload);
        let _precision = cursor.u8();
        let (height, width) = (cursor.be16().ok_or(DAMAGED)?, cursor.be16().ok_or(DAMAGED)?);
        // Two frames could have two sizes, and decoders would differ on which one counts.
        if self.size.is_some() {
            return Err(DAMAGED);
        }
        check_size(width.into(), height.into())?;
        self.size = Some((width.into(), height.into()));
        push(&mut self.body, marker, payload);
        Ok(())
    }

    fn file(self, mut file: Pieces) -> Pieces {
        file.push(&[0xff, 0xd8]);
        file.push(&self.jfif);
        if let Some(orientation) = self.orientation {
            let block = [&b"Exif\0\0"[..], &orientation.block()].concat();
            push(&mut file, 0xe1, &block);
        }
        file.append(self.body);
        file.push(&[0xff, 0xd9]);
        file
    }
}

fn push(out: &mut Pieces, marker: u8, payload: &[u8]) {
    out.push(&head(marker, payload));
    out.push(payload);
}

fn head(marker: u8, payload: &[u8]) -> [u8; 4] {
    let length = u16::try_from(payload.len()).unwrap_or(u16::MAX).saturating_add(2);
    let [high, low] = length.to_be_bytes();
    [0xff, marker, high, low]
}

// Version, unit and density, without the thumbnail that may follow.
fn jfif(payload: &[u8]) -> Vec<u8> {
    let Some(fields) = payload.get(..12).filter(|fields| fields.starts_with(b"JFIF\0")) else {
        return Vec::new();
    };
    let fields = [fields, &[0, 0]].concat();
    [&head(0xe0, &fields)[..], &fields].concat()
}

// Decoders pass over bytes that stand between segments; they are not copied.
fn next_marker(cursor: &mut Cursor) -> Option<u8> {
    loop {
        if cursor.u8()? != 0xff {
            continue;
        }
        let mut byte = cursor.u8()?;
        while byte == 0xff {
            byte = cursor.u8()?;
        }
        if byte != 0 {
            return Some(byte);
        }
    }
}

// The coded data up to the next marker that is not part of it.
fn scan<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let ends =
        |pair: &[u8]| matches!(pair, [0xff, after] if !matches!(after, 0 | 0xd0..=0xd7 | 0xff));
    let length = cursor.rest().windows(2).position(ends)?;
    cursor.take(length)
}
