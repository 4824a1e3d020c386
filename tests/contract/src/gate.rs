//! Outgoing HTTP: what no visitor may make us reach.

use crate::{Kept, hold};
use http::Method;
use platform::{Call, Context, Error};
use url::Url;

const REFUSED: [&str; 16] = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://10.0.0.1/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://metadata.google.internal/",
    "http://127.0.0.1.nip.io/",
    "http://printer/",
    "http://example.com:22/",
    "http://user:password@example.com/",
    "file:///etc/passwd",
    "ftp://example.com/",
];

pub async fn refuses_private_addresses(cx: &Context) -> Kept {
    for address in REFUSED {
        let url = Url::parse(address).map_err(|error| format!("{address}: {error}"))?;
        let answer = cx.http.send(Call::new(Method::GET, url)).await;
        hold(
            matches!(answer, Err(Error::Outgoing(_))),
            format!("{address} is refused with words, not answered with {answer:?}"),
        )?;
    }
    // A host that is ours is not fetched either: that would be a visitor's way around the front door.
    let own = cx.http.send(Call::new(Method::GET, cx.config.app_origin.clone())).await;
    hold(matches!(own, Err(Error::Outgoing(_))), "our own address is refused")
}
