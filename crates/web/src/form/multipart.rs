//! Multipart forms (RFC 7578), taken apart while they arrive: what they hold is in memory once, and what
//! nobody wants not at all.

use super::{FIELDS_MAX, File, Form, too_many_fields};
use bytes::{Buf, Bytes, BytesMut};
use percent_encoding::percent_decode_str;
use platform::{Body, Error, Result};

/// Of one part.
const HEAD_BYTES_MAX: usize = 8 << 10;
/// Of a field that is no file.
const TEXT_BYTES_MAX: usize = 2 << 20;
/// What is copied at once.
const PIECE_BYTES: usize = 64 << 10;
const BOUNDARY_BYTES_MAX: usize = 70;

/// The fields and files of a body of at most `max` bytes. `length` is what the sender says it is.
pub async fn read(content_type: &str, body: Body, max: usize, length: usize) -> Result<Form> {
    let boundary = boundary(content_type).ok_or_else(broken)?;
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // So that the first delimiter is like the others.
    let buffer = BytesMut::from(&b"\r\n"[..]);
    let mut parts = Parts { body, chunk: Bytes::new(), buffer, delimiter, arrived: 0, max, length };
    let form = parts.form().await;
    // Read to its end even if it is refused: who still sends when the line is cut never sees the answer.
    loop {
        parts.buffer.clear();
        match parts.fill().await {
            Ok(true) => {}
            Ok(false) => return form,
            Err(problem) => return form.and(Err(problem)),
        }
    }
}

/// What stands before the content of a part.
#[derive(Default)]
struct Head {
    field: String,
    file_name: Option<String>,
    content_type: String,
}

struct Parts {
    body: Body,
    /// What has arrived and is not in the buffer yet.
    chunk: Bytes,
    buffer: BytesMut,
    delimiter: Vec<u8>,
    /// Bytes of the body so far.
    arrived: usize,
    max: usize,
    length: usize,
}

impl Parts {
    async fn form(&mut self) -> Result<Form> {
        let mut form = Form::default();
        self.skip_preamble().await?;
        while let Some(head) = self.head().await? {
            if form.fields.len().saturating_add(form.files.len()) >= FIELDS_MAX {
                return Err(too_many_fields());
            }
            let max = if head.file_name.is_some() { self.max } else { TEXT_BYTES_MAX };
            let bytes = self.content(max).await?;
            form.push(head, bytes);
        }
        Ok(form)
    }

    /// What stands before the first delimiter is for nobody.
    async fn skip_preamble(&mut self) -> Result<()> {
        loop {
            if let Some(at) = find(&self.buffer, &self.delimiter) {
                self.buffer.advance(at.saturating_add(self.delimiter.len()));
                return Ok(());
            }
            self.buffer.advance(self.before_the_end());
            self.want_more().await?;
        }
    }

    /// The head of the part behind a delimiter; none behind the last one.
    async fn head(&mut self) -> Result<Option<Head>> {
        loop {
            if self.buffer.starts_with(b"--") {
                return Ok(None);
            }
            match find(&self.buffer, b"\r\n\r\n") {
                Some(end) if end <= HEAD_BYTES_MAX => {
                    let head = String::from_utf8_lossy(self.buffer.get(..end).unwrap_or_default());
                    let head = Head::parse(&head).ok_or_else(broken)?;
                    self.buffer.advance(end.saturating_add(4));
                    return Ok(Some(head));
                }
                None if self.buffer.len() <= HEAD_BYTES_MAX => self.want_more().await?,
                _ => return Err(broken()),
            }
        }
    }

    /// The bytes up to the next delimiter, which is passed.
    async fn content(&mut self, max: usize) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let end = find(&self.buffer, &self.delimiter);
            let known = end.unwrap_or_else(|| self.before_the_end());
            let whole = content.len().saturating_add(known);
            if whole > max {
                return Err(Error::TooLarge);
            }
            if whole > content.capacity() && whole > PIECE_BYTES {
                content.reserve(self.room().min(max));
            }
            content.extend_from_slice(self.buffer.get(..known).unwrap_or_default());
            self.buffer.advance(known);
            if end.is_some() {
                self.buffer.advance(self.delimiter.len());
                content.shrink_to_fit();
                return Ok(content);
            }
            self.want_more().await?;
        }
    }

    /// How much of the buffer cannot be the beginning of a delimiter.
    fn before_the_end(&self) -> usize {
        self.buffer.len().saturating_sub(self.delimiter.len())
    }

    /// All that the body may still hold, and a little more. A large file gets it at once, because memory
    /// that grows by and by is held twice each time that it moves; the little more is less for each file,
    /// so that the next one fits into what this one gives back.
    fn room(&self) -> usize {
        let to_come = self.length.min(self.max).saturating_sub(self.arrived);
        let ahead = to_come.saturating_add(self.chunk.len()).saturating_add(self.buffer.len());
        ahead.saturating_add(ahead.div_ceil(32))
    }

    async fn want_more(&mut self) -> Result<()> {
        if self.fill().await? { Ok(()) } else { Err(broken()) }
    }

    /// Puts a piece of the body into the buffer; false at its end.
    async fn fill(&mut self) -> Result<bool> {
        while self.chunk.is_empty() {
            let Some(chunk) = self.body.next().await else { return Ok(false) };
            self.chunk = chunk?;
            self.arrived = self.arrived.saturating_add(self.chunk.len());
            if self.arrived > self.max {
                return Err(Error::TooLarge);
            }
        }
        let piece = self.chunk.split_to(self.chunk.len().min(PIECE_BYTES));
        self.buffer.extend_from_slice(&piece);
        Ok(true)
    }
}

impl Head {
    /// From the lines between a delimiter and an empty line; the first is the rest of the delimiter's.
    fn parse(lines: &str) -> Option<Self> {
        let mut lines = lines.split("\r\n");
        if !lines.next()?.trim_matches([' ', '\t']).is_empty() {
            return None;
        }
        let mut head = Self::default();
        for line in lines {
            let (name, value) = line.split_once(':')?;
            if name.eq_ignore_ascii_case("content-type") {
                value.trim().clone_into(&mut head.content_type);
            } else if name.eq_ignore_ascii_case("content-disposition") {
                head.field = param(value, "name").unwrap_or_default();
                // RFC 7578 wants no `filename*`, but there are programs that send it.
                let encoded = param(value, "filename*").and_then(|name| {
                    let (_, name) = name.split_once("''")?;
                    Some(percent_decode_str(name).decode_utf8_lossy().into_owned())
                });
                head.file_name = encoded.or_else(|| param(value, "filename"));
            }
        }
        Some(head)
    }
}

impl Form {
    fn push(&mut self, head: Head, bytes: Vec<u8>) {
        let Head { field, file_name, content_type } = head;
        match file_name {
            Some(file_name) => {
                self.files.push(File { field, file_name, content_type, bytes: bytes.into() });
            }
            None => {
                let text = String::from_utf8(bytes).unwrap_or_else(|not_utf8| {
                    String::from_utf8_lossy(not_utf8.as_bytes()).into_owned()
                });
                self.fields.push((field, text));
            }
        }
    }
}

fn boundary(content_type: &str) -> Option<String> {
    let boundary = param(content_type, "boundary")?;
    (1..=BOUNDARY_BYTES_MAX).contains(&boundary.len()).then_some(boundary)
}

/// A parameter of a header's value (RFC 9110, section 5.6.6), in quotes or not.
fn param(header: &str, wanted: &str) -> Option<String> {
    let (_, mut rest) = header.split_once(';')?;
    loop {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted_text(quoted),
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after.trim_start().trim_start_matches(';');
    }
}

/// The text up to the closing quote, and what follows it.
fn quoted_text(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        match next {
            '"' => break,
            // Only these two: a path of Windows has other backslashes.
            '\\' if rest.as_str().starts_with(['"', '\\']) => value.extend(rest.next()),
            next => value.push(next),
        }
    }
    (value, rest.as_str())
}

/// Where the first `needle`, which begins with CR, stands.
fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\r', haystack)
        .find(|at| haystack.get(*at..).is_some_and(|rest| rest.starts_with(needle)))
}

fn broken() -> Error {
    Error::invalid("That form did not arrive whole. Send it again.")
}

#[cfg(test)]
mod tests;
