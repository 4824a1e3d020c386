//! Changing one's mail address: proven at the new one, told at the old one, which can undo it for a week.

use crate::{ASK, PROVE, provider::deliver};
use askama::Template;
use domain::{challenge as rules, email, mail, secret};
use http::{HeaderValue, StatusCode, header};
use platform::{Context, Error, Response, Result};
use store::{
    address::{self, Change},
    job::Job,
};
use web::{Layout, Per, Visit};

#[derive(Template)]
#[template(path = "address.html")]
struct Page {
    layout: Layout,
    email: String,
    typed: String,
    is_changed: bool,
    error: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "address_proof.html")]
struct ProofPage {
    layout: Layout,
    minutes: i64,
    error: Option<&'static str>,
}

#[derive(Template)]
#[template(path = "address_undo.html")]
struct UndoPage {
    layout: Layout,
    is_done: bool,
}

/// `GET /settings/email`
pub async fn new(v: Visit<'_>) -> Result<Response> {
    web::page(&page(&v, "", None)?)
}

fn page(v: &Visit<'_>, typed: &str, error: Option<&'static str>) -> Result<Page> {
    Ok(Page {
        layout: Layout::of(v, "E-mail"),
        email: v.session()?.email.clone(),
        typed: typed.to_owned(),
        is_changed: v.query("changed") == "1",
        error,
    })
}

/// `POST /settings/email`: asks the new address for a proof. The answer is the same whosever it is.
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let typed = form.get("email").to_owned();
    let session = v.session()?;
    let error = match email::canonical(&typed) {
        None => "That does not look like an e-mail address.",
        Some(new) if new == session.email => "That is your address already.",
        Some(new) => {
            if v.may_mail(ASK, &new).await? {
                let change = change(v.cx, &session.account_id, &session.email, new)?;
                address::insert(v.cx, &change).await?;
                v.cx.wake();
            }
            return proof_page(&v, StatusCode::ACCEPTED, None);
        }
    };
    web::page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &page(&v, &typed, Some(error))?)
}

fn change(cx: &Context, account_id: &str, old: &str, new: String) -> Result<Change> {
    let key = web::app_key(cx)?;
    let id = secret::hex(&cx.random::<16>()?);
    let secrets = rules::secrets(key, &id);
    let code_hash = rules::code_hash(key, &id, &secrets.code)
        .ok_or_else(|| Error::internal("a code of ours is none"))?;
    Ok(Change {
        account_id: account_id.to_owned(),
        old_email: old.to_owned(),
        new_email: new,
        token_hash: rules::token_hash(&secrets.token),
        code_hash,
        undo_hash: rules::token_hash(&undo_token(cx, &id)?),
        attempts: 0,
        expires_at: cx.seconds().saturating_add(rules::TTL_SECONDS),
        done_at: None,
        id,
    })
}

/// The token of the notice, derived like those of the proof and never the same.
fn undo_token(cx: &Context, id: &str) -> Result<String> {
    Ok(rules::secrets(web::app_key(cx)?, &format!("undo:{id}")).token)
}

/// `GET /settings/email/proof`: where the mail's link leads. It changes nothing.
pub async fn new_proof(v: Visit<'_>) -> Result<Response> {
    proof_page(&v, StatusCode::OK, None)
}

fn proof_page(v: &Visit<'_>, status: StatusCode, error: Option<&'static str>) -> Result<Response> {
    let minutes = rules::TTL_SECONDS.checked_div(60).unwrap_or_default();
    let page = ProofPage { layout: Layout::of(v, "Prove the new address"), minutes, error };
    unreferred(web::page_with_status(status, &page)?)
}

/// `POST /settings/email/proof`: by the link's token or the typed code, in a session of the account.
pub async fn prove(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let session = v.session()?;
    let change = match form.get("token") {
        "" => by_code(&v, form.get("code")).await?,
        token => {
            let hash = rules::token_hash(token);
            address::find_by_token(v.cx, &session.account_id, &hash).await?
        }
    };
    let Some(change) = change else {
        let error = "That is wrong, too old, or was used. Look again, or ask for a new mail.";
        return proof_page(&v, StatusCode::UNPROCESSABLE_ENTITY, Some(error));
    };
    let by = secret::hex(&v.cx.random::<16>()?);
    if !address::apply(v.cx, &change.id, &by, &session.id).await? {
        return Err(Error::Gone("That change cannot be made any more. Ask anew.".into()));
    }
    v.cx.wake();
    web::see_other("/settings/email?changed=1")
}

/// Spends an attempt first and looks at the code afterwards.
async fn by_code(v: &Visit<'_>, code: &str) -> Result<Option<Change>> {
    let key = web::app_key(v.cx)?;
    let account_id = &v.session()?.account_id;
    let changes = address::spend_attempt(v.cx, account_id).await?;
    for limit in PROVE.iter().filter(|limit| limit.per == Per::Mail) {
        v.take(limit, account_id).await?;
    }
    Ok(changes.into_iter().find(|change| {
        rules::code_hash(key, &change.id, code)
            .is_some_and(|hash| secret::same(hash.as_bytes(), change.code_hash.as_bytes()))
    }))
}

/// `GET /address/undo`: where the notice's link leads. It changes nothing.
pub async fn new_undo(v: Visit<'_>) -> Result<Response> {
    unreferred(web::page(&UndoPage {
        layout: Layout::of(&v, "Keep the old address"),
        is_done: false,
    })?)
}

/// `POST /address/undo`: whoever has the old mailbox takes the account back, signed in or not.
pub async fn undo(mut v: Visit<'_>) -> Result<Response> {
    let form = v.form().await?;
    let hash = rules::token_hash(form.get("token"));
    for limit in PROVE.iter().filter(|limit| limit.per == Per::Mail) {
        v.take(limit, &hash).await?;
    }
    let by = secret::hex(&v.cx.random::<16>()?);
    if address::undo(v.cx, &hash, &by).await?.is_none() {
        return Err(Error::Gone(
            "That change was undone already, is older than seven days, or the link is not whole."
                .into(),
        ));
    }
    let mut layout = Layout::of(&v, "Your old address is back");
    layout.signed_in = None;
    unreferred(web::page(&UndoPage { layout, is_done: true })?)
}

fn unreferred(mut response: Response) -> Result<Response> {
    let none = HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(header::REFERRER_POLICY, none);
    Ok(response)
}

/// The mail to the new address. Whether another account has it is looked up here.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send(cx: &Context, job: &Job) -> Result<()> {
    address::delete_old(cx).await?;
    let Some(change) = address::find(cx, &job.subject).await? else { return Ok(()) };
    if change.done_at.is_some() || change.expires_at <= cx.seconds() {
        return Ok(());
    }
    let mail = if store::account::find_by_email(cx, &change.new_email).await?.is_some() {
        mail::address_taken(&change.new_email)
    } else {
        let secrets = rules::secrets(web::app_key(cx)?, &change.id);
        let link = cx.config.app_url(&format!("/settings/email/proof#{}", secrets.token));
        mail::address_proof(&change.new_email, &link, &secrets.code)
    };
    deliver(cx, job, &mail).await
}

/// The notice to the old address.
///
/// # Errors
/// Whatever keeps the provider from taking it; the job is tried again.
pub async fn send_notice(cx: &Context, job: &Job) -> Result<()> {
    let Some(change) = address::find(cx, &job.subject).await? else { return Ok(()) };
    let link = cx.config.app_url(&format!("/address/undo#{}", undo_token(cx, &change.id)?));
    deliver(cx, job, &mail::address_changed(&change.old_email, &link)).await
}
