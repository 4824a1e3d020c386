//! A web page where a feed was expected: the feeds that it names take its place.

use crate::{address, moving};
use domain::rel_me;
use platform::{Context, Error, Result};
use serde::{Deserialize, Serialize};
use store::feed::Feed;
use url::Url;

/// The types under which pages name their feeds.
const TYPES: [&str; 5] = [
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/json",
];
const OFFERS_MAX: usize = 20;
const TITLE_CHARS_MAX: usize = 200;
const CHOOSE: &str = "That site has several feeds. Choose the one that you want.";

/// A feed that a page names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What the page calls it; may be empty.
    pub title: String,
    /// Where it is.
    pub url: String,
}

/// Puts the one feed of a page into the page's place, or keeps all of them for its readers to choose from.
/// False where the page names none.
pub async fn feeds(cx: &Context, page: &Feed, from: &Url, body: &[u8]) -> Result<bool> {
    let offers = offers(&String::from_utf8_lossy(body), from, |url| {
        address::parse(url, &cx.config).ok().map(String::from)
    });
    match offers.as_slice() {
        [] => return Ok(false),
        [only] => {
            let url = Url::parse(&only.url).map_err(Error::internal)?;
            store::feed::move_to(cx, page, &only.url, &moving::host(&url)).await?;
        }
        _ => {
            let json = serde_json::to_string(&offers).map_err(Error::internal)?;
            store::feed::offer(cx, &page.id, CHOOSE, &json).await?;
        }
    }
    Ok(true)
}

/// The feeds that a page names, each once, in the page's order.
fn offers(html: &str, from: &Url, allowed: impl Fn(&str) -> Option<String>) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    for link in rel_me::links(html) {
        let kind = link.kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !link.is("alternate") || !TYPES.contains(&kind.as_str()) || offers.len() >= OFFERS_MAX {
            continue;
        }
        // WordPress names an interface with this type; it is no feed.
        let is_interface = kind == "application/json" && link.href.contains("/wp-json/");
        let url = from.join(link.href.trim()).ok().and_then(|url| allowed(url.as_str()));
        let Some(url) = url.filter(|_| !is_interface) else { continue };
        if url != from.as_str() && offers.iter().all(|offer| offer.url != url) {
            let title = link.title.trim().chars().take(TITLE_CHARS_MAX).collect();
            offers.push(Offer { title, url });
        }
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<String> {
        let from = Url::parse("https://site.example/blog/").unwrap();
        let offers = offers(html, &from, |url| Some(url.to_owned()));
        offers.into_iter().map(|offer| format!("{} {}", offer.title, offer.url)).collect()
    }

    #[test]
    fn the_feeds_of_a_page_are_found_once_each() {
        let html = "<head><link rel=\"stylesheet alternate\" type=\"text/css\" href=\"x.css\">\
             <link rel=alternate type=application/rss+xml title=\"Posts &amp; notes\" href=feed.xml>\
             <LINK REL=\"Alternate\" TYPE=\"application/atom+xml; charset=utf-8\" HREF='/atom'>\
             <link rel=alternate type=application/rss+xml href=/blog/feed.xml>\
             <link rel=alternate type=application/json href=/wp-json/wp/v2/pages/1>\
             <!-- <link rel=alternate type=application/rss+xml href=/old> -->\
             <link rel=alternate hreflang=de href=/de>";
        assert_eq!(
            found(html),
            ["Posts & notes https://site.example/blog/feed.xml", " https://site.example/atom"]
        );
    }

    #[test]
    fn what_nobody_may_subscribe_to_is_not_offered() {
        let from = Url::parse("https://site.example/").unwrap();
        let html = "<link rel=alternate type=application/rss+xml href=http://127.0.0.1/>";
        assert_eq!(offers(html, &from, |_| None), []);
        assert_eq!(found("<p>no feed <link rel=me href=x>"), Vec::<String>::new());
    }
}
