//! ISO media files (ISO/IEC 14496-12): MP4, M4A and AVIF, of which what is needed stays where it stands.

use super::boxes::{Kept, blank, header};
use super::walk::Walk;
use super::{DAMAGED, FRAMES_MAX, Kind, TOO_MANY_FRAMES, avif, check_size, track};
use std::{collections::BinaryHeap, ops::Range};

const BRANDS_MAX: usize = 100;
const PIECEMEAL: &str = "This video is in pieces with data between them that we cannot take out. \
                         Export it again as plain MP4 and upload that.";

/// The kind that the brands in the first box say; `Err` for the sentence, if it is one that is not taken.
pub fn kind(file: &[u8]) -> Option<Result<Kind, &'static str>> {
    let first = header(file, 0, file.len()).filter(|first| &first.name == b"ftyp")?;
    let brands = file.get(first.body..first.end)?;
    let major = brands.first_chunk::<4>()?;
    // The second four bytes are a version.
    let others = brands.chunks_exact(4).skip(2).take(BRANDS_MAX);
    let has = |wanted: &[&[u8]]| {
        let is_wanted = |brand: &[u8]| wanted.iter().any(|wanted| brand.starts_with(wanted));
        is_wanted(major) || others.clone().any(is_wanted)
    };
    Some(if has(&[b"avif", b"avis"]) {
        Ok(Kind::Avif)
    } else if has(&[b"hei", b"hev", b"mif1", b"msf1"]) {
        Err("HEIC pictures are not taken. Save it as JPEG and upload that.")
    } else if major.starts_with(b"qt") {
        Err("QuickTime films are not taken. Save it as MP4 and upload that.")
    } else if matches!(major, b"M4A " | b"M4B ") {
        Ok(Kind::M4a)
    } else if has(&[b"iso", b"mp4", b"avc1", b"M4V", b"MSNV", b"dash"]) {
        Ok(Kind::Mp4)
    } else {
        return None;
    })
}

/// Blanks what is not needed. Returns how long the file is then, what it is, and its sides as displayed.
pub fn strip(file: &mut [u8], kind: Kind) -> Result<(usize, Kind, u32, u32), &'static str> {
    let mut walk = Walk::new(file, kind);
    let end = walk.top()?;
    let Walk { tracks, meta, data, has_fragments, has_lost_a_track, .. } = walk;
    let file = file.get_mut(..end).ok_or(DAMAGED)?;

    let mut kept = Kept::new();
    let mut size = None;
    if let Some(meta) = meta {
        size = Some(avif::items(file, &meta, &mut kept)?);
    }
    for track in &tracks {
        let frames = track::samples(file, &track.place, &mut kept)?;
        if kind == Kind::Avif && frames > FRAMES_MAX {
            return Err(TOO_MANY_FRAMES);
        }
        if size.is_none() && &track.handler != b"soun" {
            size = Some(track::size(file, &track.place).ok_or(DAMAGED)?);
        }
    }
    // Where the pieces of a film are described between them, all of its data counts as needed.
    if !has_fragments {
        blank_all_but(file, &data, kept);
    } else if has_lost_a_track || kind == Kind::Avif {
        return Err(PIECEMEAL);
    }
    match size {
        Some((width, height)) => {
            check_size(width, height)?;
            Ok((end, kind, width, height))
        }
        None if tracks.is_empty() || kind == Kind::Avif => Err(DAMAGED),
        None => Ok((end, Kind::M4a, 0, 0)),
    }
}

/// Of these data, what was not kept becomes zeros.
fn blank_all_but(file: &mut [u8], data: &[Range<usize>], kept: Kept) {
    // A heap, because there are many sorts in the build already and each adds its code.
    let mut kept = BinaryHeap::from(kept).into_sorted_vec();
    kept.dedup_by(|range, last| {
        let touches = range.0 <= last.1;
        if touches {
            last.1 = last.1.max(range.1);
        }
        touches
    });
    for data in data {
        let mut at = data.start;
        let first = kept.partition_point(|(_, end)| *end <= data.start);
        for (start, end) in kept.get(first..).unwrap_or_default() {
            if *start >= data.end {
                break;
            }
            if at < *start {
                blank(file, at..*start);
            }
            at = *end;
        }
        if at < data.end {
            blank(file, at..data.end);
        }
    }
}
