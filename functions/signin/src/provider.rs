//! The providers that take our mails, each by its API. A mail is tried until it is taken, or until the
//! provider says that it never will be.

use domain::{mail, mail_body};
use http::{HeaderName, Method, StatusCode, header};
use platform::{Call, Context, Error, MailConfig, MailProvider, Result};
use store::job::Job;

/// Hands a mail to the provider. The job's id goes with it as idempotency key where the provider knows such
/// keys (Resend), so that a mail whose first answer was lost is not sent again. Where it does not, such a
/// mail comes twice; both are the same words with the same code.
///
/// # Errors
/// [`Error::Gone`] when the provider will never take it; any other error is worth another try.
pub async fn deliver(cx: &Context, job: &Job, mail: &mail::Mail) -> Result<()> {
    let provider = cx.config.mail.as_ref();
    let provider = provider.ok_or_else(|| Error::internal("no mail provider is configured"))?;
    let call = match provider.provider {
        MailProvider::Postmark => postmark(provider, mail)?,
        MailProvider::Resend => resend(provider, job, mail)?,
        MailProvider::SendGrid => sendgrid(provider, mail)?,
        MailProvider::Cloudflare => cloudflare(provider, mail)?,
    };
    let answer = match cx.http.send(call.clone()).await {
        // A line that was closed while it lay idle is the usual reason, and a person is waiting.
        Err(Error::Outgoing(_)) => cx.http.send(call).await,
        answer => answer,
    };
    let (_, answer) = answer?;
    let status = answer.status();
    if status.is_success() {
        return Ok(());
    }
    let code = mail_body::refusal(answer.body()).unwrap_or_else(|| "no code".to_owned());
    let words = format!("the mail provider answered {}, {code}", status.as_u16());
    Err(if is_final(status) { Error::Gone(words.into()) } else { Error::internal(words) })
}

/// RFC 9110, section 15.5: a request that was refused for what it is will be refused again. A time-out and
/// too many at once are no such refusal.
fn is_final(status: StatusCode) -> bool {
    status.is_client_error()
        && !matches!(status, StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS)
}

/// Postmark's «Send a single email».
fn postmark(provider: &MailConfig, mail: &mail::Mail) -> Result<Call> {
    let token = HeaderName::from_static("x-postmark-server-token");
    let call = call(provider, "/email")?.header(token, &provider.token)?;
    Ok(Call { body: mail::postmark_body(&provider.from, mail).to_string().into(), ..call })
}

/// Resend's «Send Email», which remembers an idempotency key for a day.
fn resend(provider: &MailConfig, job: &Job, mail: &mail::Mail) -> Result<Call> {
    let key = HeaderName::from_static("idempotency-key");
    let call = bearer(call(provider, "/emails")?, provider)?.header(key, &job.id)?;
    Ok(Call { body: mail_body::resend(&provider.from, mail).to_string().into(), ..call })
}

/// SendGrid's «Mail Send».
fn sendgrid(provider: &MailConfig, mail: &mail::Mail) -> Result<Call> {
    let call = bearer(call(provider, "/v3/mail/send")?, provider)?;
    Ok(Call { body: mail_body::sendgrid(&provider.from, mail).to_string().into(), ..call })
}

/// Cloudflare's «Email Sending».
fn cloudflare(provider: &MailConfig, mail: &mail::Mail) -> Result<Call> {
    let path = format!("/client/v4/accounts/{}/email/sending/send", provider.account);
    let call = bearer(call(provider, &path)?, provider)?;
    Ok(Call { body: mail_body::cloudflare(&provider.from, mail).to_string().into(), ..call })
}

fn call(provider: &MailConfig, path: &str) -> Result<Call> {
    let url = provider.api_base.join(path).map_err(Error::internal)?;
    Call::new(Method::POST, url)
        .header(header::CONTENT_TYPE, "application/json")?
        .header(header::ACCEPT, "application/json")
}

fn bearer(call: Call, provider: &MailConfig) -> Result<Call> {
    call.header(header::AUTHORIZATION, &format!("Bearer {}", provider.token))
}
