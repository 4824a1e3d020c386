//! rssCloud: `POST /rsscloud/pleaseNotify`, as rsscloud.co describes it and rsscloud-server does it.
//!
//! Two things are other than there. The handler is asked after the answer and not before it, because
//! nothing is called while somebody waits. And a handler needs a name: a bare network address, which is
//! what a registration without `domain` stands for, is called by nothing here.

use super::{ask, hosted, wish};
use domain::xml::Xml;
use http::StatusCode;
use platform::{Error, Response, Result};
use store::hub::Wish;
use url::Url;
use web::{Form, Visit};

/// The protocol's: 24 hours, and one to come again.
const LIFE_SECONDS: i64 = 25 * 3600;
const FEEDS_MAX: usize = 20;
const XML: &str = "text/xml; charset=utf-8";
const THANKS: &str = "Thanks for the registration. Your handler is being asked now; if it repeats the challenge, it \
                      will be notified. Register again after 24 hours: a registration ends after 25.";
const NAMELESS: &str = "Name the host of your handler in the parameter domain. Without it, the handler would be at a \
                        bare network address, and this server calls none.";

/// `POST /rsscloud/pleaseNotify`
pub async fn act(mut v: Visit<'_>) -> Result<Response> {
    let (is_success, words) = match take(&mut v).await {
        Ok(()) => (true, THANKS.into()),
        Err(Error::Invalid(words) | Error::Forbidden(words) | Error::MediaType(words)) => {
            (false, words)
        }
        Err(Error::Outgoing(words)) => {
            (false, format!("Your handler cannot be called. {words}").into())
        }
        Err(error) => return Err(error),
    };
    let mut xml = Xml::new();
    let success = if is_success { "true" } else { "false" };
    xml.empty("notifyResult", &[("success", success), ("msg", &words)]);
    Ok(web::no_store(web::text(StatusCode::OK, XML, xml.finish())))
}

async fn take(v: &mut Visit<'_>) -> Result<()> {
    let form = v.form().await?;
    let handler = handler(&form)?;
    let is_feed = |name: &str| name.get(..3).is_some_and(|name| name.eq_ignore_ascii_case("url"));
    let feeds: Vec<&str> =
        form.fields().filter(|(name, _)| is_feed(name)).map(|(_, value)| value.trim()).collect();
    if feeds.is_empty() || feeds.len() > FEEDS_MAX {
        return Err(Error::invalid("Name 1 to 20 feeds in the parameters url1, url2 and so on."));
    }
    let mut wishes = Vec::new();
    for address in feeds {
        let Some((blog, feed)) = hosted(v.cx, address).await? else {
            return Err(Error::invalid(format!(
                "{address} is not the address of a feed of a blog that is hosted here."
            )));
        };
        let mut wish = wish(v.cx, &blog, &feed, address, handler.clone())?;
        wish.subscription.is_cloud = true;
        wishes.push(Wish { lease_seconds: LIFE_SECONDS, ..wish });
    }
    ask(v.cx, &wishes).await
}

/// The address of the handler, which comes in parts.
fn handler(form: &Form) -> Result<Url> {
    let missing: Vec<&str> =
        ["port", "path", "protocol"].into_iter().filter(|name| form.get(name).is_empty()).collect();
    if !missing.is_empty() {
        return Err(Error::invalid(format!(
            "These parameters are missing: {}.",
            missing.join(", ")
        )));
    }
    let (domain, port, path) = (form.get("domain"), form.get("port"), form.get("path"));
    let scheme = match form.get("protocol") {
        "https-post" => "https",
        "http-post" if port == "443" => "https",
        "http-post" => "http",
        _ => return Err(Error::invalid("The protocol must be http-post or https-post.")),
    };
    if domain.is_empty() {
        return Err(Error::invalid(NAMELESS));
    }
    let path = path.strip_prefix('/').unwrap_or(path);
    let is_name = !domain.contains(['/', '@', '?', '#', ':', '\\']);
    Url::parse(&format!("{scheme}://{domain}:{port}/{path}"))
        .ok()
        .filter(|_| is_name)
        .ok_or_else(|| Error::invalid("Domain, port and path make no address."))
}
