//! The sitemap of a blog: one list where it is short, else a list of parts by month, so that none costs
//! more than its own rows.

use crate::{
    cache::{self, Key, Page, Rendered},
    theme, validators,
};
use domain::{blog::Blog, datetime, sitemap};
use http::StatusCode;
use platform::{Context, Response, Result};
use web::Visit;

/// The most posts of one list; the protocol allows 50,000.
const POSTS: i64 = 1000;
/// More parts than a month of any blog has.
const PARTS: std::ops::RangeInclusive<i64> = 1..=10_000;
const XML: &str = "application/xml; charset=utf-8";
/// What every blog has beside its posts.
const PLACES: [&str; 4] = ["/", "/archive", "/categories", "/photos"];

/// A sitemap or a part of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sitemap {
    /// Where the others are, or all there is.
    Whole,
    /// The pages.
    Pages,
    /// The posts of a month such as `2026-11`, from the first, second, … thousand.
    Month(String, i64),
}

impl Sitemap {
    /// Its one path on the blog's host.
    pub fn path(&self) -> String {
        match self {
            Self::Whole => "/sitemap.xml".to_owned(),
            Self::Pages => "/sitemap/pages.xml".to_owned(),
            Self::Month(month, part) => format!("/sitemap/{month}-{part}.xml"),
        }
    }

    fn of_file(file: &str) -> Option<Self> {
        let name = file.strip_suffix(".xml")?;
        if name == "pages" {
            return Some(Self::Pages);
        }
        let (month, part) = name.rsplit_once('-')?;
        let (month, part) =
            (month.to_owned(), part.parse().ok().filter(|part| PARTS.contains(part))?);
        datetime::month_span(&month)?;
        let sitemap = Self::Month(month, part);
        (sitemap.path() == format!("/sitemap/{file}")).then_some(sitemap)
    }
}

/// `GET /sitemap.xml`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    answer(&v, Sitemap::Whole).await
}

/// `GET /sitemap/{file}`
pub async fn part(v: Visit<'_>) -> Result<Response> {
    match Sitemap::of_file(v.param("file")) {
        Some(sitemap) => answer(&v, sitemap).await,
        None => theme::not_found(v.cx, &cache::blog(&v).await?).await,
    }
}

async fn answer(v: &Visit<'_>, sitemap: Sitemap) -> Result<Response> {
    let key = Key { blog: cache::blog(v).await?, page: Page::Sitemap(sitemap) };
    let response = cache::answer(v, &key, |cx, key| Box::pin(render(cx, key))).await?;
    let Some(mut response) = response else { return theme::not_found(v.cx, &key.blog).await };
    validators::keep_for_minutes(&mut response);
    Ok(response)
}

async fn render(cx: &Context, key: &Key) -> Result<Option<Rendered>> {
    let (Page::Sitemap(sitemap), blog) = (&key.page, &key.blog) else { return Ok(None) };
    let url = theme::origin(&cx.config, blog);
    let absolute = |path: &str| format!("{url}{path}");
    let is_short = blog.post_count <= POSTS;
    let text = match sitemap {
        Sitemap::Whole if is_short => {
            let mut all = pages(cx, blog).await?;
            let ever = (0, store::archive::END.0);
            all.extend(posts(cx, blog, ever, 0).await?);
            sitemap::pages(&places(all, &absolute))
        }
        Sitemap::Whole => {
            let mut parts = vec![Sitemap::Pages];
            for (month, count) in store::archive::months(cx, &blog.id).await? {
                let last = count.saturating_sub(1).checked_div(POSTS).unwrap_or(0);
                let part = |nth: i64| Sitemap::Month(month.clone(), nth.saturating_add(1));
                parts.extend((0..=last).map(part));
            }
            let part = |part: Sitemap| (absolute(&part.path()), None);
            sitemap::parts(&parts.into_iter().map(part).collect::<Vec<_>>())
        }
        Sitemap::Pages => sitemap::pages(&places(pages(cx, blog).await?, &absolute)),
        Sitemap::Month(month, part) => {
            let Some(span) = datetime::month_span(month) else { return Ok(None) };
            let posts = posts(cx, blog, span, part.saturating_sub(1)).await?;
            if posts.is_empty() {
                return Ok(None);
            }
            sitemap::pages(&places(posts, &absolute))
        }
    };
    Ok(Some(Rendered::new(StatusCode::OK, XML, blog, text)))
}

type Path = (String, Option<i64>);

fn places(paths: Vec<Path>, absolute: &dyn Fn(&str) -> String) -> Vec<sitemap::Place> {
    paths.into_iter().map(|(path, at)| (absolute(&path), at)).collect()
}

async fn pages(cx: &Context, blog: &Blog) -> Result<Vec<Path>> {
    let own = PLACES.iter().map(|path| ((*path).to_owned(), None));
    let pages = store::archive::list_page_paths(cx, &blog.id).await?;
    Ok(own.chain(pages.into_iter().map(|(path, at)| (path, Some(at)))).collect())
}

async fn posts(cx: &Context, blog: &Blog, span: (i64, i64), part: i64) -> Result<Vec<Path>> {
    let skipped = part.saturating_mul(POSTS);
    let paths = store::archive::list_paths(cx, &blog.id, span, skipped, POSTS).await?;
    Ok(paths.into_iter().map(|(path, at)| (path, Some(at))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_one_path() {
        for (file, is_part) in [
            ("pages.xml", true),
            ("2026-11-1.xml", true),
            ("2026-11-12.xml", true),
            ("2026-11-0.xml", false),
            ("2026-11-01.xml", false),
            ("2026-13-1.xml", false),
            ("2026-11.xml", false),
            ("pages", false),
            ("", false),
        ] {
            assert_eq!(Sitemap::of_file(file).is_some(), is_part, "{file}");
        }
    }
}
