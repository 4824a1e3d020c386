//! From box to box of an ISO media file. What is not known to be needed becomes `free` space where it
//! stands, filled with zeros, so that all that points into the file stays true.

use super::boxes::{Name, Place, blank, header, write};
use super::{DAMAGED, Kind, TOO_MANY_PARTS};
use std::ops::Range;

const BOXES_MAX: usize = 100_000;

/// What each box may hold; a box that is not here as a parent is taken as it is. The sample entries of
/// `stsd`, which are called after their coding, stand under `entr`.
const ALLOWED: &[(&Name, &[&Name])] = &[
    (b"file", &[b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"sidx", b"mfra"]),
    (b"moov", &[b"mvhd", b"trak", b"mvex"]),
    (b"mvex", &[b"mehd", b"trex"]),
    (b"trak", &[b"tkhd", b"edts", b"mdia"]),
    (b"edts", &[b"elst"]),
    (b"mdia", &[b"mdhd", b"hdlr", b"minf"]),
    (b"minf", &[b"vmhd", b"smhd", b"nmhd", b"dinf", b"stbl"]),
    (b"dinf", &[b"dref"]),
    (b"dref", &[b"url ", b"urn ", b"alis"]),
    (
        b"stbl",
        &[
            b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stco", b"co64", b"stss",
            b"stps", b"sdtp", b"sbgp", b"sgpd",
        ],
    ),
    (
        b"entr",
        &[
            b"avcC", b"hvcC", b"av1C", b"vpcC", b"esds", b"dOps", b"dfLa", b"dac3", b"dec3",
            b"alac", b"colr", b"pasp", b"clap", b"btrt", b"fiel", b"mdcv", b"clli", b"SmDm",
            b"CoLL", b"chan", b"ccst", b"auxi", b"dvcC", b"dvvC", b"wave",
        ],
    ),
    (b"wave", &[b"frma", b"esds", b"mp4a", b"enda"]),
    (b"moof", &[b"mfhd", b"traf"]),
    (b"traf", &[b"tfhd", b"tfdt", b"trun", b"sdtp", b"sbgp", b"sgpd"]),
    (b"mfra", &[b"tfra", b"mfro"]),
    (b"meta", &[b"hdlr", b"pitm", b"iloc", b"iinf", b"iref", b"iprp", b"idat", b"grpl", b"dinf"]),
    (b"iinf", &[b"infe"]),
    (b"iprp", &[b"ipco", b"ipma"]),
    (
        b"ipco",
        &[
            b"ispe", b"pixi", b"colr", b"av1C", b"irot", b"imir", b"clap", b"pasp", b"auxC",
            b"a1op", b"lsel", b"a1lx", b"clli", b"mdcv", b"cclv", b"amve",
        ],
    ),
];

/// Those that only AVIF may hold: its items, and what leads from a track to that of its transparency.
const ALLOWED_IN_AVIF: [(&Name, &Name); 2] = [(b"file", b"meta"), (b"trak", b"tref")];

/// What stands before the boxes in a box.
fn skipped(name: &Name, version: u8) -> usize {
    match (name, version) {
        (b"meta", _) => 4,
        (b"iinf", 0) => 6,
        (b"iinf" | b"dref" | b"stsd", _) => 8,
        _ => 0,
    }
}

fn allows(parent: &Name, name: &Name, kind: Kind) -> bool {
    (kind == Kind::Avif && ALLOWED_IN_AVIF.contains(&(parent, name)))
        || ALLOWED.iter().any(|(of, names)| *of == parent && names.contains(&name))
}

/// A track that stays.
pub struct Track {
    pub place: Place,
    /// `vide`, `soun`, `pict`, `auxv`.
    pub handler: Name,
}

/// A walk over a whole file, and what it found.
pub struct Walk<'a> {
    file: &'a mut [u8],
    kind: Kind,
    boxes: usize,
    /// Of the track that is being looked at.
    handler: Name,
    pub tracks: Vec<Track>,
    pub meta: Option<Place>,
    /// The contents of the boxes `mdat` and `idat`.
    pub data: Vec<Range<usize>>,
    pub has_fragments: bool,
    pub has_lost_a_track: bool,
}

impl<'a> Walk<'a> {
    pub fn new(file: &'a mut [u8], kind: Kind) -> Self {
        Self {
            file,
            kind,
            boxes: 0,
            handler: *b"none",
            tracks: Vec::new(),
            meta: None,
            data: Vec::new(),
            has_fragments: false,
            has_lost_a_track: false,
        }
    }

    /// Goes over all boxes. Returns where the last one that is needed ends: cameras and others write
    /// behind it.
    pub fn top(&mut self) -> Result<usize, &'static str> {
        let (mut at, mut needed) = (0, 0);
        let end = self.file.len();
        while at < end {
            let Some(found) = header(self.file, at, end) else {
                let name = self.file.get(at.saturating_add(4)..at.saturating_add(8));
                let is_ours = name.is_none_or(|name| {
                    ALLOWED.iter().any(|(_, names)| names.iter().any(|known| *known == name))
                });
                return if is_ours && end.saturating_sub(at) >= 8 {
                    Err(DAMAGED)
                } else {
                    Ok(needed)
                };
            };
            self.one(b"file", &found)?;
            at = found.end;
            if allows(b"file", &found.name, self.kind) {
                needed = at;
            }
        }
        Ok(needed)
    }

    fn one(&mut self, parent: &Name, found: &Place) -> Result<(), &'static str> {
        self.boxes = self.boxes.saturating_add(1);
        if self.boxes > BOXES_MAX {
            return Err(TOO_MANY_PARTS);
        }
        if parent == b"stsd" {
            return self.sample_entry(found);
        }
        if !allows(parent, &found.name, self.kind) {
            self.free(found);
            return Ok(());
        }
        match &found.name {
            b"mvhd" | b"tkhd" | b"mdhd" => self.forget_times(found),
            // The name behind the type of handler is often that of a device.
            b"hdlr" => self.blank_from(found, 24),
            // Behind the flag that the data is in this file, a path on somebody's disk.
            b"url " | b"urn " | b"alis" => self.data_reference(found)?,
            b"mdat" | b"idat" => self.data.push(found.body..found.end),
            b"trak" => return self.track(found),
            b"meta" => self.meta = self.meta.take().or_else(|| Some(found.clone())),
            b"moof" => self.has_fragments = true,
            _ => {}
        }
        let is_parent = ALLOWED.iter().any(|(of, _)| *of == &found.name);
        if !is_parent && &found.name != b"stsd" {
            return Ok(());
        }
        let version = found.content(self.file).first().copied().unwrap_or_default();
        self.children(&found.name, found, skipped(&found.name, version))
    }

    fn children(&mut self, parent: &Name, place: &Place, skip: usize) -> Result<(), &'static str> {
        let mut at = place.body.saturating_add(skip);
        if at > place.end {
            return Err(DAMAGED);
        }
        while let Some(found) = header(self.file, at, place.end) {
            self.one(parent, &found)?;
            at = found.end;
        }
        // QuickTime ends lists with four zeros.
        if place.end.saturating_sub(at) >= 8 {
            return Err(DAMAGED);
        }
        blank(self.file, at..place.end);
        Ok(())
    }

    fn track(&mut self, found: &Place) -> Result<(), &'static str> {
        let handler = found
            .descendant(self.file, &[b"mdia", b"hdlr"])
            .and_then(|handler| handler.content(self.file).get(8..12)?.try_into().ok());
        let handler: Name = handler.unwrap_or(*b"none");
        // Everything else is written beside the film: places, movements, times, titles.
        let is_needed = match self.kind {
            Kind::Avif => [b"pict", b"vide", b"auxv"].contains(&&handler),
            Kind::M4a => &handler == b"soun",
            _ => [b"vide", b"soun"].contains(&&handler),
        };
        if !is_needed {
            self.has_lost_a_track = true;
            self.free(found);
            return Ok(());
        }
        self.handler = handler;
        self.tracks.push(Track { place: found.clone(), handler });
        self.children(b"trak", found, 0)
    }

    /// The fields of a sample entry (section 12), without vendor and name of the encoder.
    fn sample_entry(&mut self, found: &Place) -> Result<(), &'static str> {
        let fields = if &self.handler == b"soun" {
            let version = found.content(self.file).get(8..10).and_then(|version| version.last());
            let fields = match version.ok_or(DAMAGED)? {
                1 if self.is_tiled(found, 44) => 44,
                2 => 64,
                _ => 28,
            };
            self.blank_part(found, 10..16);
            fields
        } else {
            self.blank_part(found, 8..24);
            self.blank_part(found, 42..74);
            78
        };
        self.children(b"entr", found, fields)
    }

    fn is_tiled(&self, place: &Place, skip: usize) -> bool {
        let mut at = place.body.saturating_add(skip);
        while let Some(found) = header(self.file, at, place.end) {
            at = found.end;
        }
        at > place.body.saturating_add(skip) && place.end.saturating_sub(at) < 8
    }

    fn data_reference(&mut self, found: &Place) -> Result<(), &'static str> {
        let is_here = found.content(self.file).get(3).is_some_and(|flags| flags & 1 == 1);
        self.blank_from(found, 4);
        if is_here { Ok(()) } else { Err(DAMAGED) }
    }

    /// Creation and modification stand first in all three; their length is that of the version.
    fn forget_times(&mut self, found: &Place) {
        let is_long = found.content(self.file).first() == Some(&1);
        self.blank_part(found, 4..if is_long { 20 } else { 12 });
    }

    fn free(&mut self, found: &Place) {
        write(self.file, found.at.saturating_add(4), b"free");
        self.blank_from(found, 0);
    }

    fn blank_from(&mut self, found: &Place, skip: usize) {
        blank(self.file, found.body.saturating_add(skip)..found.end);
    }

    fn blank_part(&mut self, found: &Place, part: Range<usize>) {
        let place = |at: usize| found.body.saturating_add(at).min(found.end);
        blank(self.file, place(part.start)..place(part.end));
    }
}
