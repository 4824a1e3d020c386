//! What Markdown may become, and what no HTML may keep.

use super::*;
use proptest::prelude::*;

#[test]
fn markdown_becomes_html() {
    for (markdown, expected) in [
        ("Hello *you*", "<p>Hello <em>you</em></p>\n"),
        ("~~old~~", "<p><del>old</del></p>\n"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>\n"),
        ("[x](/y \"z\")", "<p><a href=\"/y\" title=\"z\" rel=\"noopener\">x</a></p>\n"),
        (
            "![cat](https://m.example/c.jpg)",
            "<p><img src=\"https://m.example/c.jpg\" alt=\"cat\"></p>\n",
        ),
        ("```rust\nx\n```", "<pre><code class=\"language-rust\">x\n</code></pre>\n"),
        ("<b class=\"p-name evil\">x</b>", "<p><b class=\"p-name\">x</b></p>\n"),
    ] {
        assert_eq!(to_html(markdown), expected, "{markdown}");
    }
}

#[test]
fn tables_and_footnotes_survive_the_cleaning() {
    let table = to_html("| a | b |\n|---|---|\n| 1 | 2 |");
    assert!(table.contains("<th>a</th>") && table.contains("<td>2</td>"), "{table}");
    let note = to_html("Text[^1].\n\n[^1]: Note.");
    let (_, after) = note.split_once("href=\"#").unwrap();
    let (id, _) = after.split_once('"').unwrap();
    assert!(id.starts_with("u-fn-") && note.contains(&format!("id=\"{id}\"")), "{note}");
}

#[test]
fn bare_addresses_become_links() {
    for (markdown, address, after) in [
        ("https://example.com", "https://example.com", "</p>"),
        ("See https://example.com/a_b_c.", "https://example.com/a_b_c", ".</p>"),
        ("(http://example.com/x_(y))", "http://example.com/x_(y)", ")</p>"),
        ("https://example.com/?a=1&b=2 now", "https://example.com/?a=1&amp;b=2", " now</p>"),
        ("<https://example.com>", "https://example.com", "</p>"),
    ] {
        let link = format!("<a href=\"{address}\" rel=\"noopener\">{address}</a>{after}");
        let html = to_html(markdown);
        assert!(html.contains(&link), "{html}");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
    }
}

#[test]
fn other_addresses_stay_text_or_stay_as_they_are() {
    for (markdown, links) in [
        ("`https://example.com`", 0),
        ("    https://example.com", 0),
        ("https://", 0),
        ("xhttps://example.com", 0),
        (&format!("https://example.com/{}", "a".repeat(2000)), 0),
        ("ftp://example.com", 0),
        ("[https://example.com](https://example.org)", 1),
        ("<a href=\"https://example.org\">https://example.com</a>", 1),
        ("https://a.example https://b.example", 2),
    ] {
        let html = to_html(markdown);
        assert_eq!(html.matches("<a ").count(), links, "{html}");
    }
}

const PAYLOADS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"javascript:alert(1)\">",
    "<img src='data:text/html,<script>alert(1)</script>'>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\" java\tscript:alert(1)\">x</a>",
    "<a href=\"&#106;avascript:alert(1)\">x</a>",
    "<a href=\"vbscript:x\">x</a>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object><embed src=x>",
    "<form action=//evil.example><input name=q><button>x</button></form>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<template><script>alert(1)</script></template>",
    "<style>@import '//evil.example'</style>",
    "<p style=\"background:url(//evil.example)\">x</p>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href=//evil.example>",
    "<a id=settings name=settings href=#x>x</a>",
    "<img id=getElementById src=x name=body>",
    "<div class=\"h-entry p-content post\">x</div>",
    "<video src=x onerror=alert(1)></video><audio src=x>",
    "<details open ontoggle=alert(1)>x</details>",
    "<!--><script>alert(1)</script>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<textarea><img title=\"</textarea><script>alert(1)</script>\"></textarea>",
    "<title><img title=\"</title><script>alert(1)</script>\"></title>",
    "<xmp><p title=\"</xmp><script>alert(1)</script>\"></xmp>",
    "<plaintext><script>alert(1)</script>",
    "<img src=`x` onerror=alert(1)//>",
    "<a href=x target=_blank onclick=alert(1)>x</a>",
    "<isindex type=image src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<select><option><script>alert(1)</script></select>",
    "`<script>`alert(1)`</script>`<script>alert(1)</script>",
    "> <script>\n> alert(1)\n> </script>",
    "\0<script\0>alert(1)</script>",
    "<table><tr><td><script>alert(1)</script><form><td>",
];

const ELEMENTS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "details",
    "div",
    "em",
    "h1",
    "h2",
    "hr",
    "i",
    "img",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
];
const ATTRIBUTES: &[&str] = &[
    "href", "src", "alt", "title", "rel", "class", "id", "start", "open", "width", "height",
    "loading", "colspan",
];

/// Every tag of serialised HTML is one that these tests know, with attributes that they know.
fn check_harmless(html: &str) -> Result<(), String> {
    for tag in html.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').ok_or("a tag without an end")?;
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if !ELEMENTS.contains(&name) {
            return Err(format!("element {name}"));
        }
        for (place, part) in tag.split('"').enumerate() {
            let attribute = part.trim().trim_start_matches(name).trim().trim_end_matches('=');
            if place % 2 == 0
                && !attribute.is_empty()
                && !ATTRIBUTES.contains(&attribute)
                && !part.starts_with('/')
            {
                return Err(format!("attribute {attribute}"));
            }
        }
        for scheme in ["javascript:", "vbscript:", "data:"] {
            if tag.to_ascii_lowercase().contains(&format!("=\"{scheme}")) {
                return Err(format!("scheme {scheme}"));
            }
        }
    }
    Ok(())
}

#[test]
fn the_check_itself_sees_harm() {
    for html in
        ["<script>", "<p onclick=\"x\">", "<a href=\"javascript:x\">", "<p style=\"x\">", "<p"]
    {
        assert!(check_harmless(html).is_err(), "{html}");
    }
}

#[test]
fn no_payload_survives() {
    for payload in PAYLOADS {
        for html in [to_html(payload), sanitize(payload)] {
            assert_eq!(check_harmless(&html), Ok(()), "{payload}\n{html}");
            for gone in ["id=\"settings\"", "id=\"get", "h-entry", "name="] {
                assert!(!html.contains(gone), "{payload}\n{html}");
            }
            assert_eq!(sanitize(&html), html, "{payload}");
        }
    }
}

#[test]
fn what_does_no_harm_is_kept() {
    for html in [
        "<p>x</p>",
        "<img src=\"/a.jpg\" alt=\"b\" width=\"1\" height=\"2\" loading=\"lazy\">",
        "<a href=\"mailto:m@example.com\" rel=\"noopener\">x</a>",
        "<a class=\"u-in-reply-to\" href=\"https://example.com/\" rel=\"noopener\">x</a>",
        "<p id=\"u-note\">x</p>",
        "<details open=\"\"><summary>a</summary>b</details>",
    ] {
        assert_eq!(sanitize(html), html);
    }
}

// Each of these would take minutes if time grew with the square of the length.
#[test]
fn tangled_text_becomes_words_and_costs_little() {
    for hard in [
        "<div>".repeat(50_000),
        ">".repeat(50_000),
        "<b a=1>".repeat(20_000),
        "<p><b><i><u>".repeat(20_000),
        "* ".repeat(20_000),
        "[".repeat(50_000),
        "http://".repeat(50_000),
        "http://%zz(".repeat(40_000),
        format!("https://a{}", ")".repeat(300_000)),
    ] {
        let html = to_html(&hard);
        assert_eq!(check_harmless(&html), Ok(()));
    }
}

#[test]
fn long_but_simple_html_is_kept() {
    let list = "<ul><li>x</ul><p>y".repeat(2000);
    assert_eq!(sanitize(&list).matches("<li>x</li>").count(), 2000);
}

#[test]
fn plain_text_and_summaries_are_words() {
    for (html, expected) in [
        ("<h1>One</h1><p>two &amp; <b>three</b></p>", "One two & three"),
        ("<p>a</p><script>b</script>", "a"),
        ("&eacute;&nbsp;&lt;b&gt;", "é <b>"),
        ("<img src=x alt=y>", ""),
    ] {
        assert_eq!(plain_text(html), expected, "{html}");
    }
    assert_eq!(summary("<p>one two three</p>", 8), "one two…");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn cleaning_twice_changes_nothing(
        parts in proptest::collection::vec(prop_oneof![
            proptest::sample::select(PAYLOADS).prop_map(str::to_string),
            proptest::sample::select(vec![
                "<p>", "</p>", "<b>", "</b>", "<i>", "<a href=x>", "</a>", "<table>", "<tr>", "<td>", "</table>", "<pre>\n\n",
                "</pre>", "<ul>", "<li>", "<h1>", "<svg>", "</svg>", "<math>", "<br>", "</br>", "</p", "<!--", "-->", "&", "&lt;", "\"", "'", "<",
            ]).prop_map(str::to_string),
            "\\PC{0,8}",
        ], 0..12)
    ) {
        let input = parts.concat();
        let once = sanitize(&input);
        prop_assert_eq!(check_harmless(&once), Ok(()), "{}", once);
        prop_assert_eq!(sanitize(&once), once.clone());
        let html = to_html(&input);
        prop_assert_eq!(check_harmless(&html), Ok(()), "{}", html);
    }
}
