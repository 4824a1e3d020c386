//! Sitemaps (<https://www.sitemaps.org/protocol.html>): where the pages of a blog are, for search engines.

use crate::{datetime, xml::Xml};

const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");

/// A page, or a part of a sitemap: its absolute address, and when it changed, in unix seconds.
pub type Place = (String, Option<i64>);

/// The addresses of pages.
pub fn pages(places: &[Place]) -> String {
    document("urlset", "url", places)
}

/// The addresses of the parts that such a list has.
pub fn parts(places: &[Place]) -> String {
    document("sitemapindex", "sitemap", places)
}

fn document(root: &str, each: &str, places: &[Place]) -> String {
    let mut xml = Xml::new();
    xml.open(root, &[NAMESPACE]);
    for (address, changed_at) in places {
        xml.open(each, &[]);
        xml.element("loc", address);
        if let Some(at) = changed_at {
            xml.element("lastmod", &datetime::rfc3339(*at));
        }
        xml.close(each);
    }
    xml.close(root);
    xml.finish()
}
