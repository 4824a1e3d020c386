//! How host names in other scripts than Latin become ASCII (UTS #46), without the tables of Unicode.
//!
//! The `idna` crate asks this one for properties of characters. The usual answers take 100 KB of tables in
//! everything that reads an address. Here letters become small by the standard library, which has that
//! table anyway; full-width Latin and the dots of East Asia become plain; whatever else Unicode would
//! replace by another character is refused, and so are accents that stand apart from their letter. Rules
//! that only keep registries from handing out confusing names (directions, joiners) are the registries'.

#![no_std]

/// Forms that stand for other characters: who means `example` can write that. From, to, both included.
const REFUSED: &[(char, char)] = &[
    ('\u{80}', '\u{a8}'),
    ('\u{aa}', '\u{ac}'),
    ('\u{ae}', '\u{b6}'),
    ('\u{b8}', '\u{be}'),
    // Letters that are two, or another one.
    ('\u{132}', '\u{133}'),
    ('\u{13f}', '\u{140}'),
    ('\u{149}', '\u{149}'),
    ('\u{17f}', '\u{17f}'),
    ('\u{1c4}', '\u{1cc}'),
    ('\u{1f1}', '\u{1f3}'),
    // Accents that stand apart from their letter.
    ('\u{2b0}', '\u{36f}'),
    ('\u{1d2c}', '\u{1d6a}'),
    ('\u{1d9b}', '\u{1dff}'),
    ('\u{1fbd}', '\u{1fbf}'),
    ('\u{1fcd}', '\u{1fcf}'),
    ('\u{1fdd}', '\u{1fdf}'),
    ('\u{1fed}', '\u{1fef}'),
    ('\u{1ffd}', '\u{1ffe}'),
    // Spaces, marks of direction, super- and subscripts, letterlike, roman and enclosed ones.
    ('\u{2000}', '\u{200b}'),
    ('\u{200e}', '\u{24ff}'),
    ('\u{2a00}', '\u{2aff}'),
    ('\u{2c7c}', '\u{2c7d}'),
    ('\u{2e00}', '\u{3001}'),
    ('\u{3003}', '\u{3004}'),
    ('\u{3008}', '\u{3029}'),
    ('\u{302e}', '\u{303b}'),
    ('\u{303d}', '\u{3040}'),
    ('\u{309b}', '\u{309c}'),
    ('\u{309f}', '\u{30a0}'),
    ('\u{30ff}', '\u{3104}'),
    ('\u{3130}', '\u{319f}'),
    ('\u{31c0}', '\u{31ef}'),
    ('\u{3200}', '\u{33ff}'),
    ('\u{a69c}', '\u{a69d}'),
    ('\u{a770}', '\u{a770}'),
    ('\u{e000}', '\u{fe0f}'),
    ('\u{fe10}', '\u{ff00}'),
    ('\u{ff5f}', '\u{ff60}'),
    ('\u{ff62}', '\u{ffff}'),
    ('\u{1d000}', '\u{1d7ff}'),
    ('\u{1ee00}', '\u{1eeff}'),
    ('\u{1f100}', '\u{1f2ff}'),
    ('\u{1fbf0}', '\u{1fbf9}'),
    ('\u{2f800}', '\u{2fa1f}'),
    ('\u{e0000}', '\u{10ffff}'),
];

/// What a character that may not be there becomes; `idna` refuses a name with it.
const WRONG: char = '\u{fffd}';

/// Unicode's properties of characters, as far as `idna` asks.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Adapter {}

impl Adapter {
    /// It has nothing to load.
    #[cfg(feature = "compiled_data")]
    pub const fn new() -> Self {
        Self {}
    }

    /// Joiners may stand anywhere.
    pub fn is_virama(&self, _: char) -> bool {
        true
    }

    /// No character is kept from the beginning of a name.
    pub fn is_mark(&self, _: char) -> bool {
        false
    }

    /// No name is held to the rules of direction.
    pub fn bidi_class(&self, _: char) -> BidiClass {
        BidiClass(())
    }

    /// Joiners may stand anywhere.
    pub fn joining_type(&self, _: char) -> JoiningType {
        JoiningType(())
    }

    /// A name as it was typed, mapped (UTS #46, section 4, steps 1 and 2).
    pub fn map_normalize<'a, I: Iterator<Item = char> + 'a>(
        &'a self,
        typed: I,
    ) -> impl Iterator<Item = char> + 'a {
        typed.filter(|c| !is_ignored(*c)).map(plain).flat_map(char::to_lowercase).map(checked)
    }

    /// A name that was ASCII already and is decoded: it must be what mapping it would make of it
    /// (UTS #46, section 4.1).
    pub fn normalize_validate<'a, I: Iterator<Item = char> + 'a>(
        &'a self,
        decoded: I,
    ) -> impl Iterator<Item = char> + 'a {
        decoded.map(|c| {
            let is_mapped = is_ignored(c) || plain(c) != c || c.to_lowercase().ne([c]);
            if is_mapped { WRONG } else { checked(c) }
        })
    }
}

/// The soft hyphen and the selectors of a character's look.
fn is_ignored(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

/// Full-width Latin, and the dots that East Asian keyboards have.
fn plain(c: char) -> char {
    match c {
        '\u{3002}' | '\u{ff61}' => '.',
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(WRONG)
        }
        other => other,
    }
}

fn checked(c: char) -> char {
    let is_refused = |(from, to): &(char, char)| (*from..=*to).contains(&c);
    if !c.is_ascii() && REFUSED.iter().any(is_refused) { WRONG } else { c }
}

/// A direction; there is only one.
#[derive(Debug, Clone, Copy)]
pub struct BidiClass(());

/// Some directions: none.
#[derive(Debug, Clone, Copy)]
pub struct BidiClassMask(());

/// Names with letters that run from right to left: none is held to their rules.
pub const RTL_MASK: BidiClassMask = BidiClassMask(());
/// What a name may begin with.
pub const FIRST_BC_MASK: BidiClassMask = BidiClassMask(());
/// What it may end with.
pub const LAST_LTR_MASK: BidiClassMask = BidiClassMask(());
/// What it may end with, from right to left.
pub const LAST_RTL_MASK: BidiClassMask = BidiClassMask(());
/// What may be between.
pub const MIDDLE_LTR_MASK: BidiClassMask = BidiClassMask(());
/// What may be between, from right to left.
pub const MIDDLE_RTL_MASK: BidiClassMask = BidiClassMask(());

impl BidiClass {
    /// Itself.
    pub fn to_mask(self) -> BidiClassMask {
        BidiClassMask(())
    }

    /// Every character is.
    pub fn is_ltr(self) -> bool {
        true
    }

    /// None is.
    pub fn is_nonspacing_mark(self) -> bool {
        false
    }

    /// None is.
    pub fn is_european_number(self) -> bool {
        false
    }

    /// None is.
    pub fn is_arabic_number(self) -> bool {
        false
    }
}

impl BidiClassMask {
    /// Never, so that no name counts as one that runs from right to left.
    pub fn intersects(self, _: Self) -> bool {
        false
    }
}

/// How a letter joins its neighbours; there is only one way.
#[derive(Debug, Clone, Copy)]
pub struct JoiningType(());

/// Some ways to join.
#[derive(Debug, Clone, Copy)]
pub struct JoiningTypeMask(());

/// Letters that join to the left.
pub const LEFT_OR_DUAL_JOINING_MASK: JoiningTypeMask = JoiningTypeMask(());
/// Letters that join to the right.
pub const RIGHT_OR_DUAL_JOINING_MASK: JoiningTypeMask = JoiningTypeMask(());

impl JoiningType {
    /// Itself.
    pub fn to_mask(self) -> JoiningTypeMask {
        JoiningTypeMask(())
    }

    /// Never asked, because a joiner may stand anywhere.
    pub fn is_transparent(self) -> bool {
        true
    }
}

impl JoiningTypeMask {
    /// Always.
    pub fn intersects(self, _: Self) -> bool {
        true
    }
}
