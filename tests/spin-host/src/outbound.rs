//! Outgoing HTTP: what the manifest allows, and calls from component to component.

use crate::app::App;
use anyhow::{Context, Result, bail};
use http::{Uri, header};
use http_body_util::BodyExt;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Weak,
};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

const CHAINING: &str = ".spin.internal";
/// The client of a call from component to component, as Spin has it.
const NOBODY: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Answer = Result<(http::Response<WasiBody>, Io), Error>;

/// One entry of `allowed_outbound_hosts`.
#[derive(Debug, Clone)]
pub struct Allowed {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Allowed {
    /// Reads `scheme://host[:port]`, each of which may be `*`; `*.` before a host means below it.
    pub fn parse(text: &str) -> Result<Self> {
        let (scheme, rest) = text.trim().split_once("://").with_context(|| {
            format!("{text:?} in allowed_outbound_hosts is not scheme://host[:port]")
        })?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() || rest.contains('/') {
            bail!("{text:?} in allowed_outbound_hosts must be a host without a path");
        }
        // The colons of an IPv6 address stand in brackets.
        let (host, port) = match rest.rsplit_once(':').filter(|(_, port)| !port.contains(']')) {
            Some((host, port)) => (host, Some(port)),
            None => (rest, None),
        };
        let port = match (port, scheme) {
            (Some("*"), _) => None,
            (Some(port), _) => Some(port.parse().with_context(|| format!("the port of {text}"))?),
            (None, "http") => Some(80),
            (None, "https") => Some(443),
            (None, _) => bail!("{text:?} in allowed_outbound_hosts needs a port"),
        };
        Ok(Self { scheme: scheme.to_owned(), host: host.to_ascii_lowercase(), port })
    }

    fn allows(&self, uri: &Uri) -> bool {
        let scheme = uri.scheme_str().unwrap_or_default();
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let port = uri.port_u16().or(match scheme {
            "http" => Some(80),
            "https" => Some(443),
            _ => None,
        });
        let is_host = match self.host.strip_prefix('*') {
            Some(suffix) => host.ends_with(suffix),
            None => host == self.host,
        };
        let is_port = self.port.is_none() || self.port == port;
        (self.scheme == "*" || self.scheme == scheme) && is_host && is_port
    }
}

/// The gate of one component.
pub struct Outbound {
    pub app: Weak<App>,
    pub component: String,
    pub allowed: Vec<Allowed>,
}

impl WasiHttpHooks for Outbound {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _read: Io,
    ) -> Box<dyn Future<Output = Answer> + Send> {
        let uri = request.uri().clone();
        if !self.allowed.iter().any(|allowed| allowed.allows(&uri)) {
            let host = uri.host().unwrap_or_default();
            eprintln!("{}: the manifest does not let it reach {host}", self.component);
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        let sibling = uri.host().and_then(|host| host.strip_suffix(CHAINING)).map(str::to_owned);
        let app = self.app.clone();
        Box::new(async move {
            match sibling {
                Some(sibling) => chained(&app, &sibling, request).await,
                None => outside(request, options).await,
            }
        })
    }
}

async fn outside(request: http::Request<WasiBody>, options: Option<RequestOptions>) -> Answer {
    let (response, io) = default_send_request(request, options).await?;
    Ok((response.map(BodyExt::boxed_unsync), Box::new(io)))
}

async fn chained(app: &Weak<App>, sibling: &str, mut request: http::Request<WasiBody>) -> Answer {
    let app = app.upgrade().ok_or(Error::DestinationUnavailable)?;
    request.headers_mut().remove(header::HOST);
    let response = app.call(sibling, request, NOBODY).await.map_err(|problem| {
        eprintln!("{sibling}: {problem:#}");
        Error::InternalError(None)
    })?;
    Ok((response, Box::new(async { Ok(()) })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_is_allowed() {
        let allows = |entry: &str, uri: &'static str| {
            Allowed::parse(entry).unwrap().allows(&Uri::from_static(uri))
        };
        assert!(allows("https://api.stripe.com:443", "https://api.stripe.com/v1"));
        assert!(!allows("https://api.stripe.com", "http://api.stripe.com/v1"));
        assert!(!allows("https://api.stripe.com", "https://api.stripe.com.evil.example/"));
        assert!(allows("https://*:443", "https://anything.example/"));
        assert!(!allows("http://*:80", "http://anything.example:8080/"));
        assert!(allows("http://*.spin.internal", "http://feeds.spin.internal/jobs/feeds"));
        assert!(!allows("http://*.spin.internal", "http://spin.internal/"));
        assert!(allows("http://localhost:*", "http://localhost:8025/email"));
        assert!(Allowed::parse("").is_err());
    }
}
