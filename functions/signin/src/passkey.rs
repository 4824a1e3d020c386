//! Passkeys: making them, signing in with them, and proving afresh with them.

use crate::{begin, challenge, factor, security};
use domain::{
    device, return_path, secret,
    webauthn::{self, Ceremony, Refused},
};
use http::StatusCode;
use platform::{Error, Response, Result};
use serde_json::{Value, json};
use store::{
    factor::Listed,
    passkey::{self, NewPasskey, Of},
};
use web::{Form, Visit, cookies};

const NAME_CHARS_MAX: usize = 60;

/// A passkey that was used, and all of it was right.
pub struct Shown {
    /// Whose it is.
    pub account_id: String,
    /// Whether the authenticator made sure that it is its person.
    pub is_verified: bool,
}

/// `POST /signin/passkey/challenge`: what a browser needs to use a passkey. After the mail it may be any
/// passkey of that account; without, one that says itself whose it is and makes sure of its person.
pub async fn challenge_for_signin(v: Visit<'_>) -> Result<Response> {
    let browser = challenge::browser(&v)?;
    let owner = secret::sha256_hex(browser.as_bytes());
    let half = factor::half(&v).await?;
    let known = match &half {
        Some(half) => store::factor::find(v.cx, &half.account_id).await?.passkeys,
        None => Vec::new(),
    };
    let verification = if half.is_some() { "preferred" } else { "required" };
    let options =
        request(&v, Of { purpose: "signin", owner: &owner }, &known, verification).await?;
    let mut response = web::json(StatusCode::OK, &options);
    cookies::set(&mut response, cookies::PRE, &browser, domain::challenge::PRE_TTL_SECONDS)?;
    Ok(response)
}

/// `POST /signin/passkey`: a passkey that makes sure of its person is enough alone; one that does not
/// is a second factor after the mail.
pub async fn sign_in(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let browser = cookies::value(&v.req, cookies::PRE).ok_or_else(refused)?;
    let owner = secret::sha256_hex(browser.as_bytes());
    let shown = shown(&v, &form, Of { purpose: "signin", owner: &owner }).await?;
    let half = factor::half(&v).await?.filter(|half| half.account_id == shown.account_id);
    let next = match half {
        Some(half) => half.next,
        None if shown.is_verified => {
            return_path::checked(form.get("next"), &v.cx.config.app_origin)
        }
        None => return Err(refused()),
    };
    begin::sign_in(&v, &shown.account_id, &next).await
}

/// The challenges of fresh proofs.
pub fn proof_of(account_id: &str) -> Of<'_> {
    Of { purpose: "proof", owner: account_id }
}

/// `POST /settings/proof/passkey/challenge`
pub async fn challenge_for_proof(v: Visit<'_>) -> Result<Response> {
    let account_id = v.session()?.account_id.clone();
    let known = store::factor::find(v.cx, &account_id).await?.passkeys;
    let options = request(&v, proof_of(&account_id), &known, "preferred").await?;
    Ok(web::json(StatusCode::OK, &options))
}

/// `POST /settings/security/passkeys/challenge`: what a browser needs to make a passkey.
pub async fn challenge_for_new(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    let known = store::factor::find(v.cx, &session.account_id).await?.passkeys;
    let challenge = challenge(&v, new_of(&session.account_id)).await?;
    let options = json!({
        "challenge": challenge,
        "rp": { "id": host(&v), "name": "Pipit" },
        "user": {
            "id": webauthn::user_handle(web::app_key(v.cx)?, &session.account_id),
            "name": session.username,
            "displayName": session.name,
        },
        "pubKeyCredParams": [{ "type": "public-key", "alg": webauthn::ES256 }],
        "timeout": webauthn::CHALLENGE_SECONDS.saturating_mul(1000),
        "excludeCredentials": descriptors(&known),
        "authenticatorSelection": { "residentKey": "preferred", "userVerification": "preferred" },
        "attestation": "none",
    });
    Ok(web::json(StatusCode::OK, &options))
}

/// `POST /settings/security/passkeys`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let session = v.session()?;
    let client_data = webauthn::bytes(form.get("client_data")).map_err(refuse)?;
    spend(&v, &client_data, Ceremony::Create, new_of(&session.account_id)).await?;
    let attestation = webauthn::bytes(form.get("attestation")).map_err(refuse)?;
    let made = webauthn::made(&attestation, &host(&v)).map_err(refuse)?;
    let new = NewPasskey {
        id: &v.cx.id()?,
        account_id: &session.account_id,
        credential_id: &webauthn::text(&made.credential_id),
        public_key: &webauthn::text(&made.public_key),
        sign_count: made.sign_count,
        name: &name(&v, form.get("name")),
    };
    if !passkey::insert(v.cx, &session.id, &new).await? {
        return Err(Error::invalid(
            "Twenty passkeys are the most. Remove one that you do not use.",
        ));
    }
    v.cx.wake();
    security::after_adding(&v).await
}

/// `POST /settings/security/passkeys/{id}/deletion`
pub async fn delete(v: Visit<'_>) -> Result<Response> {
    let session = v.session()?;
    passkey::delete(v.cx, &session.account_id, &session.id, v.param("id")).await?;
    v.cx.wake();
    web::see_other("/settings/security")
}

/// The passkey of an answer to a challenge, if all of it is right. The challenge is used up in any case.
pub async fn shown(v: &Visit<'_>, form: &Form, of: Of<'_>) -> Result<Shown> {
    let client_data = webauthn::bytes(form.get("client_data")).map_err(refuse)?;
    spend(v, &client_data, Ceremony::Get, of).await?;
    let found = passkey::find(v.cx, form.get("credential_id")).await?.ok_or_else(refused)?;
    factor::take_limits(v, &found.account_id).await?;
    let used = webauthn::used(
        &webauthn::bytes(&found.public_key).map_err(refuse)?,
        &host(v),
        &webauthn::bytes(form.get("authenticator_data")).map_err(refuse)?,
        &client_data,
        &webauthn::bytes(form.get("signature")).map_err(refuse)?,
    )
    .map_err(refuse)?;
    let user_handle = form.get("user_handle");
    let expected = webauthn::user_handle(web::app_key(v.cx)?, &found.account_id);
    if !user_handle.is_empty() && user_handle != expected {
        return Err(refused());
    }
    if !passkey::count_use(v.cx, &found.id, used.sign_count).await? {
        return Err(refused());
    }
    Ok(Shown { account_id: found.account_id, is_verified: used.is_verified })
}

/// What a person hears of an answer that does not count.
pub fn refused() -> Error {
    Error::Forbidden("That passkey did not work here. Try again, or sign in by mail.".into())
}

fn refuse(_: Refused) -> Error {
    refused()
}

fn new_of(account_id: &str) -> Of<'_> {
    Of { purpose: "new", owner: account_id }
}

/// A challenge of 256 bits, of which the database holds the hash.
async fn challenge(v: &Visit<'_>, of: Of<'_>) -> Result<String> {
    let challenge = secret::token(&v.cx.random::<32>()?);
    let hash = secret::sha256_hex(challenge.as_bytes());
    passkey::insert_challenge(v.cx, &hash, of, webauthn::CHALLENGE_SECONDS).await?;
    Ok(challenge)
}

async fn spend(v: &Visit<'_>, client_data: &[u8], ceremony: Ceremony, of: Of<'_>) -> Result<()> {
    let origin = v.cx.config.app_url("");
    let challenge = webauthn::challenge(client_data, ceremony, &origin).map_err(refuse)?;
    let hash = secret::sha256_hex(challenge.as_bytes());
    match passkey::spend_challenge(v.cx, &hash, of).await? {
        true => Ok(()),
        false => Err(refused()),
    }
}

async fn request(v: &Visit<'_>, of: Of<'_>, known: &[Listed], verification: &str) -> Result<Value> {
    Ok(json!({
        "challenge": challenge(v, of).await?,
        "rpId": host(v),
        "timeout": webauthn::CHALLENGE_SECONDS.saturating_mul(1000),
        "userVerification": verification,
        "allowCredentials": descriptors(known),
    }))
}

fn descriptors(known: &[Listed]) -> Value {
    known.iter().map(|k| json!({ "type": "public-key", "id": k.credential_id })).collect()
}

/// The relying party's id is exactly the app's host, so that no blog under the same domain can ask.
fn host(v: &Visit<'_>) -> String {
    v.cx.config.app_origin.host_str().unwrap_or_default().to_owned()
}

fn name(v: &Visit<'_>, typed: &str) -> String {
    let typed: String = typed.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    if typed.is_empty() { device::name(v.header("user-agent")) } else { typed }
}
