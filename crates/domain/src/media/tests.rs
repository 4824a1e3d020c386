//! Samples go in with the word SECRET in every corner that can hold words, and come out without.

mod built;

use super::*;
use built::{MOMENT, PICTURE, SOUND, VIDEO};
use proptest::prelude::*;

struct Sample {
    name: &'static str,
    file: Vec<u8>,
    kind: Kind,
    size: (u32, u32),
}

macro_rules! sample {
    ($name:literal, $kind:ident, $width:literal, $height:literal) => {
        Sample {
            name: $name,
            file: include_bytes!(concat!("samples/", $name)).to_vec(),
            kind: Kind::$kind,
            size: ($width, $height),
        }
    };
}

// Stored as 8 by 6 pixels; the turned ones are shown as 6 by 8.
fn samples() -> Vec<Sample> {
    let built = |name, file, kind, size| Sample { name, file, kind, size };
    vec![
        sample!("plain.jpg", Jpeg, 8, 6),
        sample!("turned.jpg", Jpeg, 6, 8),
        sample!("progressive.jpg", Jpeg, 8, 6),
        sample!("turned.png", Png, 6, 8),
        sample!("animated.png", Png, 8, 6),
        sample!("still.gif", Gif, 8, 6),
        sample!("animated.gif", Gif, 8, 6),
        sample!("plain.webp", Webp, 8, 6),
        sample!("turned.webp", Webp, 6, 8),
        sample!("animated.webp", Webp, 8, 6),
        built("built.avif", built::avif(), Kind::Avif, (180, 320)),
        built("first.mp4", built::mp4(true), Kind::Mp4, (180, 320)),
        built("last.mp4", built::mp4(false), Kind::Mp4, (180, 320)),
        built("built.m4a", built::m4a(), Kind::M4a, (0, 0)),
        built("built.mp3", built::mp3(), Kind::Mp3, (0, 0)),
    ]
}

fn sample(name: &str) -> Vec<u8> {
    samples().into_iter().find(|sample| sample.name == name).unwrap().file
}

fn cleaned(file: &[u8]) -> Result<Clean, &'static str> {
    clean(Bytes::copy_from_slice(file))
}

fn contains(file: &[u8], words: &[u8]) -> bool {
    file.windows(words.len()).any(|window| window == words)
}

#[test]
fn metadata_goes_and_the_picture_stays() {
    for Sample { name, file, kind, size } in samples() {
        let clean = cleaned(&file).unwrap();
        assert_eq!((clean.kind, (clean.width, clean.height)), (kind, size), "{name}");
        assert!(contains(&file, b"SECRET"), "{name} has nothing to hide");
        assert!(!contains(&clean.bytes, b"SECRET"), "{name}");
        assert_eq!(cleaned(&clean.bytes), Ok(clean.clone()), "{name} again");
    }
}

#[test]
fn a_file_is_cleaned_where_it_lies_unless_somebody_else_holds_it() {
    for Sample { name, file, .. } in samples() {
        let file = Bytes::from(file);
        let whole = file.as_ptr() as usize..file.as_ptr() as usize + file.len();
        let of_a_copy = clean(file.clone()).unwrap();
        assert!(contains(&file, b"SECRET"), "{name}");
        let in_place = clean(file).unwrap();
        assert_eq!(of_a_copy, in_place, "{name}");
        assert!(whole.contains(&(in_place.bytes.as_ptr() as usize)), "{name}");
    }
}

#[test]
fn what_showing_needs_is_kept() {
    for (name, words) in [
        ("turned.jpg", &b"Exif\0\0II*\0"[..]),
        ("turned.jpg", b"ICC_PROFILE\0"),
        ("turned.png", b"eXIfII*\0"),
        ("turned.png", b"iCCP"),
        ("animated.png", b"fdAT"),
        ("animated.gif", b"NETSCAPE2.0\x03\x01"),
        ("turned.webp", b"EXIF\x1a\0\0\0II*\0"),
        ("turned.webp", b"ICCP"),
        ("animated.webp", b"ANMF"),
    ] {
        assert!(contains(&cleaned(&sample(name)).unwrap().bytes, words), "{name} {words:?}");
    }
}

#[test]
fn what_is_seen_and_heard_stays_where_it_was() {
    let place = |file: &[u8], part: &[u8]| file.windows(part.len()).position(|at| at == part);
    for (name, parts) in [
        ("first.mp4", &[VIDEO, SOUND, b"<avcC>", b"<esds>"][..]),
        ("last.mp4", &[VIDEO, SOUND]),
        ("built.m4a", &[SOUND]),
        ("built.avif", &[PICTURE, b"<grid>", b"irot", b"dimg"]),
    ] {
        let (file, clean) = (sample(name), cleaned(&sample(name)).unwrap().bytes);
        for part in parts {
            assert!(place(&file, part).is_some(), "{name}");
            assert_eq!(place(&file, part), place(&clean, part), "{name}");
        }
    }
    let frames = [built::frame(b'a').repeat(3), built::frame(b'b').repeat(3)].concat();
    assert!(cleaned(&sample("built.mp3")).unwrap().bytes == frames);
}

#[test]
fn the_moment_of_a_recording_goes() {
    for name in ["first.mp4", "last.mp4", "built.m4a"] {
        assert!(contains(&sample(name), &MOMENT), "{name}");
        assert!(!contains(&cleaned(&sample(name)).unwrap().bytes, &MOMENT), "{name}");
    }
}

#[test]
fn names_of_items_and_boxes_that_were_taken_out_go_too() {
    let avif = cleaned(&sample("built.avif")).unwrap().bytes;
    for word in [&b"Exif"[..], b"mime", b"rdf+xml", b"uuid", b"udes"] {
        assert!(contains(&sample("built.avif"), word) && !contains(&avif, word), "{word:?}");
    }
    let film = cleaned(&sample("first.mp4")).unwrap().bytes;
    for word in [&b"mebx"[..], b"\xa9xyz", b"uuid", b"udta", b"gmhd"] {
        assert!(contains(&sample("first.mp4"), word) && !contains(&film, word), "{word:?}");
    }
}

#[test]
fn a_second_file_behind_the_picture_is_dropped() {
    for Sample { name, file, .. } in samples() {
        let behind = [&file[..], b"PK\x03\x04 SECRET <script>"].concat();
        assert_eq!(cleaned(&behind), cleaned(&file), "{name}");
    }
}

#[test]
fn half_a_picture_is_refused() {
    // Half a recording of frames is a shorter one.
    for Sample { name, file, .. } in samples().into_iter().filter(|s| s.kind != Kind::Mp3) {
        let whole = cleaned(&file).unwrap().bytes;
        for length in 0..whole.len() {
            assert!(cleaned(&whole[..length]).is_err(), "{name} {length}");
        }
    }
}

#[test]
fn bombs_are_refused() {
    let large = |name: &str, place: usize, bytes: &[u8]| {
        let mut file = sample(name);
        file[place..place + bytes.len()].copy_from_slice(bytes);
        file
    };
    let side = sample("built.avif").windows(4).position(|part| part == b"ispe").unwrap() + 8;
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0";
    let frames =
        |count: usize| [&b"GIF89a\x01\0\x01\0\0\0\0"[..], &frame.repeat(count), b"\x3b"].concat();
    for (file, expected) in [
        (large("turned.png", 16, &[0, 0, 0x20, 0, 0, 0, 0x20, 0]), Err(TOO_MANY_PIXELS)),
        (large("turned.png", 16, &[0, 0, 0, 0, 0, 0, 0, 1]), Err(DAMAGED)),
        (large("still.gif", 6, &[0xff, 0xff, 0xff, 0xff]), Err(TOO_MANY_PIXELS)),
        (frames(501), Err(TOO_MANY_FRAMES)),
        (frames(500), Ok(())),
        (frames(0), Err(DAMAGED)),
        (large("built.avif", side, &[0, 0, 0x20, 0, 0, 0, 0x20, 0]), Err(TOO_MANY_PIXELS)),
        (
            [&sample("last.mp4")[..], &b"\0\0\0\x08free".repeat(100_000)].concat(),
            Err(TOO_MANY_PARTS),
        ),
    ] {
        assert_eq!(cleaned(&file).map(|_| ()), expected, "{:?}", &file[..32]);
    }
}

#[test]
fn a_film_in_pieces_is_taken_where_there_is_nothing_between_them() {
    let piece = b"\0\0\0\x18moof\0\0\0\x10mfhd\0\0\0\0\0\0\0\x01";
    let in_pieces = |name: &str| cleaned(&[&sample(name)[..], piece].concat());
    assert!(in_pieces("built.m4a").is_ok());
    let words = in_pieces("last.mp4").unwrap_err();
    assert!(words.contains("in pieces"), "{words}");
}

#[test]
fn other_files_are_refused_with_words() {
    for (file, word) in [
        (&b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..], "SVG"),
        (b"  <SVG onload=alert(1)>", "SVG"),
        (b"<!doctype html><script>alert(1)</script>", "page"),
        (b"\0\0\0\x10ftypheic\0\0\0\0", "JPEG"),
        (b"\0\0\0\x14ftypmif1\0\0\0\0heic", "JPEG"),
        (b"\0\0\0\x10ftypqt  \0\0\0\0", "MP4"),
        (b"\0\0\0\x10ftypcrx \0\0\0\0", "not a picture"),
        (b"ID3\x04\0\0\0\0\0\0", "No sound"),
        (b"\xff\xf1\x50\x80", "not a picture"),
        (b"%PDF-1.7", "not a picture"),
        (b"RIFF\0\0\0\0WAVE", "not a picture"),
        (b"", "not a picture"),
    ] {
        let words = cleaned(&file).unwrap_err();
        assert!(words.contains(word), "{words}");
    }
}

#[test]
fn kinds_have_names_for_servers_and_files() {
    for Sample { name, kind, .. } in samples() {
        assert!(name.ends_with(kind.extension()), "{name}");
        let (family, _) = kind.media_type().split_once('/').unwrap();
        let is =
            [("image", kind.is_picture()), ("audio", kind.is_audio()), ("video", kind.is_video())];
        assert_eq!(is.iter().filter(|(_, is)| *is).collect::<Vec<_>>(), [&(family, true)]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_file_breaks_it(
        sample in 0..samples().len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        cut in any::<prop::sample::Index>(),
        is_cut: bool,
        moved in proptest::option::of((any::<prop::sample::Index>(), proptest::collection::vec(any::<u8>(), 0..6))),
    ) {
        let mut file = samples().swap_remove(sample).file;
        for (place, value) in changes {
            let place = place.index(file.len());
            file[place] = value;
        }
        if let Some((place, bytes)) = moved {
            let place = place.index(file.len());
            file.splice(place..place, bytes);
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        if let Ok(clean) = cleaned(&file) {
            let is_seen = !clean.kind.is_audio();
            prop_assert_eq!(check_size(clean.width, clean.height).is_ok(), is_seen);
            prop_assert_eq!(cleaned(&clean.bytes), Ok(clean.clone()));
            let held = Bytes::from(file);
            prop_assert_eq!(super::clean(held.clone()), Ok(clean.clone()));
        }
    }

    #[test]
    fn no_bytes_behind_a_signature_break_it(start in 0..samples().len(), bytes: Vec<u8>) {
        let file = [&samples()[start].file[..12], &bytes].concat();
        let _ = cleaned(&file);
    }
}

#[test]
fn sizes_are_in_words() {
    for (bytes, expected) in [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1999, "1 kB"),
        (999_999, "999 kB"),
        (3_460_000, "3.4 MB"),
        (45_000_000, "45 MB"),
        (1_250_000_000, "1.2 GB"),
    ] {
        assert_eq!(size(bytes), expected);
    }
}
