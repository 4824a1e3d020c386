//! What no HTML may keep, and what no text may cost.

use super::corpus::{PARTS, PAYLOADS, PLACES, scripts};
use super::{harm::check, sanitize, to_html};
use crate::markup::tame;
use proptest::prelude::*;

fn check_both(input: &str) -> Result<(), String> {
    for (how, html) in [("markdown", to_html(input)), ("html", sanitize(input))] {
        check(&html).map_err(|harm| format!("{harm}\n{how}: {input:?}\n{html}"))?;
        if sanitize(&html) != html {
            return Err(format!("not as before\n{how}: {input:?}\n{html}\n{}", sanitize(&html)));
        }
    }
    let tamed = tame(input);
    if tame(&tamed) != tamed {
        return Err(format!("not tame\n{input:?}\n{tamed}\n{}", tame(&tamed)));
    }
    Ok(())
}

#[test]
fn no_payload_survives() {
    for payload in PAYLOADS {
        assert_eq!(check_both(payload), Ok(()));
        for around in
            ["*a* @ b", "<p>@</p>", "<table><tr><td>@", "<a href=\"@\">", "- @", "<pre>@</pre>"]
        {
            assert_eq!(check_both(&around.replace('@', payload)), Ok(()));
        }
    }
}

#[test]
fn what_begins_preformatted_text_is_left_out_once() {
    for start in ["\n\n", "\r\n\n", "\n\0\n", "\0\n", "\0\r\n", "&#10;\n", "&#10;\0\n"] {
        assert_eq!(check_both(&format!("<pre>{start}a</pre>")), Ok(()), "{start:?}");
        assert_eq!(check_both(&format!("<pre>{start}")), Ok(()), "{start:?}");
    }
}

#[test]
fn no_address_runs_a_script() {
    for script in scripts() {
        for place in PLACES {
            assert_eq!(check_both(&place.replace('@', &script)), Ok(()));
        }
    }
}

const BYTES: usize = 20_000;

/// Two long texts made of this: the same over and over, and with a number for each `@`. What
/// stands in front of `…` begins the text.
fn long(part: &str) -> [String; 2] {
    let (start, part) = part.split_once('…').unwrap_or(("", part));
    let times = BYTES / part.len();
    let numbered: String = (0..times).map(|n| part.replace('@', &n.to_string())).collect();
    [format!("{start}{}", part.repeat(times)), format!("{start}{numbered}")]
}

// Each of these once took minutes, or memory without end, here or in another renderer.
#[test]
fn no_text_becomes_boundless() {
    for part in [
        "<div>",
        "<b a=1>",
        "<p><b><i><u>",
        "<a ",
        "<a>",
        "<b title=@>",
        "<b title='</b>@'>",
        "<p><b title='</b>@'></p>",
        "<table>…<br>x",
        "<table>…<i></i>",
        "<table><td>",
        "<b …a@ ",
        "<body a@>",
        "<svg>…<g/x='</g>'>",
        "<ul title='</ul>'><li>",
        "<a><b></a>",
        "<select>",
        "<form>",
        "<script>",
        "<!--",
        "<!-- @ -->",
        "<![CDATA[",
        "<?",
        "<ruby><rt>",
        "<dd>",
        "</p>",
        "</br>",
        "<x @='",
        "&",
        "&amp;",
        "&zz;",
        "«",
        "<p title='…&",
        "[",
        "![[]()",
        "[a](",
        "[a](<b",
        "[a][",
        "[^@]",
        "[^1]: x\n\n…[^1]",
        "[^@]\n\n[^@]: x\n\n",
        "[a@]: /x\n",
        "*",
        "*a ",
        "_a**b ",
        "~~a ",
        "`",
        "> ",
        "* ",
        "- a\n  ",
        "|",
        "|a|b|\n|-|-|\n…|",
        "\\",
        "\0",
        "@a ",
        "#a ",
        "http://",
        "http://a.b ",
        "http://%zz(",
        "https://a…)",
        "<http://a",
        "a@b",
        "<a@b.c>",
        "\n",
        "\t",
    ] {
        for text in long(part) {
            for html in [to_html(&text), sanitize(&text)] {
                let size = html.len();
                assert!(size < 25 * BYTES, "{part} becomes {size} bytes");
                assert_eq!(check(&html), Ok(()), "{part}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cleaning_twice_changes_nothing(
        parts in proptest::collection::vec(prop_oneof![
            1 => proptest::sample::select(PAYLOADS).prop_map(str::to_owned),
            4 => proptest::sample::select(PARTS).prop_map(str::to_owned),
            1 => "\\PC{0,8}",
        ], 0..16)
    ) {
        let outcome = check_both(&parts.concat());
        prop_assert_eq!(outcome, Ok(()));
    }
}
