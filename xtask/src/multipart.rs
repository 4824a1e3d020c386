//! Forms with files, as browsers send them (RFC 7578).

use crate::{Result, project::hex, settings};

/// The body of a form with files, as it grows.
pub struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// An empty form.
    pub fn new() -> Result<Self> {
        let boundary = format!("pipit-{}", hex(&settings::random()?[..12]));
        Ok(Self { boundary, body: Vec::new() })
    }

    /// Adds a field.
    pub fn field(&mut self, name: &str, value: &str) {
        self.part(&format!("name=\"{name}\""), "", value.as_bytes());
    }

    /// Adds a file.
    pub fn file(&mut self, name: &str, file_name: &str, kind: &str, bytes: &[u8]) {
        let names = format!("name=\"{name}\"; filename=\"{file_name}\"");
        self.part(&names, &format!("Content-Type: {kind}\r\n"), bytes);
    }

    /// The content type and the bytes.
    pub fn finish(mut self) -> (String, Vec<u8>) {
        self.body.extend_from_slice(format!("--{}--\r\n", self.boundary).as_bytes());
        (format!("multipart/form-data; boundary={}", self.boundary), self.body)
    }

    fn part(&mut self, names: &str, kind: &str, bytes: &[u8]) {
        let head =
            format!("--{}\r\nContent-Disposition: form-data; {names}\r\n{kind}\r\n", self.boundary);
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
    }
}
