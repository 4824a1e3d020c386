//! The names and entities that `html5ever` knows, in a fifth of the bytes that its own tables take.
//!
//! The other crate of this name keeps each of the 2,231 entities and each beginning of each name in
//! a perfect hash of 9,853 entries, 160 KB. Sorted, a name's beginnings are found where the name is.
//! Of names, `names.txt` has those that `html5ever` speaks of (one that is missing does not compile)
//! and those that posts use most; all others work too, they are merely kept as text.

#![allow(missing_docs, reason = "what string_cache_codegen writes has none")]

include!(concat!(env!("OUT_DIR"), "/atoms.rs"));
include!(concat!(env!("OUT_DIR"), "/entities.rs"));

/// What the numbers 128 to 159 mean in `&#128;` and its like: characters of Windows-1252
/// (<https://html.spec.whatwg.org/multipage/parsing.html#numeric-character-reference-end-state>).
pub static C1_REPLACEMENTS: [Option<char>; 32] = [
    Some('€'),
    None,
    Some('‚'),
    Some('ƒ'),
    Some('„'),
    Some('…'),
    Some('†'),
    Some('‡'),
    Some('ˆ'),
    Some('‰'),
    Some('Š'),
    Some('‹'),
    Some('Œ'),
    None,
    Some('Ž'),
    None,
    None,
    Some('‘'),
    Some('’'),
    Some('“'),
    Some('”'),
    Some('•'),
    Some('–'),
    Some('—'),
    Some('˜'),
    Some('™'),
    Some('š'),
    Some('›'),
    Some('œ'),
    None,
    Some('ž'),
    Some('Ÿ'),
];

/// A name that goes on.
static UNFINISHED: (u32, u32) = (0, 0);

/// The entities of HTML, by name without `&`.
pub static NAMED_ENTITIES: Entities = Entities;

/// The table of entities.
#[derive(Debug, Clone, Copy)]
pub struct Entities;

impl Entities {
    /// The one or two characters of an entity (the second is 0 where there is one); two zeros for
    /// what a longer name begins with; None for anything else.
    pub fn get(&self, name: &str) -> Option<&'static (u32, u32)> {
        let (mut low, mut high) = (0, ENDS.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if entity(middle)? < name {
                low = middle.saturating_add(1);
            } else {
                high = middle;
            }
        }
        let found = entity(low)?;
        if found == name {
            return CHARACTERS.get(low);
        }
        found.starts_with(name).then_some(&UNFINISHED)
    }
}

fn entity(index: usize) -> Option<&'static str> {
    let start = match index.checked_sub(1) {
        Some(before) => usize::from(*ENDS.get(before)?),
        None => 0,
    };
    NAMES.get(start..usize::from(*ENDS.get(index)?))
}

#[cfg(test)]
mod tests {
    use super::{C1_REPLACEMENTS, NAMED_ENTITIES};
    use std::collections::HashMap;

    /// The standard's entities and the beginnings of their names, kept the plain way.
    fn expected() -> HashMap<&'static str, (u32, u32)> {
        let mut all = HashMap::from([("", (0, 0))]);
        for entity in &entities::ENTITIES {
            let name = entity.entity.strip_prefix('&').unwrap();
            for end in 1..name.len() {
                all.entry(name.split_at(end).0).or_insert((0, 0));
            }
            let mut characters = entity.characters.chars().map(u32::from);
            all.insert(name, (characters.next().unwrap(), characters.next().unwrap_or(0)));
        }
        all
    }

    #[test]
    fn every_name_every_beginning_and_nothing_else_is_found() {
        let expected = expected();
        assert_eq!(entities::ENTITIES.len(), 2231);
        for (name, characters) in &expected {
            assert_eq!(NAMED_ENTITIES.get(name), Some(characters), "{name}");
            for last in ["!", ";", "A", "a", "z", "~", "é"] {
                let longer = format!("{name}{last}");
                assert_eq!(NAMED_ENTITIES.get(&longer), expected.get(&*longer), "{longer}");
            }
        }
    }

    #[test]
    fn numbers_of_the_old_code_page_mean_its_characters() {
        let page: [u8; 32] = std::array::from_fn(|index| 0x80 + u8::try_from(index).unwrap());
        let (text, _, _) = encoding_rs::WINDOWS_1252.decode(&page);
        for (index, character) in text.chars().enumerate() {
            let expected = (!character.is_control()).then_some(character);
            assert_eq!(C1_REPLACEMENTS[index], expected);
        }
    }
}
