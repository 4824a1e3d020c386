//! The way in: one request of Spin's becomes one answer of a function.

use crate::{
    blobs::S3,
    body::{Outgoing, incoming},
    clock,
    db::SpinDb,
    encoding, forward,
    head::{Head, broken},
    http::SpinHttp,
    jobs::{self, Bell},
    kv::SpinKv,
    settings::{Settings, settings},
};
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use platform::{Body, ClientAddress, Context, Error, Ports, Random, Result, WithoutTls};
use spin_sdk::wasip3::{
    http::{
        client,
        types::{ErrorCode, Fields, Request, Response, Scheme},
    },
    http_compat::{IncomingBody, http_into_wasi_response},
    random::random::get_random_bytes,
    wit_future,
};
use std::rc::Rc;
use store::limit::SqlLimits;
use web::Function;

/// So often one call looks for jobs; what is left then is left to the next sweep.
const ROUNDS_MAX: usize = 20;

/// Answers a request with this function, or hands it to the component whose path it is.
///
/// # Errors
/// Only when not even an error page can be made; Spin then answers 500.
pub async fn serve(function: &'static Function, request: Request) -> Result<Response, ErrorCode> {
    match handle(function, request).await {
        Ok(response) => Ok(response),
        Err(error) => {
            eprintln!("{}: {error}", function.name);
            let status = match error {
                Error::Invalid(_) => StatusCode::BAD_REQUEST,
                Error::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            };
            let mut response = http::Response::new(Body::Empty);
            *response.status_mut() = status;
            respond(&Method::GET, response)
        }
    }
}

async fn handle(function: &'static Function, request: Request) -> Result<Response> {
    let settings = settings().await?;
    let head = Head::read(&request, &settings)?;
    let bell = Rc::new(Bell::default());
    if jobs::is_call(function, &head, &settings) {
        let ran = run_jobs(function, &settings, &bell).await?;
        bell.ring(&settings);
        return finish(&head.method, http::Response::new(Body::from(ran.to_string())));
    }
    let site = settings.config.site(&head.host);
    if !head.is_internal
        && let Some(component) = forward::target(function, site, head.path())
    {
        return pass_on(component, head, request, &settings).await;
    }
    let method = head.method.clone();
    let request = incoming_request(head, request)?;
    let response = web::answer(&context(&settings, &bell), &[function], request).await;
    let response = finish(&method, response);
    bell.ring(&settings);
    response
}

/// Runs jobs until none is due; returns how many were tried. Each round has a context, and so a time, of its own.
async fn run_jobs(
    function: &'static Function,
    settings: &Rc<Settings>,
    bell: &Rc<Bell>,
) -> Result<usize> {
    let mut tried: usize = 0;
    for _ in 0..ROUNDS_MAX {
        match web::run_jobs(&context(settings, bell), &[function]).await? {
            0 => break,
            ran => tried = tried.saturating_add(ran),
        }
    }
    Ok(tried)
}

fn context(settings: &Rc<Settings>, bell: &Rc<Bell>) -> Context {
    let db = Rc::new(SpinDb);
    let ports = Ports {
        db: db.clone(),
        kv: Rc::new(SpinKv::new("kv")),
        cache: Rc::new(SpinKv::new("cache")),
        blobs: Rc::new(S3::new(settings.clone())),
        limits: Rc::new(SqlLimits::new(db)),
        http: Rc::new(SpinHttp),
        wake: bell.clone(),
        random: Rc::new(SpinRandom),
        log: |line| eprintln!("{line}"),
        decode: encoding::decode,
    };
    let ahead = TimeDelta::try_seconds(settings.config.clock_ahead_seconds).unwrap_or_default();
    let now = clock::now();
    let now = now.checked_add_signed(ahead).unwrap_or(now);
    Context::new(ports, settings.config.clone(), now)
}

fn incoming_request(head: Head, request: Request) -> Result<platform::Request> {
    let is_empty = matches!(head.method, Method::GET | Method::HEAD)
        || head.headers.get(header::CONTENT_LENGTH).is_some_and(|length| length == "0");
    let body = if is_empty {
        Body::Empty
    } else {
        incoming(IncomingBody::new(request).map_err(broken)?, broken)
    };
    let target = head.target.parse::<http::Uri>();
    let mut request = http::Request::new(body);
    *request.method_mut() = head.method;
    *request.uri_mut() = target.map_err(|_| Error::invalid("The address is malformed."))?;
    *request.headers_mut() = head.headers;
    let host = HeaderValue::try_from(head.host);
    let host = host.map_err(|_| Error::invalid("The host name is malformed."))?;
    request.headers_mut().insert(header::HOST, host);
    if let Some(client) = head.client {
        request.extensions_mut().insert(ClientAddress(client));
    }
    if head.is_without_tls {
        request.extensions_mut().insert(WithoutTls);
    }
    Ok(request)
}

/// Hands the request to another component, bodies untouched, and answers with its response.
async fn pass_on(
    component: &str,
    head: Head,
    request: Request,
    settings: &Settings,
) -> Result<Response> {
    let failed = |code: ErrorCode| Error::Unavailable(format!("{component}: {code}"));
    let (method, target) = (head.method.clone(), head.target.clone());
    let headers = fields(&head.inward(settings)?)?;
    // Nobody listens for the end of the visitor's body; dropping the writer says that all is well.
    let (_, received) = wit_future::new(|| Ok(()));
    let (contents, trailers) = Request::consume_body(request, received);
    let (inner, _) = Request::new(headers, Some(contents), trailers, None);
    let is_set = inner.set_method(&method.into()).is_ok()
        && inner.set_scheme(Some(&Scheme::Http)).is_ok()
        && inner.set_authority(Some(&format!("{component}.spin.internal"))).is_ok()
        && inner.set_path_with_query(Some(&target)).is_ok();
    if !is_set {
        return Err(Error::invalid("The address is malformed."));
    }
    client::send(inner).await.map_err(failed)
}

fn fields(headers: &HeaderMap) -> Result<Fields> {
    let list = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
    Fields::from_list(&list.collect::<Vec<_>>()).map_err(Error::internal)
}

fn finish(method: &Method, response: platform::Response) -> Result<Response> {
    respond(method, response).map_err(Error::internal)
}

/// RFC 9110, section 8.6: a length where it is known, and none where the body stays away.
fn respond(method: &Method, mut response: platform::Response) -> Result<Response, ErrorCode> {
    let status = response.status();
    let is_bodiless = method == Method::HEAD
        || status.is_informational()
        || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
    if is_bodiless {
        *response.body_mut() = Body::Empty;
        response.headers_mut().remove(header::CONTENT_LENGTH);
    } else if let Some(len) = response.body().len() {
        response.headers_mut().insert(header::CONTENT_LENGTH, len.into());
    }
    http_into_wasi_response(response.map(Outgoing))
}

struct SpinRandom;

impl Random for SpinRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            // The platform may give fewer than asked for.
            let bytes = get_random_bytes(u64::try_from(rest.len()).unwrap_or(u64::MAX));
            if bytes.is_empty() {
                return Err(Error::internal("the platform gives no random bytes"));
            }
            for (to, from) in rest.iter_mut().zip(&bytes) {
                *to = *from;
            }
            filled = filled.saturating_add(bytes.len());
        }
        Ok(())
    }
}
