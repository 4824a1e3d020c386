//! An authenticator with one key, which can be told to do one thing wrong.

use domain::webauthn::text as base64url;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::Value;
use sha2::{Digest, Sha256};

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const CREDENTIAL: u8 = 0x40;

/// The fields of a form.
pub type Fields = Vec<(&'static str, String)>;

/// What it puts into its answers.
#[derive(Clone)]
pub struct Says {
    pub kind: Option<&'static str>,
    pub origin: String,
    pub rp_id: String,
    pub challenge: Option<String>,
    pub flags: u8,
    pub count: u32,
}

/// An authenticator of software.
#[derive(Clone)]
pub struct Authenticator {
    key: SigningKey,
    id: Vec<u8>,
    pub user_handle: String,
    pub says: Says,
}

impl Authenticator {
    /// One for the app at this host, with a key that follows from the name.
    pub fn new(name: &str, app_host: &str) -> Self {
        let seed = Sha256::digest(name.as_bytes());
        Self {
            key: SigningKey::from_slice(&seed).expect("almost every number is a key"),
            id: Sha256::digest(seed).to_vec(),
            user_handle: String::new(),
            says: Says {
                kind: None,
                origin: format!("http://{app_host}"),
                rp_id: app_host.split(':').next().unwrap_or_default().to_owned(),
                challenge: None,
                flags: PRESENT | VERIFIED,
                count: 0,
            },
        }
    }

    /// Without a finger, a face or a PIN.
    pub fn unverified(&mut self) {
        self.says.flags &= !VERIFIED;
    }

    /// Without a touch.
    pub fn untouched(&mut self) {
        self.says.flags &= !PRESENT;
    }

    /// Makes its passkey.
    pub fn create(&mut self, options: &Value) -> Fields {
        assert_eq!(options["rp"]["id"], self.says.rp_id);
        assert_eq!(options["pubKeyCredParams"][0]["alg"], -7);
        self.user_handle = options["user"]["id"].as_str().expect("a user handle").to_owned();
        let point = self.key.verifying_key().to_encoded_point(false);
        let (x, y) = (point.x().expect("x"), point.y().expect("y"));
        let cose = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], &x[..], &[0x22, 0x58, 32], y]
            .concat();
        let head = self.data(CREDENTIAL);
        let data = [&head[..], &[0; 16], &[0, 32], &self.id, &cose].concat();
        let start = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
        let length = u8::try_from(data.len()).expect("it is short");
        let attestation = [&start[..], &[length], &data].concat();
        vec![
            ("client_data", base64url(&self.client_data("webauthn.create", options))),
            ("attestation", base64url(&attestation)),
            ("name", "Key of a test".to_owned()),
        ]
    }

    /// Uses its passkey.
    pub fn get(&self, options: &Value) -> Fields {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(0);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature: Signature = self.key.sign(&signed);
        vec![
            ("credential_id", base64url(&self.id)),
            ("client_data", base64url(&client_data)),
            ("authenticator_data", base64url(&data)),
            ("signature", base64url(signature.to_der().as_bytes())),
            ("user_handle", self.user_handle.clone()),
        ]
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let asked = options["challenge"].as_str().expect("a challenge");
        serde_json::json!({
            "type": self.says.kind.unwrap_or(kind),
            "challenge": self.says.challenge.as_deref().unwrap_or(asked),
            "origin": self.says.origin,
            "crossOrigin": false,
        })
        .to_string()
        .into_bytes()
    }

    fn data(&self, more_flags: u8) -> Vec<u8> {
        let host = Sha256::digest(self.says.rp_id.as_bytes());
        [&host[..], &[self.says.flags | more_flags], &self.says.count.to_be_bytes()].concat()
    }
}
