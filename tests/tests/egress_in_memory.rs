//! Addresses that nobody may make us reach: refused before any connection, by name and by redirect.

use domain::secret::sha256_hex;
use host_native::Native;
use platform::{Config, check_url, is_global};
use std::net::{IpAddr, Ipv4Addr};
use tests::{Fixture, Pipit};
use url::Url;

/// Hosts, as they stand in an address.
const HOSTS: [&str; 68] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "0",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.1",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.175.48.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:a9fe:a9fe]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001::1]",
    "[2001:db8::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fec0::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[ff02::1]",
    "[100::1]",
    "[3fff::1]",
    "[5f00::1]",
    "[2620:4f:8000::1]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "a.localhost",
    "x.internal",
    "metadata.google.internal",
    "x.local",
    "x.home.arpa",
    "x.onion",
    "127.0.0.1.nip.io",
    "１２７.０.０.１",
    "ⓛocalhost",
    "%31%32%37.0.0.1",
    "printer",
    "x.test",
    "x.invalid",
    "x.lan",
    "x.localtest.me",
];
/// Whole addresses that try to be read in two ways, or by another program.
const ADDRESSES: [&str; 21] = [
    "http://good@127.0.0.1/",
    "http://127.0.0.1#@good/",
    "http://good\\@127.0.0.1/",
    "http://127.0.\t0.1/",
    "http://127.0.0\r\n.1/",
    "http:127.0.0.1",
    "http:\\\\127.0.0.1",
    "http://site.example:0/",
    "http://site.example:22/",
    "http://site.example:25/",
    "http://site.example:6379/",
    "http://site.example:65536/",
    "https://site.example:80x/",
    "file:///etc/passwd",
    "ftp://site.example/",
    "gopher://site.example/",
    "data:text/xml,<rss/>",
    "blob:http://site.example/x",
    "ws://site.example/",
    "unix:/var/run/x.sock",
    "jar:http://site.example!/",
];

fn vectors() -> Vec<String> {
    let hosts =
        HOSTS.iter().flat_map(|host| [format!("http://{host}/feed"), format!("https://{host}/")]);
    hosts.chain(ADDRESSES.iter().map(|address| (*address).to_owned())).collect()
}

fn config() -> Config {
    let settings = [
        ("APP_ORIGIN", "https://app.pipit.example"),
        ("BLOG_DOMAIN", "pipit.blog"),
        ("MEDIA_ORIGIN", "https://media.pipit.example"),
    ];
    Config::read(|name| {
        settings.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
    .expect("the settings are complete")
}

/// Every call that left, except mails.
fn calls(native: &Native) -> Vec<String> {
    let calls = native.http.calls();
    calls
        .iter()
        .filter(|call| call.url.port() != Some(8025))
        .map(|call| call.url.to_string())
        .collect()
}

#[test]
fn typed_by_a_person_they_are_refused_before_any_connection() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    memory.native.http.answer("", |_| http::Response::new("<rss/>".into()));
    for vector in vectors() {
        memory.native.clock.advance(60);
        let page = ann.post("/subscriptions", &[("url", &vector)]);
        assert_eq!(page.status, 422, "{vector}");
    }
    assert_eq!(calls(&memory.native), Vec::<String>::new());
}

#[test]
fn led_to_by_a_redirect_they_are_refused_before_any_connection() {
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let ann = pipit.sign_up("ann");
    memory.native.http.answer("", |_| http::Response::new("<rss/>".into()));
    let own = [
        pipit.blog_url(&ann),
        format!("http://{}/", pipit.app_host()),
        format!("http://{}/", pipit.media_host()),
    ];
    for (place, vector) in vectors().into_iter().chain(own).enumerate() {
        let start = format!("http://site{place}.example/feed");
        let to = vector.clone();
        memory.native.http.answer(&start, move |_| redirect(&to));
        memory.native.clock.advance(60);
        ann.post("/subscriptions", &[("url", &start)]).expect(303);
        let called = calls(&memory.native);
        let own_start = format!("http://site{place}.example/");
        assert!(called.iter().any(|url| url.starts_with(&own_start)), "{vector} is tried");
        // What is no address, or a relative one, leads nowhere or to the same site.
        let elsewhere = called.iter().find(|url| !url.starts_with("http://site"));
        assert_eq!(elsewhere, None, "{vector}");
    }
}

fn redirect(to: &str) -> http::Response<bytes::Bytes> {
    let location = http::HeaderValue::from_bytes(to.as_bytes())
        .unwrap_or_else(|_| http::HeaderValue::from_static("http://127.0.0.1/"));
    let mut answer = http::Response::new(bytes::Bytes::new());
    *answer.status_mut() = http::StatusCode::FOUND;
    answer.headers_mut().insert("location", location);
    answer
}

#[test]
fn our_own_hosts_are_refused() {
    let config = config();
    for own in [
        "https://app.pipit.example/",
        "https://APP.pipit.example./",
        "https://media.pipit.example/x",
        "https://pipit.blog/",
        "https://ann.pipit.blog/feed.xml",
        "http://ann.pipit.blog/",
    ] {
        let url = Url::parse(own).expect("it is an address");
        assert!(check_url(&url, &config).is_err(), "{own}");
    }
    for other in
        ["https://site.example/feed", "http://notpipit.blog/", "https://pipit.example.org/"]
    {
        let url = Url::parse(other).expect("it is an address");
        assert!(check_url(&url, &config).is_ok(), "{other}");
    }
}

/// The special-purpose ranges (RFC 6890 and its registry, multicast), written down once more and apart
/// from the code: network and length.
const SPECIAL: [(u32, u32); 20] = [
    (0x0000_0000, 8),
    (0x0a00_0000, 8),
    (0x6440_0000, 10),
    (0x7f00_0000, 8),
    (0xa9fe_0000, 16),
    (0xac10_0000, 12),
    (0xc000_0000, 24),
    (0xc000_0200, 24),
    (0xc01f_c400, 24),
    (0xc034_c100, 24),
    (0xc058_6300, 24),
    (0xc0a8_0000, 16),
    (0xc0af_3000, 24),
    (0xc612_0000, 15),
    (0xc633_6400, 24),
    (0xcb00_7100, 24),
    (0xe000_0000, 4),
    (0xf000_0000, 4),
    (0xffff_ffff, 32),
    (0xffff_ff00, 24),
];

#[test]
fn of_all_ipv4_ranges_only_global_ones_are_global() {
    // No special range is smaller than a /24, but for the last address of all.
    for network in 0..1_u32 << 24 {
        let first = network << 8;
        let is_special =
            SPECIAL.iter().any(|(special, length)| (first ^ special) >> (32 - length) == 0);
        for address in [first, first | 0xff] {
            let ip = IpAddr::V4(Ipv4Addr::from(address));
            assert_eq!(is_global(ip), !is_special, "{ip}");
        }
    }
}

#[test]
fn no_ipv4_address_is_a_host_in_any_notation() {
    let config = config();
    for start in 0..1_u32 << 16 {
        // A different end in each range of 65,536, the same in each run.
        let end = u32::from_str_radix(&sha256_hex(&start.to_be_bytes())[..4], 16).expect("hex");
        let n = (start << 16) | end;
        let [a, b, c, d] = n.to_be_bytes();
        let notations = [
            format!("{a}.{b}.{c}.{d}"),
            format!("{n}"),
            format!("0x{n:x}"),
            format!("0{n:o}"),
            format!("{a}.{}", n & 0xff_ffff),
            format!("{a}.{b}.{}", n & 0xffff),
            format!("0x{a:x}.0{b:o}.{c}.{d}."),
            format!("[::ffff:{a}.{b}.{c}.{d}]"),
        ];
        for host in notations {
            let refused = Url::parse(&format!("http://{host}/"))
                .is_ok_and(|url| check_url(&url, &config).is_err());
            assert!(refused, "{host}");
        }
    }
}

#[test]
fn a_site_that_is_allowed_stays_so() {
    let pipit = Pipit::in_memory();
    let ann = pipit.sign_up("ann");
    let site = Fixture::start(&pipit);
    let url = site.page("/feed", "text/xml", "<rss><channel><title>Fine</title></channel></rss>");
    ann.post("/subscriptions", &[("url", &url)]).expect(303);
    ann.get("/subscriptions").expect(200).expect_text("Fine");
}
