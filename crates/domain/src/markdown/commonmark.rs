//! The examples of the CommonMark specification 0.31.2, which an npm package of `package.json` brings.

use super::{events, written};
use std::{env, fs, path::Path};

const SPEC: &str = "../../node_modules/commonmark-spec/spec.txt";

/// Number, Markdown and HTML of every example.
fn examples(spec: &str) -> Vec<(usize, String, String)> {
    let fence = "`".repeat(32);
    let begin = format!("{fence} example\n");
    let parts = spec.split(&begin).skip(1);
    let example = |(place, part): (usize, &str)| {
        let (example, _) = part.split_once(&format!("\n{fence}")).expect("an end");
        let (markdown, html) = format!("\n{example}\n")
            .split_once("\n.\n")
            .map(|(markdown, html)| (format!("{markdown}\n"), html.to_owned()))
            .expect("two parts");
        let markdown = markdown.strip_prefix('\n').unwrap_or_default();
        (place + 1, markdown.replace('→', "\t"), html.replace('→', "\t"))
    };
    parts.enumerate().map(example).collect()
}

/// HTML without what means nothing: a quote in text needs no reference, an item no line of its own.
fn plain(html: &str) -> String {
    html.replace("&quot;", "\"").replace("<li>\n", "<li>")
}

// No extension changes what an example becomes, so there is no list of exceptions. Links and the
// sanitiser come after this.
#[test]
fn every_example_becomes_what_the_specification_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(SPEC);
    let spec = match fs::read_to_string(&path) {
        // `cargo test` alone needs no npm; whoever gets the packages wants them used.
        Err(_) if env::var_os("PIPIT_PACKAGES").is_none() => {
            println!("not run: `cargo xtask setup` gets {SPEC}");
            return;
        }
        read => read.unwrap_or_else(|error| panic!("{}: {error}", path.display())),
    };
    let examples = examples(&spec);
    assert_eq!(examples.len(), 652);
    for (number, markdown, html) in examples {
        let ours = written(events(&markdown));
        assert_eq!(plain(&ours), plain(&html), "example {number}: {markdown:?}");
    }
}
