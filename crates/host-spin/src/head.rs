//! What a request says about itself, and how much of it is believed.

use crate::settings::Settings;
use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use platform::{Error, Result};
use spin_sdk::wasip3::http::types::{ErrorCode, Request};
use std::net::{IpAddr, SocketAddr};
use subtle::ConstantTimeEq;

/// Proves, by the value of `INTERNAL_KEY`, that another component sent the request.
pub const INTERNAL: HeaderName = HeaderName::from_static("x-pipit-internal");
/// The host that the visitor asked for.
pub const HOST: HeaderName = HeaderName::from_static("x-pipit-host");
/// The visitor's address.
pub const CLIENT: HeaderName = HeaderName::from_static("x-pipit-client");
/// Present when the visitor came without TLS.
pub const WITHOUT_TLS: HeaderName = HeaderName::from_static("x-pipit-without-tls");

/// RFC 9110, section 7.6.1: headers of one connection, which are not passed on.
const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// The head of a request as functions may see it.
pub struct Head {
    /// The method.
    pub method: Method,
    /// Path and query.
    pub target: String,
    /// The host that the visitor asked for, with its port.
    pub host: String,
    /// The visitor's address, where it is known.
    pub client: Option<IpAddr>,
    /// Whether a proxy that is believed says that the visitor came without TLS.
    pub is_without_tls: bool,
    /// Whether another component of ours sent it.
    pub is_internal: bool,
    /// The headers without `host`, without Spin's and without ours.
    pub headers: HeaderMap,
}

impl Head {
    /// Reads the head of a request.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a part of it cannot be one.
    pub fn read(request: &Request, settings: &Settings) -> Result<Self> {
        let method = Method::try_from(request.get_method()).map_err(|_| malformed())?;
        let mut headers = HeaderMap::new();
        for (name, value) in request.get_headers().copy_all() {
            let name = HeaderName::try_from(name).map_err(|_| malformed())?;
            headers.append(name, HeaderValue::try_from(value).map_err(|_| malformed())?);
        }
        let is_internal = settings.internal_key.as_ref().is_some_and(|key| {
            headers.get(INTERNAL).is_some_and(|value| is_same(value.as_bytes(), key.as_bytes()))
        });
        let authority = request.get_authority();
        let outside = || authority.or_else(|| text(&headers, &header::HOST));
        let host = if is_internal { text(&headers, &HOST) } else { outside() };
        let client = client(&headers, is_internal, &settings.trusted_proxies);
        let is_without_tls = is_without_tls(&headers, is_internal, &settings.trusted_proxies);
        Ok(Self {
            method,
            target: request.get_path_with_query().unwrap_or_else(|| "/".to_owned()),
            host: host.unwrap_or_default(),
            client,
            is_without_tls,
            is_internal,
            headers: outward(headers),
        })
    }

    /// The path alone.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The headers for the component that answers instead.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when there is no key to prove ourselves by.
    pub fn inward(mut self, settings: &Settings) -> Result<HeaderMap> {
        let key = settings.internal_key.as_ref().ok_or_else(|| {
            Error::Unavailable("INTERNAL_KEY is missing, components cannot pass requests on".into())
        })?;
        self.headers.insert(INTERNAL, HeaderValue::try_from(key).map_err(Error::internal)?);
        self.headers.insert(HOST, HeaderValue::try_from(self.host).map_err(Error::internal)?);
        if let Some(client) = self.client {
            let client = HeaderValue::try_from(client.to_string()).map_err(Error::internal)?;
            self.headers.insert(CLIENT, client);
        }
        if self.is_without_tls {
            self.headers.insert(WITHOUT_TLS, HeaderValue::from_static("1"));
        }
        Ok(self.headers)
    }
}

/// Compares secrets in a time that does not depend on where they differ.
pub fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Nobody but Spin and we ourselves may speak to a component by these headers.
fn outward(headers: HeaderMap) -> HeaderMap {
    let is_inner = |name: &HeaderName| {
        let name = name.as_str();
        name.starts_with("spin-") || name.starts_with("x-pipit-")
    };
    let mut kept = HeaderMap::with_capacity(headers.len());
    for (name, value) in &headers {
        if *name != header::HOST && !is_inner(name) && !HOP_BY_HOP.contains(&name.as_str()) {
            kept.append(name.clone(), value.clone());
        }
    }
    kept
}

fn client(headers: &HeaderMap, is_internal: bool, trusted: &[IpAddr]) -> Option<IpAddr> {
    if is_internal {
        return text(headers, &CLIENT)?.parse().ok();
    }
    let peer = peer(headers)?;
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = hops.flat_map(|value| value.split(',')).collect();
    // Each proxy appends the address that it saw: from the right, the first that is not a proxy of ours.
    let hops = hops.iter().rev().map(|hop| hop.trim().parse::<IpAddr>().ok());
    hops.map(|hop| hop.map(|ip| ip.to_canonical()))
        .find(|hop| hop.is_none_or(|ip| !trusted.contains(&ip)))
        .unwrap_or(Some(peer))
}

/// The proxy's word, and of several proxies that of the one that we know.
fn is_without_tls(headers: &HeaderMap, is_internal: bool, trusted: &[IpAddr]) -> bool {
    if is_internal {
        return headers.contains_key(WITHOUT_TLS);
    }
    let said = headers.get_all("x-forwarded-proto").iter().next_back();
    peer(headers).is_some_and(|peer| trusted.contains(&peer))
        && said.is_some_and(|value| value.as_bytes().ends_with(b"http"))
}

fn peer(headers: &HeaderMap) -> Option<IpAddr> {
    let peer = text(headers, &HeaderName::from_static("spin-client-addr"))?;
    Some(peer.parse::<SocketAddr>().ok()?.ip().to_canonical())
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn malformed() -> Error {
    Error::invalid("The request is malformed.")
}

/// What a broken request body means.
pub fn broken(_: ErrorCode) -> Error {
    Error::invalid("The request ended early.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair =
            |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        list.iter().map(pair).collect()
    }

    #[test]
    fn forwarded_for_counts_only_behind_a_trusted_proxy_and_from_the_right() {
        let proxy: IpAddr = [10, 0, 0, 1].into();
        let sent = headers(&[
            ("spin-client-addr", "10.0.0.1:999"),
            ("x-forwarded-for", "1.1.1.1, 2.2.2.2"),
        ]);
        assert_eq!(client(&sent, false, &[]), Some(proxy));
        assert_eq!(client(&sent, false, &[proxy]), Some([2, 2, 2, 2].into()));
        let both: [IpAddr; 2] = [proxy, [2, 2, 2, 2].into()];
        assert_eq!(client(&sent, false, &both), Some([1, 1, 1, 1].into()));
    }

    #[test]
    fn a_hop_that_is_no_address_makes_the_client_unknown() {
        let proxy: IpAddr = [10, 0, 0, 1].into();
        let sent = headers(&[
            ("spin-client-addr", "10.0.0.1:999"),
            ("x-forwarded-for", "1.1.1.1, nonsense"),
        ]);
        assert_eq!(client(&sent, false, &[proxy]), None);
    }

    #[test]
    fn only_a_trusted_proxy_says_that_there_was_no_tls() {
        let proxy: IpAddr = [10, 0, 0, 1].into();
        for (said, inner, trusted, expected) in [
            ("http", "", vec![proxy], true),
            ("https, http", "", vec![proxy], true),
            ("http, https", "", vec![proxy], false),
            ("https", "1", vec![proxy], false),
            ("http", "", vec![], false),
        ] {
            let mut sent = headers(&[("spin-client-addr", "10.0.0.1:999")]);
            sent.insert("x-forwarded-proto", HeaderValue::from_static(said));
            if !inner.is_empty() {
                sent.insert(WITHOUT_TLS, HeaderValue::from_static(inner));
            }
            assert_eq!(is_without_tls(&sent, false, &trusted), expected, "{said} {trusted:?}");
            assert_eq!(is_without_tls(&sent, true, &trusted), !inner.is_empty(), "{said} inside");
        }
    }

    #[test]
    fn inner_headers_do_not_reach_the_functions() {
        let kept = outward(headers(&[
            ("spin-client-addr", "1.1.1.1:1"),
            ("x-pipit-internal", "guess"),
            ("host", "a.example"),
            ("accept", "text/html"),
        ]));
        assert_eq!(kept, headers(&[("accept", "text/html")]));
    }
}
