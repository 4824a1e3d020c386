//! What is asked for: a request before anyone has sent it.

use bytes::Bytes;

/// A request of a browser or a program.
#[derive(Debug, Clone)]
pub struct Ask {
    pub(crate) method: http::Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// A file in a form.
#[derive(Debug, Clone)]
pub struct Upload {
    /// The field.
    pub field: &'static str,
    /// The name that the file has on the person's disk.
    pub file_name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

const BOUNDARY: &str = "----pipit-tests-7c1f0c5e";

impl Ask {
    fn new(method: http::Method, path: &str) -> Self {
        Self { method, path: path.to_owned(), headers: Vec::new(), body: Bytes::new() }
    }

    /// GET.
    pub fn get(path: &str) -> Self {
        Self::new(http::Method::GET, path)
    }

    /// HEAD.
    pub fn head(path: &str) -> Self {
        Self::new(http::Method::HEAD, path)
    }

    /// POST of a form.
    pub fn form(path: &str, fields: &[(&str, &str)]) -> Self {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        Self::body(path, "application/x-www-form-urlencoded", body.finish())
    }

    /// POST of a form with files.
    pub fn upload(path: &str, fields: &[(&str, &str)], files: &[Upload]) -> Self {
        let mut body = Vec::new();
        for (name, value) in fields {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"");
            body.extend_from_slice(format!("{head}\r\n\r\n{value}\r\n").as_bytes());
        }
        for Upload { field, file_name, bytes } in files {
            let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"");
            let head =
                format!("{head}; filename=\"{file_name}\"\r\nContent-Type: image/jpeg\r\n\r\n");
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        Self::body(path, &format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }

    /// POST of anything.
    pub fn body(path: &str, content_type: &str, body: impl Into<Bytes>) -> Self {
        let ask = Self::new(http::Method::POST, path).with("content-type", content_type);
        Self { body: body.into(), ..ask }
    }

    /// Another method.
    pub fn method(self, method: http::Method) -> Self {
        Self { method, ..self }
    }

    /// With this header, instead of the one that a browser would send by itself.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        self.headers.push((name.to_ascii_lowercase(), value.to_owned()));
        self
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(other, _)| other == name)
    }

    pub(crate) fn with_default(self, name: &str, value: &str) -> Self {
        if self.has(name) { self } else { self.with(name, value) }
    }
}
