//! XML-RPC: how editors and apps of long standing write here, by the methods of Blogger, MetaWeblog,
//! Movable Type, WordPress and Micro.blog.
//!
//! Every call carries a user name and, as its password, a token. A call is 1 MiB at most; the bytes of
//! a file, 45 MiB of them, come beside that for the two methods that take one, and are read only
//! after the token was found good. There is no `system.multicall`, which would let one request try
//! thousands of passwords, and no pingback.

mod content;
mod fault;
mod intake;
mod library;
mod methods;
mod post;
mod read;
mod shape;
mod site;
mod term;
#[cfg(test)]
mod tests;
mod value;

use crate::publish::{Once, Writer};
use bytes::Bytes;
use fault::{Fault, NO_LOGIN, NOT_YOURS, fault};
use http::StatusCode;
use intake::Intake;
use methods::Method;
use platform::{Context, Error, Policy, Response, Site};
use read::Reader;
use store::blog::{Which, find_own};
use value::Value;
use web::{Grant, Limit, Per, Visit};

/// What a file of 45 MiB is in base64, with its line breaks, and a call around it.
pub const BODY_BYTES_MAX: usize = 64 << 20;
/// An app that opens a blog makes ten calls and more at once.
pub const LIMITS: &[Limit] = &[limit(Per::Address), ACCOUNT];
const ACCOUNT: Limit = limit(Per::Account);

const fn limit(per: Per) -> Limit {
    Limit { per, policy: Policy { name: "xmlrpc-5m", count: 300, window_seconds: 300 } }
}

/// The digits of an id.
const ID_CHARS: usize = 18;

type Result<T> = std::result::Result<T, Fault>;

/// A call whose caller is known.
struct Call<'a> {
    cx: &'a Context,
    grant: Grant,
    writer: Writer,
    once: Once,
    /// What it is about, an id for example, and then what came behind the password.
    args: Vec<Value>,
}

impl Call<'_> {
    /// A parameter; nil where there are fewer.
    fn arg(&self, at: usize) -> &Value {
        self.args.get(at).unwrap_or(&Value::Nil)
    }
}

/// `POST /xmlrpc`, and `POST /xmlrpc.php` on a blog's host. A fault is an answer like others.
pub async fn act(mut v: Visit<'_>) -> platform::Result<Response> {
    if v.cx.config.site(&v.host) == Site::Blog {
        let name = v.cx.config.blog_name(&v.host).ok_or(Error::NotFound)?;
        web::blog(v.cx, &name).await?.ok_or(Error::NotFound)?;
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>");
    match run(&mut v).await {
        Ok(value) => {
            xml.push_str("<params><param>");
            value.write(&mut xml);
            xml.push_str("</param></params>");
        }
        Err(fault) => {
            if let Some(detail) = &fault.detail {
                v.cx.log(&format!("POST /xmlrpc {} {detail}", fault.code));
            }
            xml.push_str("<fault>");
            fault.value().write(&mut xml);
            xml.push_str("</fault>");
        }
    }
    xml.push_str("</methodResponse>\n");
    Ok(web::no_store(web::text(StatusCode::OK, "text/xml; charset=utf-8", xml)))
}

async fn run(v: &mut Visit<'_>) -> Result<Value> {
    let length = v.header("content-length").parse().unwrap_or(0);
    let mut intake = Intake::begin(std::mem::take(v.req.body_mut())).await?;
    let (method, params) = begin(&intake.text)?;
    let Some(login) = method.login else { return Ok(methods::of_nobody(method)) };
    let login = login.min(params.len().saturating_sub(2));
    let (ids, secrets) = params.split_at_checked(login).unwrap_or_default();
    let grant = sign_in(v, method, secrets).await?;
    let writer = writer(v, &grant, method, ids).await?;
    let file = if method.takes_file() {
        intake.finish_with_file(length).await?
    } else {
        intake.finish().await?;
        None
    };
    let call = Call {
        cx: v.cx,
        writer,
        grant,
        once: Once::by_content(&intake.text),
        args: args(method, login, &intake.text, file)?,
    };
    methods::run(&call, method).await
}

/// Reads the method, and its parameters as far as the password.
fn begin(text: &[u8]) -> Result<(&'static Method, Vec<Value>)> {
    let mut reader = Reader::new(text, None);
    let name = reader.method()?;
    let method = methods::find(&name).ok_or(fault(-32601, "There is no such method here."))?;
    let mut params = Vec::new();
    while method.login.is_some_and(|login| params.len() < login.saturating_add(2)) {
        let Some(param) = reader.param()? else { break };
        params.push(param);
    }
    Ok((method, params))
}

async fn sign_in(v: &Visit<'_>, method: &Method, login: &[Value]) -> Result<Grant> {
    let [username, password, ..] = login else { return Err(NO_LOGIN) };
    let username = username.text().trim().to_lowercase();
    let grant = web::grant_of_password(v.cx, &username, &password.text()).await?.ok_or(NO_LOGIN)?;
    v.take(&ACCOUNT, &grant.account_id).await?;
    match method.scopes {
        [first, ..] if !method.scopes.iter().any(|scope| grant.has(scope)) => {
            Err(Error::Scope(first).into())
        }
        _ => Ok(grant),
    }
}

/// On which blog a call is to write: the one that it names by an id, or by a post's; else the one whose
/// host it came to; else the token's own. What it has before the user name may also be a key of the app,
/// or the `1` that apps take for the id of the only blog.
async fn writer(v: &Visit<'_>, grant: &Grant, method: &Method, ids: &[Value]) -> Result<Writer> {
    let here = match v.cx.config.site(&v.host) {
        Site::Blog => at_host(v, grant).await?,
        _ => Writer::of_grant(grant),
    };
    for id in ids.iter().map(Value::text).filter(|id| is_id(id)) {
        if *id == *here.blog_id || method.has_id_before && grant.blog_count < 2 {
            continue;
        }
        let which = if method.has_id_before { Which::Post(&id) } else { Which::Id(&id) };
        match find_own(v.cx, &grant.account_id, which).await? {
            Some(own) => return Ok(here.on(own)),
            None if method.has_id_before => {}
            None => return Err(NOT_YOURS),
        }
    }
    Ok(here)
}

/// Of blogs and posts.
fn is_id(text: &str) -> bool {
    text.len() == ID_CHARS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The writer on the blog of the host that was called.
async fn at_host(v: &Visit<'_>, grant: &Grant) -> Result<Writer> {
    let name = v.cx.config.blog_name(&v.host).unwrap_or_default();
    let writer = Writer::of_grant(grant);
    if name == writer.blog_name || Some(&name) == writer.domain.as_ref() {
        return Ok(writer);
    }
    let own = find_own(v.cx, &grant.account_id, Which::Named(&name)).await?;
    own.map(|own| writer.on(own)).ok_or(NOT_YOURS)
}

fn args(method: &Method, login: usize, text: &[u8], file: Option<Bytes>) -> Result<Vec<Value>> {
    let mut reader = Reader::new(text, file);
    reader.method()?;
    let (mut id, mut args, mut at) = (None, Vec::new(), 0_usize);
    while let Some(param) = reader.param()? {
        if at >= login.saturating_add(2) {
            args.push(param);
        } else if method.has_id_before && at.checked_add(1) == Some(login) {
            id = Some(param);
        }
        at = at.saturating_add(1);
    }
    Ok(id.into_iter().chain(args).collect())
}
