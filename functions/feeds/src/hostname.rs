//! Certificates for people's own domains where a platform makes them: Cloudflare's custom hostnames.
//!
//! A name and its certificate have states of their own. That the API does not answer is no failure of
//! the name: everything stays as it is, and it is asked again.

use http::{Method, StatusCode, header};
use platform::{Call, Context, Error, HostnamesConfig, Result};
use serde_json::{Value, json};
use store::{job::Job, own_domain::OwnDomain};

/// What the platform says of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hostname {
    /// Its id there.
    pub id: String,
    /// The state of the name.
    pub state: String,
    /// The state of its certificate.
    pub certificate: String,
    /// What the platform finds wrong.
    pub problem: Option<String>,
}

impl Hostname {
    /// Whether visitors reach the blog by it.
    pub fn is_active(&self) -> bool {
        self.state == "active" && self.certificate == "active"
    }
}

/// The name as the platform has it, which is asked for it first where it has not yet been.
///
/// # Errors
/// [`Error::Outgoing`] when the API does not answer or refuses the name.
pub async fn ensure(cx: &Context, api: &HostnamesConfig, due: &OwnDomain) -> Result<Hostname> {
    if let Some(id) = &due.hostname_id {
        let found = send(cx, api, Method::GET, &format!("/{id}"), None).await?;
        if let Some(hostname) = found.as_ref().and_then(hostname) {
            return Ok(hostname);
        }
    }
    let known = send(cx, api, Method::GET, &format!("?hostname={}", due.host), None).await?;
    let own = |list: &Value| {
        let mut list = list.as_array()?.iter();
        list.find(|one| one.get("hostname").and_then(Value::as_str) == Some(&due.host)).cloned()
    };
    if let Some(hostname) = known.as_ref().and_then(own).as_ref().and_then(hostname) {
        return Ok(hostname);
    }
    let wanted = json!({ "hostname": due.host, "ssl": { "method": "http", "type": "dv" } });
    let made = send(cx, api, Method::POST, "", Some(&wanted)).await?;
    made.as_ref().and_then(hostname).ok_or_else(refused)
}

/// The job `domain-release`: takes a name that was given up off the platform, unless somebody has it again.
///
/// # Errors
/// [`Error::Outgoing`] when the API does not answer; the job is tried again.
pub async fn release(cx: &Context, job: &Job) -> Result<()> {
    let Some(api) = &cx.config.hostnames else { return Ok(()) };
    if store::own_domain::has_hostname(cx, &job.subject).await? {
        return Ok(());
    }
    send(cx, api, Method::DELETE, &format!("/{}", job.subject), None).await.map(|_| ())
}

/// The `result` of a call; None when there is no such name.
async fn send(
    cx: &Context,
    api: &HostnamesConfig,
    method: Method,
    behind: &str,
    body: Option<&Value>,
) -> Result<Option<Value>> {
    let path = format!("/client/v4/zones/{}/custom_hostnames{behind}", api.zone);
    let url = api.api_base.join(&path).map_err(Error::internal)?;
    let mut call = Call::new(method, url)
        .header(header::AUTHORIZATION, &format!("Bearer {}", api.token))?
        .header(header::CONTENT_TYPE, "application/json")?;
    call.body = body.map(Value::to_string).unwrap_or_default().into();
    let (_, answer) = match cx.http.send(call).await {
        Err(Error::Outgoing(_) | Error::TooLarge) => return Err(refused()),
        answered => answered?,
    };
    let status = answer.status();
    if status == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let mut document: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if let (true, Some(result)) = (status.is_success(), document.get_mut("result")) {
        return Ok(Some(result.take()));
    }
    let code = document.pointer("/errors/0/code").and_then(Value::as_u64).unwrap_or_default();
    cx.log(&format!("custom hostnames: status {}, code {code}", status.as_u16()));
    Err(refused())
}

fn refused() -> Error {
    Error::Outgoing("The platform that makes the certificates does not take it just now.".into())
}

fn hostname(result: &Value) -> Option<Hostname> {
    let text = |place: &str| result.pointer(place).and_then(Value::as_str).map(str::to_owned);
    let id = text("/id").filter(|id| id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))?;
    Some(Hostname {
        id,
        state: text("/status").unwrap_or_default(),
        certificate: text("/ssl/status").unwrap_or_default(),
        problem: text("/verification_errors/0")
            .or_else(|| text("/ssl/validation_errors/0/message")),
    })
}
