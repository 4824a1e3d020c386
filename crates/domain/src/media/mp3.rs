//! MP3 (ISO/IEC 11172-3 and 13818-3, layer III): its frames, and nothing that stands before, between or
//! behind them: ID3, APE, Lyrics3.

use super::cursor::Cursor;
use super::pieces::Pieces;

/// So many in a row, each where the one before ends, are no accident.
const FRAMES_IN_A_ROW: usize = 3;
const NO_SOUND: &str =
    "No sound was found in this MP3 file. Save or export it again and upload that.";

/// Whether the file begins like an MP3.
pub fn is_mp3(file: &[u8]) -> bool {
    file.starts_with(b"ID3") || is_row(file, 0, None)
}

/// The frames, in order.
pub fn frames(file: &[u8]) -> Result<Pieces, &'static str> {
    let mut frames = Pieces::of(file);
    // The first one, and where the latest one ends.
    let (mut first, mut end) = (None, None);
    let mut at = tags(file);
    while at < file.len() {
        match Frame::at(file, at).filter(|frame| first.is_none_or(|first| frame.is_like(first))) {
            Some(frame) if end == Some(at) || is_row(file, at, first) => {
                first = first.or(Some(frame));
                let next = at.saturating_add(frame.length);
                frames.push(file.get(at..next).unwrap_or_default());
                (at, end) = (next, Some(next));
            }
            _ => match file.get(at..).and_then(tag) {
                Some(length) => at = at.saturating_add(length),
                None => at = next_sync(file, at.saturating_add(1)),
            },
        }
    }
    if frames.len() == 0 { Err(NO_SOUND) } else { Ok(frames) }
}

/// The length of the ID3v2 tags at the beginning, whose pictures may hold anything that looks like a frame.
fn tags(file: &[u8]) -> usize {
    let mut at: usize = 0;
    while let Some(length) = file.get(at..).and_then(tag) {
        at = at.saturating_add(length);
    }
    at
}

/// ID3v2.4.0, section 3.1: the length in four times seven bits, without header and footer.
fn tag(file: &[u8]) -> Option<usize> {
    let mut header = Cursor::new(file.strip_prefix(b"ID3")?);
    let [_, _, flags] = header.array()?;
    let size = header.array::<4>()?.iter().try_fold(0_usize, |size, byte| {
        (byte & 0x80 == 0).then_some((size << 7) | usize::from(*byte))
    })?;
    size.checked_add(if flags & 0x10 == 0 { 10 } else { 20 })
}

/// What a frame's header says.
#[derive(Clone, Copy)]
struct Frame {
    /// Version and layer, and the rate of samples: the same in all frames of a file.
    version: u8,
    rate: u8,
    length: usize,
}

impl Frame {
    /// The frame at this place, if all of it is there.
    fn at(file: &[u8], at: usize) -> Option<Self> {
        let [0xff, version, rates, _] = *file.get(at..)?.first_chunk()? else { return None };
        // Eleven bits of sync; layer III; the protection bit does not count.
        if version & 0xe6 != 0xe2 {
            return None;
        }
        let version = version & 0x1e;
        let rate = (rates >> 2) & 3;
        let (kilobits, hertz, samples_of_a_byte) = match version >> 3 {
            3 => (BITRATES, *HERTZ.get(usize::from(rate))?, 144),
            2 => (BITRATES_2, HERTZ.get(usize::from(rate))? / 2, 72),
            0 => (BITRATES_2, HERTZ.get(usize::from(rate))? / 4, 72),
            _ => return None,
        };
        let bits = kilobits.get(usize::from(rates >> 4).checked_sub(1)?)?.checked_mul(1000)?;
        let length = bits.checked_mul(samples_of_a_byte)?.checked_div(hertz)?;
        let length = length.checked_add(usize::from((rates >> 1) & 1))?;
        (at.checked_add(length)? <= file.len()).then_some(Self { version, rate, length })
    }

    fn is_like(&self, other: Self) -> bool {
        (self.version, self.rate) == (other.version, other.rate)
    }
}

const HERTZ: [usize; 3] = [44_100, 48_000, 32_000];
const BITRATES: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const BITRATES_2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

fn is_row(file: &[u8], mut at: usize, first: Option<Frame>) -> bool {
    let mut like = first;
    for _ in 0..FRAMES_IN_A_ROW {
        let Some(frame) = Frame::at(file, at).filter(|f| like.is_none_or(|like| f.is_like(like)))
        else {
            return false;
        };
        like = Some(frame);
        at = at.saturating_add(frame.length);
    }
    true
}

fn next_sync(file: &[u8], from: usize) -> usize {
    let rest = file.get(from..).unwrap_or_default();
    let found = rest.iter().position(|byte| *byte == 0xff);
    found.map_or(file.len(), |at| from.saturating_add(at))
}
