//! The blog's own style sheet, a file of its own: its owner's colour, and what its owner wrote.

use domain::{
    blog::Blog,
    colour,
    look::{self, CSS, Look},
};

/// The pages' colours by theme, in daylight and in the dark, as the style sheets have them.
const PAPERS: [(&str, [u32; 3], [u32; 3]); 3] = [
    ("plain", [0xfb, 0xf9, 0xf5], [0x15, 0x13, 0x0f]),
    ("journal", [0xfd, 0xfb, 0xf6], [0x1a, 0x17, 0x15]),
    ("photos", [0xff, 0xff, 0xff], [0x0c, 0x0d, 0x0f]),
];

/// The address of the sheet; nothing where the blog has none.
pub(crate) fn address(blog: &Blog, look: &Look) -> String {
    let version = version(blog, look);
    let draft = blog.draft.iter().flatten().find(|(name, _)| name == "sheet");
    match draft {
        _ if version.is_empty() => version,
        Some((_, address)) => address.clone(),
        None => format!("/theme.css?v={version}"),
    }
}

/// The part of the sheet's address that changes with what it says.
pub fn sheet_version(blog: &Blog) -> String {
    version(blog, &Look::read(&blog.look))
}

fn version(blog: &Blog, look: &Look) -> String {
    let own = look::own(&blog.own);
    let note = own.iter().find(|(name, _)| name == CSS).map_or("", |(_, note)| note.as_str());
    if note.is_empty() && colour::parse(&look.accent).is_none() {
        return String::new();
    }
    format!("{}{}{note}", look.theme, look.accent.trim_start_matches('#'))
}

/// The style sheet. `css` is the owner's, which stands last and as it was written: nothing in a file of its
/// own can end it.
pub fn sheet(blog: &Blog, css: &str) -> String {
    let look = Look::read(&blog.look);
    let paper = PAPERS.iter().find(|(theme, _, _)| *theme == look.theme);
    let colour = colour::parse(&look.accent).zip(paper).map(|(accent, (_, light, dark))| {
        let (light, dark) = (colour::readable(accent, *light), colour::readable(accent, *dark));
        format!(":root {{ --accent: light-dark({light}, {dark}); }}\n")
    });
    colour.unwrap_or_default() + css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colours_of_the_pages_are_those_of_the_style_sheets() {
        for (theme, css) in [
            ("plain", include_str!("../../../static/blog.css")),
            ("journal", include_str!("../../../static/journal.css")),
            ("photos", include_str!("../../../static/photos.css")),
        ] {
            let (_, light, dark) =
                PAPERS.iter().find(|(known, _, _)| *known == theme).expect("one");
            let hex = |[r, g, b]: &[u32; 3]| format!("#{r:02x}{g:02x}{b:02x}");
            let expected = format!("--paper: light-dark({}, {});", hex(light), hex(dark));
            assert!(css.contains(&expected), "{theme}: {expected}");
            assert!(css.len() < 12_000, "{theme}");
        }
    }
}
