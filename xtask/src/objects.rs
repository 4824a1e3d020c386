//! The development object store: the part of S3 that Pipit uses, over a folder.

use crate::{
    Result,
    args::Args,
    clock, http, project,
    signature::{Key, Signed, parameters},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::UNIX_EPOCH,
};
use tiny_http::{Header, Request, Response, Server};

/// The port where it is expected.
pub const PORT: u16 = 8026;
/// The name of the key that signs in development.
pub const ACCESS_KEY: &str = "development";
/// The key that signs in development.
pub const SECRET_KEY: &str = "development-secret";

/// What `objects --help` prints.
pub const HELP: &str = "
cargo xtask objects [--port N] [--data DIR]

Runs the development object store, which `dev --runtime spin` starts by itself: GET (with Range),
HEAD, PUT and DELETE of /bucket/key, and ListObjectsV2, over a folder. Requests must be signed
(AWS Signature Version 4) with the access key `development` and the secret `development-secret`.

  --port N     where it listens (default 8026)
  --data DIR   where objects are kept (default .pipit/objects)";

struct Shelf {
    folder: PathBuf,
    key: Key,
}

struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// Runs `objects`.
pub fn command(mut args: Args) -> Result<()> {
    let port = args.port("--port", PORT)?;
    let data = args.value("--data")?;
    args.finish()?;
    let folder = match data {
        Some(data) => PathBuf::from(data),
        None => project::Project::find()?.path(".pipit/objects"),
    };
    let server = Server::http(("127.0.0.1", port))
        .map_err(|e| format!("The object store cannot listen on port {port}: {e}."))?;
    println!("objects http://localhost:{port}");
    let key = Key { id: ACCESS_KEY.to_owned(), secret: SECRET_KEY.to_owned() };
    let shared = Arc::new((server, Shelf { folder, key }));
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let shared = shared.clone();
            thread::spawn(move || {
                while let Ok(request) = shared.0.recv() {
                    answer(request, &shared.1);
                }
            })
        })
        .collect();
    for worker in workers {
        let _ = worker.join();
    }
    Ok(())
}

fn answer(mut request: Request, shelf: &Shelf) {
    let mut body = Vec::new();
    let reply = match request.as_reader().read_to_end(&mut body) {
        Ok(_) => serve(&request, &body, shelf),
        Err(_) => error(400, "IncompleteBody", "The body ended early."),
    };
    let response = Response::from_data(reply.body).with_status_code(reply.status);
    // Known lengths, as S3 has them, whatever the size.
    let mut response = response.with_chunked_threshold(usize::MAX);
    for (name, value) in reply.headers {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    let _ = request.respond(response);
}

fn serve(request: &Request, body: &[u8], shelf: &Shelf) -> Reply {
    let (path, query) = request.url().split_once('?').unwrap_or((request.url(), ""));
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|h| (h.field.as_str().as_str().to_ascii_lowercase(), h.value.as_str().to_owned()))
        .collect();
    let method = request.method().as_str();
    let signed = Signed { method, path, query, headers: &headers, body };
    if let Err(problem) = signed.check(&shelf.key) {
        eprintln!("{method} {path}: {problem}");
        return error(403, "SignatureDoesNotMatch", &problem);
    }
    let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path, ""));
    let (bucket, key) = (http::unescape(bucket.trim_matches('/')), http::unescape(key));
    let header = |name: &str| headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let file = shelf.file(&bucket, &key);
    match method {
        "GET" if key.is_empty() => shelf.list(&bucket, query),
        "GET" | "HEAD" => shelf.get(&file, header("range")),
        "PUT" => shelf.put(&file, body, header("content-type")),
        "DELETE" => shelf.delete(&file),
        _ => error(405, "MethodNotAllowed", "Only GET, HEAD, PUT and DELETE."),
    }
}

impl Shelf {
    /// One file per object, its key percent-encoded: no key can name a place outside.
    fn file(&self, bucket: &str, key: &str) -> PathBuf {
        self.folder.join(name(bucket)).join(name(key))
    }

    fn get(&self, file: &Path, range: Option<&str>) -> Reply {
        let Ok(bytes) = fs::read(file) else {
            return error(404, "NoSuchKey", "The specified key does not exist.");
        };
        let kind = project::read(&kind_of(file)).unwrap_or("application/octet-stream".to_owned());
        let mut headers = vec![
            ("Content-Type", kind),
            ("ETag", etag(&bytes)),
            ("Accept-Ranges", "bytes".to_owned()),
        ];
        let total = bytes.len();
        let Some(range) = range else { return Reply { status: 200, headers, body: bytes } };
        let Some((from, to)) = span(range, total) else {
            return error(416, "InvalidRange", "The requested range is not satisfiable");
        };
        headers.push(("Content-Range", format!("bytes {from}-{}/{total}", to - 1)));
        Reply { status: 206, headers, body: bytes[from..to].to_vec() }
    }

    fn put(&self, file: &Path, bytes: &[u8], kind: Option<&str>) -> Reply {
        // Written beside and moved into place, so that no reader sees half an object.
        let part = file.with_extension(format!("{}.part", clock::now()));
        let kind = kind.unwrap_or("application/octet-stream");
        let written = file
            .parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&part, bytes))
            .and_then(|()| fs::write(kind_of(file), kind))
            .and_then(|()| fs::rename(&part, file));
        match written {
            Ok(()) => Reply { status: 200, headers: vec![("ETag", etag(bytes))], body: Vec::new() },
            Err(problem) => error(500, "InternalError", &problem.to_string()),
        }
    }

    fn delete(&self, file: &Path) -> Reply {
        let _ = fs::remove_file(file);
        let _ = fs::remove_file(kind_of(file));
        Reply { status: 204, headers: Vec::new(), body: Vec::new() }
    }

    fn list(&self, bucket: &str, query: &str) -> Reply {
        let value = |name: &str| parameters(query).find(|(n, _)| n == name).map(|(_, v)| v);
        let prefix = value("prefix").unwrap_or_default();
        let after = value("continuation-token").or(value("start-after")).unwrap_or_default();
        let most = value("max-keys").and_then(|n| n.parse().ok()).unwrap_or(1000).min(1000);
        let mut keys = self.keys(bucket);
        keys.retain(|key| key.starts_with(&prefix) && key.as_str() > after.as_str());
        keys.sort();
        let more = keys.len() > most;
        keys.truncate(most);
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\
             \"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><Prefix>{}</Prefix>\
             <KeyCount>{}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{more}</IsTruncated>",
            escape(bucket),
            escape(&prefix),
            keys.len(),
        );
        for key in &keys {
            xml.push_str(&self.entry(bucket, key));
        }
        if let Some(last) = keys.last().filter(|_| more) {
            xml.push_str(&format!(
                "<NextContinuationToken>{}</NextContinuationToken>",
                escape(last)
            ));
        }
        xml.push_str("</ListBucketResult>");
        let kind = vec![("Content-Type", "application/xml".to_owned())];
        Reply { status: 200, headers: kind, body: xml.into_bytes() }
    }

    fn entry(&self, bucket: &str, key: &str) -> String {
        let file = self.file(bucket, key);
        let bytes = fs::read(&file).unwrap_or_default();
        let changed = fs::metadata(&file).and_then(|data| data.modified()).ok();
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        format!(
            "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag>\
             <Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
            escape(key),
            clock::rfc3339(changed.map_or(0, |span| span.as_secs() as i64)),
            escape(&etag(&bytes)),
            bytes.len(),
        )
    }

    fn keys(&self, bucket: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.folder.join(name(bucket))) else { return Vec::new() };
        entries
            .filter_map(std::result::Result::ok)
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .filter(|name| !name.ends_with(".kind") && !name.ends_with(".part"))
            .map(|name| http::unescape(&name))
            .collect()
    }
}

/// A key as a file name. The dot is encoded too, so that no key ends in a suffix of ours.
fn name(key: &str) -> String {
    http::escape(key).replace('.', "%2E")
}

fn kind_of(file: &Path) -> PathBuf {
    file.with_extension("kind")
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", project::short_hash(bytes))
}

/// `bytes=0-9`, `bytes=5-` or `bytes=-3` as a half-open range; None when it asks for nothing there is.
fn span(range: &str, total: usize) -> Option<(usize, usize)> {
    let (from, to) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (from.parse::<usize>(), to.parse::<usize>()) {
        (Ok(from), Ok(to)) => (from, to.saturating_add(1).min(total)),
        (Ok(from), Err(_)) => (from, total),
        (Err(_), Ok(last)) => (total.saturating_sub(last), total),
        _ => return None,
    };
    (from < to).then_some((from, to))
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{}</Message>\
         </Error>",
        escape(message)
    );
    let kind = vec![("Content-Type", "application/xml".to_owned())];
    Reply { status, headers: kind, body: xml.into_bytes() }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn ranges_of_rfc_9110() {
        assert_eq!(span("bytes=0-9", 100), Some((0, 10)));
        assert_eq!(span("bytes=90-", 100), Some((90, 100)));
        assert_eq!(span("bytes=-3", 100), Some((97, 100)));
        assert_eq!(span("bytes=5-1000", 100), Some((5, 100)));
        assert_eq!(span("bytes=100-", 100), None);
        assert_eq!(span("lines=1-2", 100), None);
    }
}
