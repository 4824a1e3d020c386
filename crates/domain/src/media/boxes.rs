//! Finding boxes in an ISO media file (ISO/IEC 14496-12, section 4.2), and overwriting them in place.

use super::cursor::Cursor;
use super::{DAMAGED, TOO_MANY_PARTS};
use std::ops::Range;

const RANGES_MAX: usize = 1_000_000;

/// What a box is called.
pub type Name = [u8; 4];

/// A box: its name, where it begins, where its content does, and where it ends.
#[derive(Debug, Clone)]
pub struct Place {
    pub name: Name,
    pub at: usize,
    pub body: usize,
    pub end: usize,
}

impl Place {
    /// Its content.
    pub fn content<'a>(&self, file: &'a [u8]) -> &'a [u8] {
        file.get(self.body..self.end).unwrap_or_default()
    }

    /// The first box of a name in it, `skip` bytes after its beginning.
    pub fn child(&self, file: &[u8], skip: usize, name: &Name) -> Option<Self> {
        let mut at = self.body.checked_add(skip)?;
        loop {
            let found = header(file, at, self.end)?;
            if &found.name == name {
                return Some(found);
            }
            at = found.end;
        }
    }

    /// The box at the end of a path of names.
    pub fn descendant(&self, file: &[u8], path: &[&Name]) -> Option<Self> {
        path.iter().try_fold(self.clone(), |place, name| place.child(file, 0, name))
    }
}

/// The box at a place, if all of it lies before `end`.
pub fn header(file: &[u8], at: usize, end: usize) -> Option<Place> {
    let room = end.checked_sub(at)?;
    let mut cursor = Cursor::new(file.get(at..end)?);
    let (size, name) = (cursor.be32()?, cursor.array()?);
    let (head, size) = match size {
        // To the end of the file.
        0 if end == file.len() => (8, room),
        1 => {
            let long = (u64::from(cursor.be32()?) << 32) | u64::from(cursor.be32()?);
            (16, usize::try_from(long).ok()?)
        }
        size => (8, usize::try_from(size).ok()?),
    };
    let is_whole = (head..=room).contains(&size);
    is_whole.then_some(())?;
    Some(Place { name, at, body: at.checked_add(head)?, end: at.checked_add(size)? })
}

/// Zeros from here to there.
pub fn blank(file: &mut [u8], place: Range<usize>) {
    if let Some(bytes) = file.get_mut(place) {
        bytes.fill(0);
    }
}

/// Puts bytes where others are.
pub fn write(file: &mut [u8], at: usize, bytes: &[u8]) {
    let end = at.saturating_add(bytes.len());
    if let Some(place) = file.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

/// Where bytes that are needed begin and end.
pub type Kept = Vec<(usize, usize)>;

/// Notes bytes that are needed; they have to be there.
pub fn keep(file: &[u8], kept: &mut Kept, at: u64, length: u64) -> Result<(), &'static str> {
    let end = at.checked_add(length).ok_or(DAMAGED)?;
    let (at, end) = (usize::try_from(at).ok(), usize::try_from(end).ok());
    let (at, end) = at.zip(end).filter(|(_, end)| *end <= file.len()).ok_or(DAMAGED)?;
    let is_full = kept.len() >= RANGES_MAX;
    match kept.last_mut() {
        _ if at == end => {}
        Some((_, last)) if *last == at => *last = end,
        _ if is_full => return Err(TOO_MANY_PARTS),
        _ => kept.push((at, end)),
    }
    Ok(())
}
