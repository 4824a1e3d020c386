//! Tables as comma-separated values (RFC 4180) that no spreadsheet takes for formulas.

/// One line with its end. A cell that a spreadsheet would calculate gets an apostrophe in front, which
/// spreadsheets read as «this is text».
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    format!("{}\r\n", cells.join(","))
}

fn cell(text: &str) -> String {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        for (cells, expected) in [
            (&["2026-11", "eur", "12.50"][..], "2026-11,eur,12.50\r\n"),
            (
                &["a,b", "say \"x\"", "two\r\nlines"],
                "\"a,b\",\"say \"\"x\"\"\",\"two\r\nlines\"\r\n",
            ),
            (&["=1+1", "+1", "-1", "@x", "\t=1"], "'=1+1,'+1,'-1,'@x,'\t=1\r\n"),
            (
                &["=HYPERLINK(\"http://x\",\"y\")"],
                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"\r\n",
            ),
            (&["", "a=b"], ",a=b\r\n"),
        ] {
            assert_eq!(line(cells.iter().copied()), expected);
        }
    }
}
