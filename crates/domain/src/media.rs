//! Files of posts as they may be stored: known kinds only, without metadata, and nothing behind their end.

mod avif;
mod bmff;
mod boxes;
mod cursor;
mod exif;
mod gif;
mod jpeg;
mod mp3;
mod pieces;
mod png;
mod track;
mod walk;
mod webp;

use bytes::{Bytes, BytesMut};

const BYTES_MAX: usize = 45 * 1024 * 1024;
const PIXELS_MAX: u64 = 40_000_000;
const FRAMES_MAX: usize = 500;

const DAMAGED: &str =
    "This file is damaged or incomplete. Save or export it again and upload that.";
const TOO_MANY_PARTS: &str =
    "This file has too many parts. Save or export it again and upload that.";
const NO_PICTURE: &str = "This is sound or video, not a picture. Upload a picture.";
const TOO_MANY_PIXELS: &str =
    "This picture has more than 40 megapixels. Make it smaller and try again.";
const TOO_MANY_FRAMES: &str =
    "This animation has more than 500 frames. Make it shorter and try again.";

/// The kinds of file that are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JPEG.
    Jpeg,
    /// PNG, animated or not.
    Png,
    /// GIF, animated or not.
    Gif,
    /// WebP, animated or not.
    Webp,
    /// AVIF, animated or not.
    Avif,
    /// MPEG audio, layer III.
    Mp3,
    /// Audio in the container of MP4.
    M4a,
    /// MP4.
    Mp4,
}

impl Kind {
    /// For `Content-Type`.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Avif => "image/avif",
            Self::Mp3 => "audio/mpeg",
            Self::M4a => "audio/mp4",
            Self::Mp4 => "video/mp4",
        }
    }

    /// The key of a blog's object of this kind; the name is letters and digits that nobody can guess.
    pub fn key(self, blog_id: &str, name: &str) -> String {
        format!("t/{blog_id}/{name}.{}", self.extension())
    }

    /// Of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Avif => "avif",
            Self::Mp3 => "mp3",
            Self::M4a => "m4a",
            Self::Mp4 => "mp4",
        }
    }

    /// To be looked at: all that is neither heard nor played.
    pub fn is_picture(self) -> bool {
        !self.is_audio() && !self.is_video()
    }

    /// To be heard.
    pub fn is_audio(self) -> bool {
        matches!(self, Self::Mp3 | Self::M4a)
    }

    /// To be played, with or without sound.
    pub fn is_video(self) -> bool {
        self == Self::Mp4
    }
}

/// A file that may be stored and served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    /// What it is, whatever its name said.
    pub kind: Kind,
    /// The file without metadata; of EXIF only the orientation is left, where there was one.
    pub bytes: Bytes,
    /// Pixels, as displayed; 0 of what is only heard.
    pub width: u32,
    /// Pixels, as displayed; 0 of what is only heard.
    pub height: u32,
}

/// The kind that the first bytes say.
pub fn kind(bytes: &[u8]) -> Option<Kind> {
    if bytes.starts_with(b"\xff\xd8\xff") {
        Some(Kind::Jpeg)
    } else if bytes.starts_with(png::SIGNATURE) {
        Some(Kind::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(Kind::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Kind::Webp)
    } else if let Some(named) = bmff::kind(bytes) {
        named.ok()
    } else {
        mp3::is_mp3(bytes).then_some(Kind::Mp3)
    }
}

/// As [`clean`], for where only a picture will do.
pub fn clean_picture(bytes: Bytes) -> Result<Clean, &'static str> {
    match kind(&bytes) {
        Some(kind) if !kind.is_picture() => Err(NO_PICTURE),
        _ => clean(bytes),
    }
}

/// The file without metadata (EXIF with place and thumbnail, XMP, IPTC, comments; colour
/// profiles stay). The file is taken apart and only what is needed to show it is put together
/// again. The error is the sentence for the person.
pub fn clean(bytes: Bytes) -> Result<Clean, &'static str> {
    if bytes.len() > BYTES_MAX {
        return Err("This file is larger than 45 megabytes. Make it smaller and try again.");
    }
    let kind = kind(&bytes).ok_or_else(|| refusal(&bytes))?;
    let stripped = match kind {
        Kind::Jpeg => jpeg::strip(&bytes)?,
        Kind::Png => png::strip(&bytes)?,
        Kind::Gif => gif::strip(&bytes)?,
        Kind::Webp => webp::strip(&bytes)?,
        Kind::Mp3 => {
            let bytes = mp3::frames(&bytes)?.assemble(bytes)?;
            return Ok(Clean { kind, bytes, width: 0, height: 0 });
        }
        Kind::Avif | Kind::M4a | Kind::Mp4 => return in_boxes(bytes, kind),
    };
    let (width, height) = match stripped.orientation {
        Some(orientation) if orientation.swaps_sides() => (stripped.height, stripped.width),
        _ => (stripped.width, stripped.height),
    };
    Ok(Clean { kind, bytes: stripped.pieces.assemble(bytes)?, width, height })
}

fn in_boxes(file: Bytes, kind: Kind) -> Result<Clean, &'static str> {
    let mut file = file.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&*shared));
    let (length, kind, width, height) = bmff::strip(&mut file, kind)?;
    file.truncate(length);
    Ok(Clean { kind, bytes: file.freeze(), width, height })
}

/// What a format's module makes of a file.
struct Stripped {
    pieces: pieces::Pieces,
    width: u32,
    height: u32,
    orientation: Option<exif::Orientation>,
}

fn check_size(width: u32, height: u32) -> Result<(), &'static str> {
    if width == 0 || height == 0 {
        return Err(DAMAGED);
    }
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > PIXELS_MAX { Err(TOO_MANY_PIXELS) } else { Ok(()) }
}

fn refusal(bytes: &[u8]) -> &'static str {
    let start = bytes.get(..bytes.len().min(1024)).unwrap_or_default();
    let text = String::from_utf8_lossy(start).to_ascii_lowercase();
    if text.contains("<svg") {
        "SVG pictures can carry scripts and are not taken. Export it as PNG and upload that."
    } else if ["<html", "<!doctype", "<script", "<?xml"].iter().any(|tag| text.contains(tag)) {
        "This is a page, not a picture. Upload a picture."
    } else if let Some(Err(words)) = bmff::kind(bytes) {
        words
    } else {
        "This is not a picture, sound or video that we know. Upload JPEG, PNG, GIF, WebP, AVIF, MP3, M4A \
         or MP4."
    }
}

/// How large something is, in words: `3.4 MB`.
pub fn size(bytes: i64) -> String {
    let (unit, name) = match bytes {
        ..1000 => return format!("{bytes} bytes"),
        1000..1_000_000 => return format!("{} kB", bytes.div_euclid(1000)),
        1_000_000..1_000_000_000 => (1_000_000, "MB"),
        _ => (1_000_000_000, "GB"),
    };
    let tenths = bytes.saturating_mul(10).div_euclid(unit);
    match tenths.rem_euclid(10) {
        0 => format!("{} {name}", tenths.div_euclid(10)),
        rest => format!("{}.{rest} {name}", tenths.div_euclid(10)),
    }
}

#[cfg(test)]
mod tests;
