//! A template's text in pieces: what is written as it stands, and the words and signs of what is asked.

use crate::problem::Fault;

/// A piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'s> {
    /// Written as it stands.
    Raw(&'s str),
    /// `{{`
    PrintStart,
    /// `{%`
    TagStart,
    /// `}}` or `%}`
    End,
    /// A name or a word of the language.
    Word(&'s str),
    /// A text in quotes.
    Text(&'s str),
    /// A whole number.
    Number(i64),
    /// Anything else.
    Sign(&'s str),
}

/// The pieces, each with its line.
pub(crate) fn tokens(source: &str) -> Result<Vec<(Token<'_>, usize)>, Fault> {
    // As Jinja does: the line end that editors put at the end of a file is not a part of the page.
    let text = source.strip_suffix('\n').unwrap_or(source);
    let text = text.strip_suffix('\r').unwrap_or(text);
    let mut lexer = Lexer { rest: text, line: 1, found: Vec::new() };
    while !lexer.rest.is_empty() {
        lexer.piece()?;
    }
    Ok(lexer.found)
}

struct Lexer<'s> {
    rest: &'s str,
    line: usize,
    found: Vec<(Token<'s>, usize)>,
}

impl<'s> Lexer<'s> {
    /// What stands as it is, and the tag, print or remark after it.
    fn piece(&mut self) -> Result<(), Fault> {
        let Some((before, mark)) = next_mark(self.rest) else {
            let all = self.take(self.rest.len());
            self.raw(all);
            return Ok(());
        };
        let raw = self.take(before);
        self.take(2);
        let trims = self.rest.starts_with('-');
        self.raw(if trims { raw.trim_end() } else { raw });
        if self.rest.starts_with(['-', '+']) {
            self.take(1);
        }
        match mark {
            "{#" => self.remark(),
            "{{" => self.inside(Token::PrintStart, "}}"),
            _ => self.inside(Token::TagStart, "%}"),
        }
    }

    fn raw(&mut self, text: &'s str) {
        if !text.is_empty() {
            self.found.push((Token::Raw(text), self.line));
        }
    }

    /// Goes on by so many bytes and counts the lines.
    fn take(&mut self, bytes: usize) -> &'s str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.line = self.line.saturating_add(taken.matches('\n').count());
        taken
    }

    fn remark(&mut self) -> Result<(), Fault> {
        let end = self.rest.find("#}").ok_or_else(|| self.fault("{# has no #}."))?;
        let trims = self.take(end).ends_with('-');
        self.take(2);
        self.after(trims);
        Ok(())
    }

    /// What comes after `-%}` begins with its first word.
    fn after(&mut self, trims: bool) {
        if trims {
            self.take(self.rest.len().saturating_sub(self.rest.trim_start().len()));
        }
    }

    fn inside(&mut self, start: Token<'s>, end: &str) -> Result<(), Fault> {
        let first = self.found.len();
        self.found.push((start, self.line));
        loop {
            self.take(self.rest.len().saturating_sub(self.rest.trim_start().len()));
            let marked =
                self.rest.strip_prefix(['-', '+']).is_some_and(|rest| rest.starts_with(end));
            if marked || self.rest.starts_with(end) {
                self.found.push((Token::End, self.line));
                let trims = self.rest.starts_with('-');
                self.take(if marked { 3 } else { 2 });
                self.after(trims);
                return self.end_of_tag(first);
            }
            let token = self.token()?;
            self.found.push(token);
        }
    }

    /// After `{% raw %}` everything stands as it is, up to `{% endraw %}`.
    fn end_of_tag(&mut self, first: usize) -> Result<(), Fault> {
        let tag = self.found.get(first..).unwrap_or_default();
        if !matches!(tag, [(Token::TagStart, _), (Token::Word("raw"), _), (Token::End, _)]) {
            return Ok(());
        }
        self.found.truncate(first);
        let found = self.rest.match_indices("{%").find_map(|(at, _)| {
            let tag = self.rest.get(at..)?.strip_prefix("{%")?;
            let inner = tag.trim_start_matches(['-', '+']).trim_start();
            let inner = inner.strip_prefix("endraw")?;
            // Not a search for the end: there may be as many beginnings without one as letters.
            let end = inner.trim_start();
            let rest = end.strip_prefix(['-', '+']).unwrap_or(end).strip_prefix("%}")?;
            let bytes = self.rest.len().checked_sub(rest.len())?;
            Some((at, bytes, tag.starts_with('-'), end.starts_with('-')))
        });
        let missing = || self.fault("{% raw %} has no {% endraw %}.");
        let (at, end, trims_before, trims_after) = found.ok_or_else(missing)?;
        let raw = self.take(at);
        self.raw(if trims_before { raw.trim_end() } else { raw });
        self.take(end.saturating_sub(at));
        self.after(trims_after);
        Ok(())
    }

    fn token(&mut self) -> Result<(Token<'s>, usize), Fault> {
        let line = self.line;
        let c = self.rest.chars().next().ok_or_else(|| self.fault("A tag does not end."))?;
        let len =
            |is: fn(char) -> bool, rest: &str| rest.find(|c: char| !is(c)).unwrap_or(rest.len());
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let token = match c {
            '"' | '\'' => {
                self.take(1);
                let end = self.rest.find(c).ok_or_else(|| self.fault("A text has no end."))?;
                let text = self.take(end);
                self.take(1);
                Token::Text(text)
            }
            '0'..='9' => {
                let digits = self.take(len(|c| c.is_ascii_digit(), self.rest));
                Token::Number(digits.parse().map_err(|_| self.fault("That number is too large."))?)
            }
            _ if is_word(c) => Token::Word(self.take(len(is_word, self.rest))),
            _ if ["==", "!=", "<=", ">="].iter().any(|sign| self.rest.starts_with(sign)) => {
                Token::Sign(self.take(2))
            }
            _ => Token::Sign(self.take(c.len_utf8())),
        };
        Ok((token, line))
    }

    fn fault(&self, words: &str) -> Fault {
        Fault::at(self.line, words)
    }
}

/// Where the next of `{{`, `{%` and `{#` stands, and which it is.
fn next_mark(text: &str) -> Option<(usize, &str)> {
    text.match_indices('{').find_map(|(at, _)| {
        let mark = text.get(at..at.saturating_add(2))?;
        ["{{", "{%", "{#"].contains(&mark).then_some((at, mark))
    })
}
