//! Text and values of any HTML as the sanitiser writes them.

/// No name of a reference is longer.
const NAME_BYTES_MAX: usize = 33;

/// Writes text, or a value for double quotes, up to the character at which the sanitiser's writer
/// would stop once more than so many times; returns what is left.
pub fn write<'a>(out: &mut String, text: &'a str, is_value: bool, stops: &mut usize) -> &'a str {
    let mut rest = text;
    while let Some((plain, at)) = rest.find(is_special).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        let mut chars = at.chars();
        let sign = chars.next().unwrap_or_default();
        if sign == '&' || !sign.is_ascii() {
            if *stops == 0 {
                return at;
            }
            *stops = stops.saturating_sub(1);
        }
        rest = chars.as_str();
        match sign {
            '&' => rest = reference(out, rest, is_value),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if is_value => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '\r' if !rest.starts_with('\n') => out.push('\n'),
            '\r' | '\0' => {}
            other => out.push(other),
        }
    }
    out.push_str(rest);
    ""
}

fn is_special(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '"' | '\r' | '\0' | '\u{80}'..='\u{bf}')
}

/// Writes what follows `&` where it is a reference, else the sign alone; returns what comes after.
fn reference<'a>(out: &mut String, rest: &'a str, is_value: bool) -> &'a str {
    let end = rest.bytes().take(NAME_BYTES_MAX).position(|b| b == b';');
    let name = end.and_then(|end| rest.get(..end)).unwrap_or_default();
    let after = rest.strip_prefix(name).and_then(|rest| rest.strip_prefix(';')).unwrap_or(rest);
    match name {
        "quot" | "#34" if is_value => out.push_str("&quot;"),
        "quot" | "#34" => out.push('"'),
        "apos" | "#39" | "#x27" => out.push('\''),
        name if is_name(name) => {
            out.push('&');
            out.push_str(name);
            out.push(';');
        }
        _ => {
            out.push_str("&amp;");
            return rest;
        }
    }
    after
}

fn is_name(name: &str) -> bool {
    let letters = name.strip_prefix('#').unwrap_or(name);
    !letters.is_empty() && letters.bytes().all(|b| b.is_ascii_alphanumeric())
}
