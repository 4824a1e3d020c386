//! AWS Signature Version 4, the checking side, as S3-compatible stores do it:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>

use crate::{http, project::hex};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// What of a request is signed.
pub struct Signed<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The path as it was sent.
    pub path: &'a str,
    /// The query as it was sent.
    pub query: &'a str,
    /// Header names in lower case, with their values.
    pub headers: &'a [(String, String)],
    /// The body.
    pub body: &'a [u8],
}

/// Who may sign.
pub struct Key {
    /// The name of the key.
    pub id: String,
    /// The key.
    pub secret: String,
}

impl Signed<'_> {
    /// Checks the signature; the error says what does not fit, for the developer of a signer.
    pub fn check(&self, key: &Key) -> Result<(), String> {
        let claim = self.claim()?;
        let scope: Vec<&str> = claim.credential.split('/').collect();
        let [id, date, region, service, "aws4_request"] = scope[..] else {
            return Err("the credential's scope is not id/date/region/service/aws4_request".into());
        };
        if id != key.id {
            return Err(format!("the key `{id}` is not known"));
        }
        let canonical = self.canonical(&claim);
        let text = format!(
            "AWS4-HMAC-SHA256\n{}\n{date}/{region}/{service}/aws4_request\n{}",
            claim.time,
            hex(&Sha256::digest(canonical.as_bytes()))
        );
        let mut derived = hmac(format!("AWS4{}", key.secret).as_bytes(), date);
        for part in [region, service, "aws4_request"] {
            derived = hmac(&derived, part);
        }
        if hex(&hmac(&derived, &text)) != claim.signature {
            return Err(format!(
                "the signature differs; the canonical request here is\n{canonical}"
            ));
        }
        self.check_body()
    }

    fn claim(&self) -> Result<Claim, String> {
        if let Some(line) = self.header("authorization") {
            let fields = line.strip_prefix("AWS4-HMAC-SHA256 ").ok_or("not AWS4-HMAC-SHA256")?;
            let field = |name: &str| {
                let fields = fields.split(',').map(str::trim);
                let mut found = fields.filter_map(|field| field.strip_prefix(name));
                found.next().map(str::to_owned).ok_or(format!("{name} is missing"))
            };
            return Ok(Claim {
                credential: field("Credential=")?,
                headers: field("SignedHeaders=")?,
                signature: field("Signature=")?,
                time: self.header("x-amz-date").ok_or("x-amz-date is missing")?.to_owned(),
                in_query: false,
            });
        }
        let value = |name: &str| self.parameter(name).ok_or(format!("{name} is missing"));
        Ok(Claim {
            credential: value("X-Amz-Credential")?,
            headers: value("X-Amz-SignedHeaders")?,
            signature: value("X-Amz-Signature")?,
            time: value("X-Amz-Date")?,
            in_query: true,
        })
    }

    fn canonical(&self, claim: &Claim) -> String {
        let path: Vec<String> =
            self.path.split('/').map(|part| http::escape(&http::unescape(part))).collect();
        let mut query: Vec<String> = parameters(self.query)
            .filter(|(name, _)| !claim.in_query || name != "X-Amz-Signature")
            .map(|(name, value)| format!("{}={}", http::escape(&name), http::escape(&value)))
            .collect();
        query.sort();
        let mut lines = String::new();
        for name in claim.headers.split(';') {
            lines.push_str(&format!("{name}:{}\n", self.header(name).unwrap_or_default().trim()));
        }
        let hash = hex(&Sha256::digest(self.body));
        let usual = if claim.in_query { "UNSIGNED-PAYLOAD" } else { &hash };
        let payload = self.header("x-amz-content-sha256").unwrap_or(usual);
        let (method, path, query) = (self.method, path.join("/"), query.join("&"));
        format!("{method}\n{path}\n{query}\n{lines}\n{}\n{payload}", claim.headers)
    }

    fn check_body(&self) -> Result<(), String> {
        match self.header("x-amz-content-sha256") {
            None | Some("UNSIGNED-PAYLOAD") => Ok(()),
            Some(hash) if hash == hex(&Sha256::digest(self.body)) => Ok(()),
            Some(_) => Err("x-amz-content-sha256 is not the hash of the body".to_owned()),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn parameter(&self, name: &str) -> Option<String> {
        parameters(self.query).find(|(known, _)| known == name).map(|(_, value)| value)
    }
}

struct Claim {
    credential: String,
    headers: String,
    signature: String,
    time: String,
    in_query: bool,
}

/// The decoded parameters of a query.
pub fn parameters(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (http::unescape(name), http::unescape(value))
    })
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::{Key, Signed};

    /// The first example of Amazon's page: GET of an object with a range.
    #[test]
    fn the_published_example_is_accepted_and_a_changed_one_is_not() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/\
            aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=\
            f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
        let headers = [
            ("authorization", authorization),
            ("host", "examplebucket.s3.amazonaws.com"),
            ("range", "bytes=0-9"),
            ("x-amz-content-sha256", empty),
            ("x-amz-date", "20130524T000000Z"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned();
        let key = Key { id: "AKIAIOSFODNN7EXAMPLE".to_owned(), secret };
        let signed =
            Signed { method: "GET", path: "/test.txt", query: "", headers: &headers, body: b"" };
        assert_eq!(signed.check(&key), Ok(()));
        assert!(Signed { path: "/other.txt", ..signed }.check(&key).is_err());
        let headers = headers.clone();
        let forged =
            Signed { method: "GET", path: "/test.txt", query: "", headers: &headers, body: b"x" };
        assert!(forged.check(&key).is_err_and(|e| e.contains("hash of the body")));
    }
}
