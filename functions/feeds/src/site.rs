//! The job `site-check`: looks whether the web sites of people here point back to them.
//!
//! It lives here because this component alone may reach anywhere. The jobs make a chain like those of
//! the feeds: each writes the next one down before it does anything else.

use domain::rel_me;
use http::{Method, StatusCode, header};
use platform::{Call, Context, Error, Result};
use store::profile::{self, DueSite, SITE_CHECK};
use url::Url;

const LOOK_AGAIN_SECONDS: i64 = 300;
const DUE_MAX: i64 = 10;
/// Longer than all of one run can take.
const LEASE_SECONDS: i64 = 15 * 60;
const BODY_BYTES_MAX: usize = 1 << 20;
const REDIRECTS_MAX: u8 = 5;
const DAY: i64 = 86_400;

/// Checks up to ten sites that are due; what goes wrong with one stops no other.
///
/// # Errors
/// Only when the database does not answer; the leases end by themselves then.
pub async fn run(cx: &Context) -> Result<()> {
    profile::look_again(cx, SITE_CHECK, LOOK_AGAIN_SECONDS).await?;
    for due in profile::lease_sites(cx, DUE_MAX, LEASE_SECONDS).await? {
        let points_back = match check(cx, &due).await {
            Ok(points_back) => points_back,
            Err(error) => {
                cx.log(&format!("site of {}: {error}", due.account_id));
                false
            }
        };
        // One miss of a verified site may be an accident: a day later it is asked once more.
        let days = if due.is_verified && !points_back { 1 } else { 7 };
        let next_at = cx.seconds().saturating_add(DAY.saturating_mul(days));
        profile::site_checked(cx, &due, points_back, next_at).await?;
    }
    Ok(())
}

async fn check(cx: &Context, due: &DueSite) -> Result<bool> {
    let parse = |address: &str| Url::parse(address).map_err(Error::internal);
    let site = parse(&due.site)?;
    let blog = parse(&cx.config.blog_origin(&due.username, due.domain.as_deref()))?;
    if rel_me::is_same_page(&site, &blog) {
        return Ok(true);
    }
    let profile = parse(&cx.config.app_url(&format!("/@{}", due.username)))?;
    let agent =
        format!("Pipit/{} (+{})", env!("CARGO_PKG_VERSION"), cx.config.app_url("/developers"));
    let mut call = Call::new(Method::GET, site)
        .header(header::USER_AGENT, &agent)?
        .header(header::ACCEPT, "text/html, application/xhtml+xml;q=0.9, */*;q=0.1")?;
    call.body_bytes_max = BODY_BYTES_MAX;
    call.redirects_max = REDIRECTS_MAX;
    let (from, answer) = cx.http.send(call).await?;
    let html = String::from_utf8_lossy(answer.body());
    Ok(answer.status() == StatusCode::OK && rel_me::points_to(&html, &from, &[profile, blog]))
}
