//! What Markdown becomes, and what HTML may keep.

use super::*;

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

#[test]
fn what_does_no_harm_is_kept() {
    for html in [
        "<p>x</p>",
        "<img src=\"/a.jpg\" alt=\"b\" width=\"1\" height=\"2\" loading=\"lazy\">",
        "<a href=\"mailto:m@example.com\" rel=\"noopener\">x</a>",
        "<a class=\"u-in-reply-to\" href=\"https://example.com/\" rel=\"noopener\">x</a>",
        "<p id=\"u-note\">x</p>",
        "<details open=\"\"><summary>a</summary>b</details>",
        "<video src=\"https://m.example/a.mp4\" poster=\"/b.jpg\" controls=\"\" width=\"1\" height=\"2\" \
         loop=\"\" muted=\"\" playsinline=\"\" preload=\"none\"></video>",
        "<figure><audio src=\"a.mp3\" controls=\"\" preload=\"metadata\"></audio>\
         <figcaption>x</figcaption></figure>",
        "<video controls=\"\"><source src=\"a.mp4\" type=\"video/mp4\">x</video>",
        "<blockquote cite=\"https://example.com/\">x</blockquote>",
        "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>",
    ] {
        assert_eq!(sanitize(html), html);
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

#[test]
fn names_and_tags_are_words_with_a_class() {
    for (markdown, class, word) in [
        ("Hello @maria, hi", "mention", "@maria"),
        ("@maria@example.social.", "mention", "@maria@example.social"),
        ("(@maria.example)", "mention", "@maria.example"),
        ("**@some_name_**", "mention", "@some_name_"),
        ("a #rust thing", "tag", "#rust"),
        ("#Käse_2, yes", "tag", "#Käse_2"),
        ("# Heading #news", "tag", "#news"),
        ("“#東京”", "tag", "#東京"),
    ] {
        let html = to_html(markdown);
        assert!(html.contains(&format!("<span class=\"{class}\">{word}</span>")), "{html}");
        assert_eq!(html.matches("<span").count(), 1, "{html}");
        assert!(plain_text(&html).contains(word), "{html}");
        assert_eq!(sanitize(&html), html);
    }
}

#[test]
fn other_signs_are_no_names_and_no_tags() {
    for markdown in [
        "maria@example.com",
        "<maria@example.com>",
        "https://example.com/@maria#top",
        "[@maria #x](https://example.com)",
        "<a href=\"/\">@maria</a> <CODE>#x</CODE>",
        "`@maria #x`",
        "    @maria #x",
        "npm i @types/node",
        "example.com/#x and a#b and &#35;1",
        "#1, #2024, #fff000, #a0b, # x, ##, #",
        "@ maria @, @-, @@",
        "![@maria](x.jpg)",
        "Zürich@né @né",
    ] {
        let html = to_html(markdown);
        assert!(!html.contains("<span"), "{html}");
    }
}

#[test]
fn columns_of_tables_keep_their_side() {
    let html = to_html("| a | b |\n|:-:|--:|\n| 1 | 2 |");
    assert!(html.contains("<th class=\"align-center\">a</th>"), "{html}");
    assert!(html.contains("<td class=\"align-right\">2</td>"), "{html}");
}

#[test]
fn any_script_of_the_world_stays_as_it_was_written() {
    for text in
        ["שלום \u{202b}abc\u{202c} עולם", "👩‍👩‍👧‍👦🏳️‍🌈", "e\u{301}\u{327}", "\u{200f}‏x", "a\u{a0}b"]
    {
        assert_eq!(plain_text(&to_html(text)), text.replace('\u{a0}', " "));
    }
}
