//! Which addresses an outgoing call may have: an allow-list of the public Internet.
//!
//! Deny-lists of private ranges were got wrong again and again elsewhere; so hosts that are IP
//! literals, in any notation, are refused, and names are left to the runtime, which resolves them
//! and lets only global addresses through (workerd by default, Spin by `block_networks`).

use crate::{Config, DEV, Error, Result};
use std::net::IpAddr;
use url::{Host, Url};

const URL_CHARS_MAX: usize = 2048;
/// RFC 6761, RFC 6762, RFC 7686, RFC 8375 and names that networks use inside.
const SPECIAL_NAMES: [&str; 10] = [
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "onion",
    "test",
    "invalid",
];

/// Whether an address may be called. The URL is already parsed as WHATWG says, so every notation of
/// an IPv4 address, full-width digits and percent-encoding have become plain.
///
/// # Errors
/// [`Error::Outgoing`] with a sentence that says what is wrong with the address.
pub fn check_url(url: &Url, config: &Config) -> Result<()> {
    if DEV && is_allowed_loopback(url, &config.outbound_allow) {
        return Ok(());
    }
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("Only http and https addresses can be fetched.");
    }
    if url.as_str().len() > URL_CHARS_MAX {
        return refuse("That address is too long.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refuse("That address holds a user name or password.");
    }
    if !matches!(url.port_or_known_default(), Some(80 | 443)) {
        return refuse("Only the ports 80 and 443 can be fetched.");
    }
    match url.host() {
        Some(Host::Domain(name)) => check_name(name, config),
        _ => refuse("An address must have a name, not a number."),
    }
}

fn check_name(name: &str, config: &Config) -> Result<()> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    if !name.contains('.') || SPECIAL_NAMES.contains(&last) || name.ends_with(".home.arpa") {
        return refuse("That name is not on the public Internet.");
    }
    // Services that answer with the address that is part of the name.
    if ["nip.io", "sslip.io", "xip.io", "localtest.me"].iter().any(|s| is_below(&name, s)) {
        return refuse("That name stands for a bare address.");
    }
    if config.is_own_host(&name) {
        return refuse("That address is one of our own.");
    }
    Ok(())
}

fn is_below(name: &str, suffix: &str) -> bool {
    name == suffix || name.strip_suffix(suffix).is_some_and(|rest| rest.ends_with('.'))
}

/// Development only: `host:port` pairs on loopback that stand-ins listen on.
fn is_allowed_loopback(url: &Url, allowed: &[String]) -> bool {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return false;
    };
    let is_loopback = host == "localhost"
        || host.ends_with(".localhost")
        || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    url.scheme() == "http" && is_loopback && allowed.contains(&format!("{host}:{port}"))
}

/// Whether an address is global unicast: what a host that resolves names itself may connect to.
/// Ranges are those of the IANA special-purpose registries (RFC 6890) and multicast.
pub fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let is_local = matches!(
                (a, b),
                (0 | 10 | 127 | 224.., _)
                    | (100, 64..=127)
                    | (169, 254)
                    | (172, 16..=31)
                    | (192, 168)
                    | (198, 18..=19)
            );
            let is_special = matches!(
                (a, b, c),
                (192, 0, 0 | 2)
                    | (192, 31, 196)
                    | (192, 52, 193)
                    | (192, 88, 99)
                    | (192, 175, 48)
                    | (198, 51, 100)
                    | (203, 0, 113)
            );
            !is_local && !is_special
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            let is_unicast = a & 0xe000 == 0x2000;
            let is_special = matches!(
                (a, b, c),
                (0x2001, 0..=0x1ff | 0xdb8, _)
                    | (0x2002, _, _)
                    | (0x2620, 0x4f, 0x8000)
                    | (0x3fff, 0..=0xfff, _)
            );
            is_unicast && !is_special
        }
    }
}

fn refuse(words: &'static str) -> Result<()> {
    Err(Error::Outgoing(words.into()))
}
