//! A file that is put together from parts of another one, in the same memory where that is possible: a
//! Worker cannot hold a large file twice.

use super::TOO_MANY_PARTS;
use bytes::Bytes;
use std::ops::Range;

const PIECES_MAX: usize = 100_000;

/// What the new file consists of.
pub struct Pieces {
    /// Where the old one lies in memory.
    place: Range<usize>,
    list: Vec<Piece>,
    length: usize,
}

enum Piece {
    Kept(Range<usize>),
    Made(Vec<u8>),
}

impl Pieces {
    /// Nothing yet, of this file.
    pub fn of(file: &[u8]) -> Self {
        let start = file.as_ptr().addr();
        Self { place: start..start.saturating_add(file.len()), list: Vec::new(), length: 0 }
    }

    /// Puts bytes at the end. What is a part of the old file is not copied yet.
    pub fn push(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.length = self.length.saturating_add(bytes.len());
        let start = bytes.as_ptr().addr();
        let end = start.saturating_add(bytes.len());
        if start < self.place.start || end > self.place.end {
            match self.list.last_mut() {
                Some(Piece::Made(made)) => made.extend(bytes),
                _ => self.add(Piece::Made(bytes.to_vec())),
            }
            return;
        }
        let part = start.saturating_sub(self.place.start)..end.saturating_sub(self.place.start);
        match self.list.last_mut() {
            Some(Piece::Kept(last)) if last.end == part.start => last.end = part.end,
            _ => self.add(Piece::Kept(part)),
        }
    }

    /// Puts the pieces of another one at the end, which is of the same file.
    pub fn append(&mut self, other: Self) {
        self.length = self.length.saturating_add(other.length);
        for piece in other.list {
            self.add(piece);
        }
    }

    fn add(&mut self, piece: Piece) {
        if self.list.len() <= PIECES_MAX {
            self.list.push(piece);
        }
    }

    /// In bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// The new file.
    pub fn assemble(self, file: Bytes) -> Result<Bytes, &'static str> {
        if self.list.len() > PIECES_MAX {
            return Err(TOO_MANY_PARTS);
        }
        if !self.fits(file.len()) {
            return Ok(self.copied(&file));
        }
        let mut file = match file.try_into_mut() {
            Ok(file) => file,
            Err(shared) => return Ok(self.copied(&shared)),
        };
        let mut at: usize = 0;
        for piece in &self.list {
            match piece {
                Piece::Kept(part) => {
                    file.copy_within(part.clone(), at);
                    at = at.saturating_add(part.len());
                }
                Piece::Made(made) => {
                    let end = at.saturating_add(made.len());
                    if let Some(place) = file.get_mut(at..end) {
                        place.copy_from_slice(made);
                    }
                    at = end;
                }
            }
        }
        file.truncate(at);
        Ok(file.freeze())
    }

    /// Whether each part moves to the front, so that none is overwritten before it is where it belongs.
    fn fits(&self, room: usize) -> bool {
        let mut at: usize = 0;
        let mut read = 0;
        for piece in &self.list {
            match piece {
                Piece::Kept(part) if part.start < at.max(read) || part.end > room => return false,
                Piece::Kept(part) => {
                    read = part.end;
                    at = at.saturating_add(part.len());
                }
                Piece::Made(made) => at = at.saturating_add(made.len()),
            }
        }
        at <= room
    }

    fn copied(&self, file: &[u8]) -> Bytes {
        let mut copy = Vec::with_capacity(self.length);
        for piece in &self.list {
            copy.extend_from_slice(match piece {
                Piece::Kept(part) => file.get(part.clone()).unwrap_or_default(),
                Piece::Made(made) => made,
            });
        }
        copy.into()
    }
}
