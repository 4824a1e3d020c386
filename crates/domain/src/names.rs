//! Names to show that would pass for another: letters of several alphabets, lookalikes, hidden marks.

use crate::reserved;

const MARKS_IN_A_ROW_MAX: usize = 4;

/// Why a name may not be shown, if so.
pub fn misleads(name: &str) -> Option<&'static str> {
    if name.chars().any(is_invisible) || has_piled_marks(name) {
        return Some("That name has characters that cannot be seen. Type it anew.");
    }
    if name.chars().any(is_dressed_up) {
        return Some("That name has letters made for formulas. Type it in ordinary letters.");
    }
    let mut alphabets = name.chars().filter_map(alphabet);
    let first = alphabets.next();
    if alphabets.any(|other| Some(other) != first) {
        return Some("That name mixes letters of several alphabets. Write it in one.");
    }
    if !name.is_ascii() && reserved::NAMES.binary_search(&plain(name).as_str()).is_ok() {
        return Some("That name looks like one that is reserved. Choose another.");
    }
    None
}

/// Characters without a width, but for the joiners that emoji and Persian need.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180e}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

fn has_piled_marks(name: &str) -> bool {
    let mut row = 0_usize;
    name.chars().any(|c| {
        let is_mark =
            matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20ff}');
        row = if is_mark { row.saturating_add(1) } else { 0 };
        row > MARKS_IN_A_ROW_MAX
    })
}

/// Latin letters in other clothes: full width, in circles, of mathematics.
fn is_dressed_up(c: char) -> bool {
    matches!(c, '\u{ff21}'..='\u{ff5a}' | '\u{24b6}'..='\u{24e9}' | '\u{1d400}'..='\u{1d7ff}'
        | '\u{1f130}'..='\u{1f189}')
}

/// Which of the alphabets whose letters look alike; scripts that resemble none are left alone, so that
/// names in Chinese, Japanese or Korean may stand beside Latin.
fn alphabet(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'
            if !matches!(c, '×' | '÷') =>
        {
            0
        }
        '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => 1,
        '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => 2,
        '\u{531}'..='\u{58f}' => 3,
        '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => 4,
        '\u{a4d0}'..='\u{a4ff}' => 5,
        '\u{2c80}'..='\u{2cff}' => 6,
        _ => return None,
    })
}

/// A name as a quick eye reads it: lookalikes of Greek and Cyrillic as their Latin twins.
fn plain(name: &str) -> String {
    let letters = name.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric());
    letters.map(twin).collect()
}

fn twin(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ї' | 'ι' | 'ί' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' => 'l',
        'м' | 'μ' => 'm',
        'ո' | 'η' => 'n',
        'о' | 'ο' | 'σ' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'г' => 'r',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'ζ' => 'z',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_everywhere_are_fine() {
        for name in [
            "Ann",
            "Zoë Müller-O’Brien",
            "Анна Петрова",
            "Γιώργος",
            "山田 太郎 Taro",
            "김민준 Kim",
            "علی‌رضا",
            "אבי",
            "Ann 🐦",
            "👩‍💻 Ann",
            "Nguyễn Thị Hạnh",
            "Ann 2",
            "Anaïs",
            "José",
        ] {
            assert_eq!(misleads(name), None, "{name}");
        }
    }

    #[test]
    fn names_that_pass_for_others_are_not() {
        for name in [
            "Аnn",
            "Pаypаl",
            "раураӏ",
            "аdmin",
            "Ріріt",
            "ａｄｍｉｎ",
            "ⓐⓝⓝ",
            "𝐀𝐧𝐧",
            "Ann\u{200b}",
            "An\u{ad}n",
            "\u{feff}Ann",
            "Ann\u{e0041}",
            "A\u{300}\u{300}\u{300}\u{300}\u{300}",
            "Οracle",
        ] {
            assert!(misleads(name).is_some(), "{name}");
        }
    }
}
