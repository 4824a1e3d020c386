//! Host names as people type them, and what browsers make of them.

use url::Url;

fn host(name: &str) -> Option<String> {
    Url::parse(&format!("http://{name}/")).ok()?.host_str().map(str::to_owned)
}

#[test]
fn names_become_what_browsers_make_of_them() {
    for (typed, ascii) in [
        ("müller.example", "xn--mller-kva.example"),
        ("MÜLLER.Example", "xn--mller-kva.example"),
        ("xn--mller-kva.example", "xn--mller-kva.example"),
        ("XN--MLLER-kva.example", "xn--mller-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ñandú.example", "xn--and-6ma2c.example"),
        ("日本語.jp", "xn--wgv71a119e.jp"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "example.com"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai"),
        ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
        ("नमस्ते.भारत", "xn--h2bhs4b8d8a.xn--h2brj9c"),
        ("نامه\u{200c}ای.com", "xn--mgba3gch31f060k.com"),
        ("한국.kr", "xn--3e0b707e.kr"),
        ("ไทย.ไทย", "xn--o3cw4h.xn--o3cw4h"),
        ("☃.net", "xn--n3h.net"),
        ("❤️.example", "xn--qei.example"),
        ("co\u{ad}op.example", "coop.example"),
    ] {
        assert_eq!(host(typed).as_deref(), Some(ascii), "{typed}");
    }
}

#[test]
fn numbers_in_disguise_are_numbers_or_nothing() {
    assert_eq!(host("１２７.０.０.１").as_deref(), Some("127.0.0.1"));
    assert_eq!(host("127。0。0。1").as_deref(), Some("127.0.0.1"));
    assert_eq!(host("①②⑦.⓪.⓪.①"), None);
    assert_eq!(host("¹²⁷.0.0.1"), None);
}

#[test]
fn forms_that_stand_for_others_are_refused() {
    for typed in [
        "℡.example",
        "ﬁ.example",
        "a\u{202e}b.example",
        "mu\u{308}ller.example",
        "𝐚.example",
        "ſ.example",
        "\u{fffd}.example",
    ] {
        assert_eq!(host(typed), None, "{typed}");
    }
    // A name in ASCII that decodes to what no mapping makes: `Ü`, and a letter that stands for two.
    for ascii in ["xn--mller-3ya.example", "xn--tda-.example"] {
        assert_eq!(host(ascii), None, "{ascii}");
    }
}

#[test]
fn a_name_that_is_mapped_stays_as_it_is() {
    for code in (0x80..0x3_0000).filter_map(char::from_u32) {
        if let Some(ascii) = host(&format!("a{code}b.example")) {
            assert!(ascii.is_ascii(), "{code:?}: {ascii}");
            assert_eq!(host(&ascii).as_ref(), Some(&ascii), "{code:?}");
        }
    }
}
