//! What is wrong with a template, in words for whoever wrote it.

const QUOTED_CHARS: usize = 80;

/// Why a template could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The template's name.
    pub template: String,
    /// Counted from 1; 0 where it is not known.
    pub line: usize,
    /// A sentence or two.
    pub words: String,
}

/// What was found while a template was read or filled, before it is known whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    template: Option<String>,
    line: usize,
    words: String,
}

impl Fault {
    /// On this line, or 0.
    pub(crate) fn at(line: usize, words: &str) -> Self {
        Self { template: None, line, words: words.to_owned() }
    }

    /// On this line, where nobody has said one.
    pub(crate) fn on(self, line: usize) -> Self {
        if self.line == 0 { Self { line, ..self } } else { self }
    }

    /// In this template, where nobody has said one.
    pub(crate) fn of(self, template: &str) -> Self {
        let template = self.template.or_else(|| Some(template.to_owned()));
        Self { template, ..self }
    }

    /// In an included template, where its line is known.
    pub(crate) fn within(self, template: &str) -> Self {
        if self.line == 0 { self } else { self.of(template) }
    }

    /// For the owner of these texts.
    pub(crate) fn problem(self, texts: &[(String, String)]) -> Problem {
        let Self { template, line, mut words } = self;
        let template = template.unwrap_or_default();
        let text = texts.iter().find(|(name, _)| *name == template).map(|(_, text)| text.as_str());
        let quoted = text.and_then(|text| text.lines().nth(line.checked_sub(1)?));
        let quoted: String = quoted.unwrap_or_default().trim().chars().take(QUOTED_CHARS).collect();
        if !quoted.is_empty() {
            words.push_str(" It stands in: ");
            words.push_str(&quoted);
        }
        Problem { template, line, words }
    }
}

impl Problem {
    /// All of it in one line.
    pub fn sentence(&self) -> String {
        let Self { template, line, words } = self;
        if *line == 0 {
            format!("{template}: {words}")
        } else {
            format!("{template}, line {line}: {words}")
        }
    }
}
