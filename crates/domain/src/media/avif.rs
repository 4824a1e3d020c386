//! The items of AVIF (ISO/IEC 23008-12 and 14496-12, section 8.11): only what the picture is made of stays.

use super::boxes::{Kept, Name, Place, blank, header, keep, write};
use super::cursor::Cursor;
use super::{DAMAGED, TOO_MANY_PARTS, check_size};

/// Coded pictures, and how they are put together.
const TAKEN: [&Name; 5] = [b"av01", b"grid", b"iovl", b"iden", b"tmap"];

/// The most pictures that one is put together from.
const ITEMS_MAX: usize = 1000;
const PLACES_MAX: u32 = 100_000;

/// Notes where the data of the picture is, and makes all other items (Exif, XMP, thumbnails) unknown ones.
/// Returns the size of the picture as displayed.
pub fn items(file: &mut [u8], meta: &Place, kept: &mut Kept) -> Result<(u32, u32), &'static str> {
    let child = |name: &Name| meta.child(file, 4, name).ok_or(DAMAGED);
    let (pitm, iinf, iloc, iprp) =
        (child(b"pitm")?, child(b"iinf")?, child(b"iloc")?, child(b"iprp")?);
    let primary = Full::new(&pitm, file).and_then(|mut pitm| pitm.id(1)).ok_or(DAMAGED)?;
    let thumbnails = child(b"iref").map(|iref| thumbnails(file, &iref)).unwrap_or_default();
    let idat = child(b"idat").ok();

    if thumbnails.len() > ITEMS_MAX {
        return Err(TOO_MANY_PARTS);
    }
    let ids = choose(file, &iinf, &thumbnails);
    if ids.len() > ITEMS_MAX {
        return Err(TOO_MANY_PARTS);
    }
    if !ids.contains(&primary) {
        return Err(DAMAGED);
    }
    for extent in extents(file, &iloc, &ids).ok_or(DAMAGED)? {
        let (offset, end) = match (extent.place, &idat) {
            (0, _) => (extent.offset, u64::MAX),
            (1, Some(idat)) => {
                let start = u64::try_from(idat.body).unwrap_or(u64::MAX);
                (start.checked_add(extent.offset).ok_or(DAMAGED)?, idat.end as u64)
            }
            _ => return Err(DAMAGED),
        };
        if extent.length == 0 || offset.saturating_add(extent.length) > end {
            return Err(DAMAGED);
        }
        keep(file, kept, offset, extent.length)?;
    }
    size(file, &iprp, primary)
}

/// The content of a box with version and flags.
struct Full<'a> {
    version: u8,
    is_wide: bool,
    rest: Cursor<'a>,
}

impl<'a> Full<'a> {
    fn new(place: &Place, file: &'a [u8]) -> Option<Self> {
        let mut rest = Cursor::new(place.content(file));
        let [version, _, _, flags] = rest.array()?;
        Some(Self { version, is_wide: flags & 1 == 1, rest })
    }

    /// An item's, which has four bytes from a version on.
    fn id(&mut self, long_from: u8) -> Option<u32> {
        if self.version < long_from { self.rest.be16().map(u32::from) } else { self.rest.be32() }
    }

    fn number(&mut self, bytes: u8) -> Option<u64> {
        match bytes {
            0 => Some(0),
            4 => self.rest.be32().map(u64::from),
            8 => Some((u64::from(self.rest.be32()?) << 32) | u64::from(self.rest.be32()?)),
            _ => None,
        }
    }
}

/// The ids of the items that stay. The others lose their kind, and all of them their names.
fn choose(file: &mut [u8], iinf: &Place, thumbnails: &[u32]) -> Vec<u32> {
    let version = iinf.content(file).first().copied().unwrap_or_default();
    let mut at = iinf.body.saturating_add(if version == 0 { 6 } else { 8 });
    let mut ids = Vec::new();
    while let Some(infe) = header(file, at, iinf.end) {
        at = infe.end;
        if &infe.name != b"infe" {
            continue;
        }
        let entry = Full::new(&infe, file).and_then(|mut entry| {
            let id = entry.id(3)?;
            let _protection = entry.rest.be16()?;
            let kind: Name = entry.rest.array()?;
            Some((entry.version, id, kind))
        });
        // The first versions had no kinds.
        let Some((version @ 2.., id, kind)) = entry else {
            blank(file, infe.body.saturating_add(8).min(infe.end)..infe.end);
            continue;
        };
        let place = infe.body.saturating_add(if version == 2 { 8 } else { 10 });
        if TAKEN.contains(&&kind) && !thumbnails.contains(&id) {
            ids.push(id);
        } else {
            write(file, place, b"free");
        }
        blank(file, place.saturating_add(4)..infe.end);
    }
    ids
}

/// The ids of items that are a smaller picture of another one: maybe of what it was before it was cut.
fn thumbnails(file: &[u8], iref: &Place) -> Vec<u32> {
    let version = iref.content(file).first().copied().unwrap_or_default();
    let mut at = iref.body.saturating_add(4);
    let mut ids = Vec::new();
    while let Some(reference) = header(file, at, iref.end) {
        at = reference.end;
        let mut ends = Cursor::new(reference.content(file));
        let from = if version == 0 { ends.be16().map(u32::from) } else { ends.be32() };
        if &reference.name == b"thmb" {
            ids.extend(from);
        }
    }
    ids
}

/// Where a part of an item is.
struct Extent {
    /// 0: in the file; 1: in the box `idat`; 2: in another item.
    place: u16,
    offset: u64,
    length: u64,
}

/// The extents of these items, from the box `iloc`.
fn extents(file: &[u8], iloc: &Place, ids: &[u32]) -> Option<Vec<Extent>> {
    let mut list = Full::new(iloc, file)?;
    let [sizes, more_sizes] = list.rest.array()?;
    let (offset_bytes, length_bytes) = (sizes >> 4, sizes & 15);
    let base_bytes = more_sizes >> 4;
    let index_bytes = if list.version == 0 { 0 } else { more_sizes & 15 };
    let mut extents = Vec::new();
    let count = list.id(2).filter(|count| *count <= PLACES_MAX)?;
    for _ in 0..count {
        let id = list.id(2)?;
        let place = if list.version == 0 { 0 } else { list.rest.be16()? & 15 };
        let reference = list.rest.be16()?;
        let base = list.number(base_bytes)?;
        let is_kept = ids.contains(&id);
        if is_kept && reference != 0 {
            return None;
        }
        for _ in 0..list.rest.be16()? {
            let _index = list.number(index_bytes)?;
            let offset = base.checked_add(list.number(offset_bytes)?)?;
            let length = list.number(length_bytes)?;
            if is_kept {
                extents.push(Extent { place, offset, length });
            }
        }
    }
    Some(extents)
}

/// Of the item, from its properties; every other size has to be allowed too.
fn size(file: &[u8], iprp: &Place, item: u32) -> Result<(u32, u32), &'static str> {
    let properties = iprp.child(file, 0, b"ipco").ok_or(DAMAGED)?;
    let list = iprp.child(file, 0, b"ipma").ok_or(DAMAGED)?;
    let own = own_properties(file, &list, item).ok_or(DAMAGED)?;
    let (mut size, mut is_turned) = (None, false);
    let (mut at, mut number) = (properties.body, 0_u16);
    while let Some(property) = header(file, at, properties.end) {
        (at, number) = (property.end, number.saturating_add(1));
        let is_own = own.contains(&number);
        let content = property.content(file);
        if &property.name == b"ispe" {
            let mut sides = Cursor::new(content.get(4..).ok_or(DAMAGED)?);
            let sides = sides.be32().zip(sides.be32()).ok_or(DAMAGED)?;
            check_size(sides.0, sides.1)?;
            size = size.or(is_own.then_some(sides));
        } else if &property.name == b"irot" && is_own {
            is_turned = content.first().is_some_and(|quarters| quarters & 1 == 1);
        }
    }
    let (width, height) = size.ok_or(DAMAGED)?;
    Ok(if is_turned { (height, width) } else { (width, height) })
}

/// The numbers of an item's properties, from the box `ipma`; the first property is 1.
fn own_properties(file: &[u8], ipma: &Place, item: u32) -> Option<Vec<u16>> {
    let mut list = Full::new(ipma, file)?;
    for _ in 0..list.rest.be32()? {
        let id = list.id(1)?;
        let mut own = Vec::new();
        for _ in 0..list.rest.u8()? {
            own.push(if list.is_wide {
                list.rest.be16()? & 0x7fff
            } else {
                u16::from(list.rest.u8()? & 0x7f)
            });
        }
        if id == item {
            return Some(own);
        }
    }
    None
}
