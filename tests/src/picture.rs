//! A photo as a telephone takes it: with the place where it was taken inside.

/// A text in the metadata that no reader may ever get.
pub const GPS_SECRET: &[u8] = b"Rue des Secrets 7, Paris";

/// A JPEG of one grey pixel (8 by 8, as JPEG counts), with an Exif block that holds coordinates and a
/// place, and a comment that holds the place again.
pub fn photo_with_gps() -> Vec<u8> {
    let mut jpeg = vec![0xff, 0xd8];
    segment(&mut jpeg, 0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    segment(&mut jpeg, 0xe1, &exif());
    segment(&mut jpeg, 0xfe, GPS_SECRET);
    let mut table = vec![0];
    table.extend([16; 64]);
    segment(&mut jpeg, 0xdb, &table);
    segment(&mut jpeg, 0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]);
    // One code each: a difference of nothing, and the end of the block.
    let mut huffman = vec![0, 1];
    huffman.extend([0; 15]);
    huffman.push(0);
    segment(&mut jpeg, 0xc4, &huffman);
    if let Some(class) = huffman.first_mut() {
        *class = 0x10;
    }
    segment(&mut jpeg, 0xc4, &huffman);
    segment(&mut jpeg, 0xda, &[1, 1, 0, 0, 63, 0]);
    jpeg.extend([0x3f, 0xff, 0xd9]);
    jpeg
}

fn segment(jpeg: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).expect("a segment of the test is short");
    jpeg.extend([0xff, marker]);
    jpeg.extend(length.to_be_bytes());
    jpeg.extend(content);
}

/// Exif 2.3, sections 4.5 and 4.6.6: a directory that leads to one with latitude and longitude.
fn exif() -> Vec<u8> {
    let mut exif = b"Exif\0\0".to_vec();
    exif.extend(b"II*\0\x08\0\0\0");
    // The first directory, at 8: GPSInfo at 26.
    exif.extend(1_u16.to_le_bytes());
    entry(&mut exif, 0x8825, 4, 1, 26);
    exif.extend([0; 4]);
    // At 26: latitude's letter and value at 68, the place at 92.
    exif.extend(3_u16.to_le_bytes());
    entry(&mut exif, 0x0001, 2, 2, u32::from(b'N'));
    entry(&mut exif, 0x0002, 5, 3, 68);
    entry(&mut exif, 0x001c, 7, GPS_SECRET.len() as u32, 92);
    exif.extend([0; 4]);
    for part in [48_u32, 1, 51, 1, 29, 1] {
        exif.extend(part.to_le_bytes());
    }
    exif.extend(GPS_SECRET);
    exif
}

fn entry(exif: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: u32) {
    exif.extend(tag.to_le_bytes());
    exif.extend(kind.to_le_bytes());
    exif.extend(count.to_le_bytes());
    exif.extend(value.to_le_bytes());
}
