//! Files put together box by box and frame by frame, with SECRET wherever devices write.

/// The moment that devices write, in seconds since 1904.
pub const MOMENT: [u8; 4] = [0xe2, 0x5e, 0xc7, 0xe7];

/// What is seen and heard; each as long as its samples.
pub const VIDEO: &[u8] = b"<video one><video two>";
pub const SOUND: &[u8] = b"<sound>";
pub const PICTURE: &[u8] = b"<av1 picture>";

fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let size = u32::try_from(content.len() + 8).unwrap();
    [&size.to_be_bytes(), &name[..], &content].concat()
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

fn sized(sizes: &[u32]) -> Vec<u8> {
    boxed(b"stsz", &[&words(&[0, 0, u32::try_from(sizes.len()).unwrap()]), &words(sizes)])
}

/// A track with one chunk.
fn track(handler: &[u8; 4], entry: &[u8], sizes: &[u32], offset: u32, matrix: [u32; 9]) -> Vec<u8> {
    let size = words(&[320 << 16, 180 << 16]);
    let tkhd = [&words(&[7])[..], &MOMENT, &MOMENT, &words(&[1, 0, 9, 0, 0, 0, 0])].concat();
    let tkhd = boxed(b"tkhd", &[&tkhd, &words(&matrix), &size]);
    let mdhd = boxed(b"mdhd", &[&[0; 4], &MOMENT, &MOMENT, &words(&[600, 9, 0])]);
    let hdlr = boxed(b"hdlr", &[&[0; 8], handler, &[0; 12], b"SECRET Phone 12\0"]);
    let url = boxed(b"url ", &[&words(&[1]), b"file:///SECRET\0"]);
    let dinf = boxed(b"dinf", &[&boxed(b"dref", &[&words(&[0, 1]), &url])]);
    let count = u32::try_from(sizes.len()).unwrap();
    let table = boxed(
        b"stbl",
        &[
            &boxed(b"stsd", &[&words(&[0, 1]), entry]),
            &boxed(b"stts", &[&words(&[0, 1, count, 300])]),
            &boxed(b"stsc", &[&words(&[0, 1, 1, count, 1])]),
            &sized(sizes),
            &boxed(b"stco", &[&words(&[0, 1, offset])]),
        ],
    );
    let minf = boxed(b"minf", &[&dinf, &boxed(b"gmhd", &[b"SECRET"]), &table]);
    let mdia = boxed(b"mdia", &[&mdhd, &hdlr, &minf]);
    let udta = boxed(b"udta", &[&boxed(b"name", &[b"SECRET"])]);
    boxed(b"trak", &[&tkhd, &mdia, &udta])
}

fn video_entry() -> Vec<u8> {
    let fields = [&[0; 6][..], &[0, 1], b"SECRET maker    ", &[1, 64, 0, 180], &[0; 14]].concat();
    let name = b"\x0dSECRET encode\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    boxed(b"avc1", &[&fields, name, &[0, 24, 255, 255], &boxed(b"avcC", &[b"<avcC>"]), &note()])
}

fn sound_entry() -> Vec<u8> {
    let fields = [&[0; 6][..], &[0, 1, 0, 0], b"SECRET", &[0, 2, 0, 16, 0, 0, 0, 0], &[0; 4]];
    boxed(b"mp4a", &[&fields.concat(), &boxed(b"esds", &[b"<esds>"]), &note()])
}

fn note() -> Vec<u8> {
    boxed(b"uuid", &[b"0123456789abcdef", b"SECRET xmp"])
}

const UPRIGHT: [u32; 9] = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000];
const TURNED: [u32; 9] = [0, 0x10000, 0, 0xffff_0000, 0, 0, 180 << 16, 0, 0x4000_0000];

/// A film of 320 by 180, turned, with sound, and with a track of places.
pub fn mp4(moov_is_first: bool) -> Vec<u8> {
    let ftyp = boxed(b"ftyp", &[b"mp42\0\0\0\0isommp42"]);
    let mdat = boxed(b"mdat", &[b"SECRET", VIDEO, b"SECRET place", SOUND, b"SECRET"]);
    let moov = |data: usize| {
        let at = |skip: usize| u32::try_from(data + skip).unwrap();
        let sounds = [u32::try_from(SOUND.len()).unwrap()];
        let video = track(b"vide", &video_entry(), &[11, 11], at(6), TURNED);
        let places = track(b"meta", &boxed(b"mebx", &[b"SECRET"]), &[12], at(28), UPRIGHT);
        let sound = track(b"soun", &sound_entry(), &sounds, at(40), UPRIGHT);
        let mvhd = boxed(b"mvhd", &[&[0; 4], &MOMENT, &MOMENT, &[0; 88]]);
        let place = boxed(b"\xa9xyz", &[b"\0\x12\x15\xc7+48.85+002.29/SECRET"]);
        let udta = boxed(b"udta", &[&place, &boxed(b"meta", &[b"SECRET"]), &[0; 4]]);
        boxed(b"moov", &[&mvhd, &video, &places, &sound, &udta, &note()])
    };
    let free = boxed(b"free", &[b"SECRET that was here before"]);
    if moov_is_first {
        let first = ftyp.len() + free.len() + moov(0).len() + note().len() + 8;
        [ftyp, free, moov(first), note(), mdat].concat()
    } else {
        let first = ftyp.len() + free.len() + 8;
        [ftyp, free, mdat, moov(first), note()].concat()
    }
}

/// A recording, with 64 bits where there is a choice.
pub fn m4a() -> Vec<u8> {
    let ftyp = boxed(b"ftyp", &[b"M4A \0\0\0\0M4A isom"]);
    let data = ftyp.len() + 16;
    let length = u64::try_from(SOUND.len() + 16 + 6).unwrap().to_be_bytes();
    let mdat = [&words(&[1])[..], b"mdat", &length, SOUND, b"SECRET"].concat();
    let count = u32::try_from(SOUND.len()).unwrap();
    let sound = track(b"soun", &sound_entry(), &[count], u32::try_from(data).unwrap(), UPRIGHT);
    let times = [&MOMENT[..], &MOMENT, &MOMENT, &MOMENT].concat();
    let mvhd = boxed(b"mvhd", &[&[1, 0, 0, 0], &times, &[0; 92]]);
    let cover = boxed(b"udta", &[&boxed(b"meta", &[&[0; 4], &boxed(b"ilst", &[b"SECRET"])])]);
    [ftyp, mdat, boxed(b"moov", &[&mvhd, &sound, &cover])].concat()
}

fn item(id: u8, kind: &[u8; 4], more: &[u8]) -> Vec<u8> {
    boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind, more])
}

fn extent(id: u8, method: u8, offset: usize, length: usize) -> Vec<u8> {
    let place = words(&[u32::try_from(offset).unwrap(), u32::try_from(length).unwrap()]);
    [&[0, id, 0, method, 0, 0, 0, 1][..], &place].concat()
}

/// A grid of 320 by 180, turned, of one picture; with a thumbnail, Exif and XMP.
pub fn avif() -> Vec<u8> {
    let ftyp = boxed(b"ftyp", &[b"mif1\0\0\0\0avifmif1"]);
    let mdat = boxed(b"mdat", &[b"SECRET exif", PICTURE, b"SECRET xmp", b"SECRET thumbnail"]);
    let meta = |data: usize| {
        let iinf = boxed(
            b"iinf",
            &[
                &[0; 4],
                &[0, 5],
                &item(1, b"grid", b"SECRET\0"),
                &item(2, b"av01", b"\0"),
                &item(3, b"av01", b"\0"),
                &item(4, b"Exif", b"SECRET\0"),
                &item(5, b"mime", b"\0application/rdf+xml\0"),
            ],
        );
        let iloc = boxed(
            b"iloc",
            &[
                &[1, 0, 0, 0, 0x44, 0, 0, 5],
                &extent(1, 1, 0, 6),
                &extent(2, 0, data + 11, PICTURE.len()),
                &extent(3, 0, data + 21 + PICTURE.len(), 16),
                &extent(4, 0, data, 11),
                &extent(5, 0, data + 11 + PICTURE.len(), 10),
            ],
        );
        let thumbnail = boxed(b"thmb", &[&[0, 3, 0, 1, 0, 1]]);
        let parts = boxed(b"dimg", &[&[0, 1, 0, 1, 0, 2]]);
        let size = boxed(b"ispe", &[&words(&[0, 320, 180])]);
        let ipco = [size, boxed(b"udes", &[b"SECRET"]), boxed(b"irot", &[&[1]])].concat();
        let ipma = boxed(b"ipma", &[&words(&[0, 1]), &[0, 1, 2, 1, 0x83]]);
        boxed(
            b"meta",
            &[
                &[0; 4],
                &boxed(b"hdlr", &[&[0; 8], b"pict", &[0; 12], b"SECRET\0"]),
                &boxed(b"pitm", &[&[0, 0, 0, 0, 0, 1]]),
                &iinf,
                &iloc,
                &boxed(b"iref", &[&[0; 4], &thumbnail, &parts]),
                &boxed(b"iprp", &[&boxed(b"ipco", &[&ipco]), &ipma]),
                &boxed(b"idat", &[b"<grid>SECRET"]),
            ],
        )
    };
    let data = ftyp.len() + meta(0).len() + 8;
    [ftyp, meta(data), mdat, note()].concat()
}

/// 128 kilobits at 44.1 kHz.
pub fn frame(mark: u8) -> Vec<u8> {
    [&[0xff, 0xfb, 0x90, 0x64][..], &[mark; 413]].concat()
}

fn id3(content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let size = [(length >> 7) as u8, (length & 127) as u8];
    [b"ID3\x04\0\0\0\0", &size[..], content].concat()
}

/// Four frames, with a tag of every kind around and between them. One tag holds a frame as a picture may.
pub fn mp3() -> Vec<u8> {
    let cover = [b"APIC SECRET", &frame(0xee).repeat(3)[..]].concat();
    let last = [&b"TAGSECRET"[..], &[0; 119]].concat();
    [
        id3(&cover),
        id3(b"SECRET"),
        frame(b'a').repeat(3),
        id3(&cover),
        b"SECRET".to_vec(),
        frame(b'b').repeat(3),
        b"LYRICSBEGINSECRET000015LYRICS200".to_vec(),
        b"APETAGEXSECRET".to_vec(),
        last,
    ]
    .concat()
}
