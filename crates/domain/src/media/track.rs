//! A track of an ISO media file: where its samples lie (ISO/IEC 14496-12, sections 8.7.3 to 8.7.5), and how
//! large it is shown.

use super::DAMAGED;
use super::boxes::{Kept, Place, header, keep};
use super::cursor::Cursor;

/// Notes where the samples are. Returns how many there are.
pub fn samples(file: &[u8], track: &Place, kept: &mut Kept) -> Result<usize, &'static str> {
    let table = track.descendant(file, &[b"mdia", b"minf", b"stbl"]).ok_or(DAMAGED)?;
    // Behind version and flags.
    let list = |name| Some(Cursor::new(table.child(file, 0, name)?.content(file).get(4..)?));
    let mut sizes = Sizes::read(list(b"stsz").ok_or(DAMAGED)?).ok_or(DAMAGED)?;
    let mut runs = Runs::read(list(b"stsc").ok_or(DAMAGED)?).ok_or(DAMAGED)?;
    let count = sizes.left;
    let (mut chunks, is_long) = match list(b"stco") {
        Some(chunks) => (chunks, false),
        None => (list(b"co64").ok_or(DAMAGED)?, true),
    };
    for number in 1..=chunks.be32().ok_or(DAMAGED)? {
        let high = if is_long { chunks.be32().ok_or(DAMAGED)? } else { 0 };
        let offset = (u64::from(high) << 32) | u64::from(chunks.be32().ok_or(DAMAGED)?);
        let samples = runs.of_chunk(number);
        keep(file, kept, offset, sizes.sum(samples).ok_or(DAMAGED)?)?;
    }
    usize::try_from(count).map_err(|_| DAMAGED)
}

/// The box `stsz`.
struct Sizes<'a> {
    /// Of every sample; 0: each has its own.
    fixed: u32,
    left: u32,
    list: Cursor<'a>,
}

impl<'a> Sizes<'a> {
    fn read(mut list: Cursor<'a>) -> Option<Self> {
        Some(Self { fixed: list.be32()?, left: list.be32()?, list })
    }

    /// Of so many samples more, or as many as there are.
    fn sum(&mut self, samples: u32) -> Option<u64> {
        let samples = samples.min(self.left);
        self.left = self.left.saturating_sub(samples);
        if self.fixed > 0 {
            return u64::from(self.fixed).checked_mul(samples.into());
        }
        (0..samples).try_fold(0_u64, |sum, _| sum.checked_add(self.list.be32()?.into()))
    }
}

/// The box `stsc`: from which chunk on a chunk has how many samples.
struct Runs<'a> {
    samples: u32,
    next: Option<(u32, u32)>,
    left: u32,
    list: Cursor<'a>,
}

impl<'a> Runs<'a> {
    fn read(mut list: Cursor<'a>) -> Option<Self> {
        let left = list.be32()?;
        let mut runs = Self { samples: 0, next: None, left, list };
        runs.next = runs.entry();
        Some(runs)
    }

    fn entry(&mut self) -> Option<(u32, u32)> {
        self.left = self.left.checked_sub(1)?;
        let run = (self.list.be32()?, self.list.be32()?);
        let _description = self.list.be32()?;
        Some(run)
    }

    fn of_chunk(&mut self, number: u32) -> u32 {
        while let Some((_, samples)) = self.next.filter(|(first, _)| *first <= number) {
            self.samples = samples;
            self.next = self.entry();
        }
        self.samples
    }
}

/// Width and height as displayed; where the track says none, those of its pictures.
pub fn size(file: &[u8], track: &Place) -> Option<(u32, u32)> {
    let header = track.child(file, 0, b"tkhd")?;
    let header = header.content(file);
    let mut fields = Cursor::new(header.get(if header.first() == Some(&1) { 52 } else { 40 }..)?);
    let matrix: [u8; 36] = fields.array()?;
    // 16.16
    let (width, height) = (fields.be32()? >> 16, fields.be32()? >> 16);
    let (width, height) =
        if width == 0 || height == 0 { coded(file, track)? } else { (width, height) };
    let is_none = |at: usize| matrix.get(at..at.saturating_add(4)) == Some(&[0; 4]);
    Some(if is_none(0) && is_none(16) { (height, width) } else { (width, height) })
}

fn coded(file: &[u8], track: &Place) -> Option<(u32, u32)> {
    let entries = track.descendant(file, &[b"mdia", b"minf", b"stbl", b"stsd"])?;
    let entry = header(file, entries.body.checked_add(8)?, entries.end)?;
    let mut fields = Cursor::new(entry.content(file).get(24..)?);
    Some((fields.be16()?.into(), fields.be16()?.into()))
}
