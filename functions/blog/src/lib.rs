//! The public pages and the feed of a blog, on its own host name.

mod archive;
mod cache;
mod category;
mod feed;
mod home;
mod photos;
mod post;
mod preview;
mod robots;
mod rsd;
mod search;
mod sitemap;
mod theme;
mod uploads;
mod validators;

use platform::{Policy, Site};
use web::feed::List;
use web::{Function, Handler, Lane, Limit, Per, Route, Who};

/// The function.
pub const FUNCTION: Function =
    Function { name: "blog", routes: ROUTES, jobs: &[], lane: Lane::Own };

/// Each search reads up to some thousand rows.
const SEARCHES: &[Limit] = &[Limit {
    per: Per::Address,
    policy: Policy { name: "search", count: 30, window_seconds: 60 },
}];

const fn get(path: &'static str, handler: Handler) -> Route {
    Route::get(path, Who::Anyone, handler).on(Site::Blog)
}

const ROUTES: &[Route] = &[
    get("/", |v| Box::pin(home::show(v))),
    get("/page/{n}", |v| Box::pin(home::page(v))),
    get("/{yyyy}/{mm}/{dd}/{slug}", |v| Box::pin(post::show(v))),
    get("/preview/{key}", |v| Box::pin(preview::show(v))),
    get("/archive", |v| Box::pin(archive::show(v))),
    get("/archive/{yyyy}/{mm}", |v| Box::pin(archive::month(v))),
    get("/archive/{yyyy}/{mm}/before/{place}", |v| Box::pin(archive::month(v))),
    get("/categories", |v| Box::pin(category::index(v))),
    get("/categories/{slug}", |v| Box::pin(category::show(v))),
    get("/categories/{slug}/before/{place}", |v| Box::pin(category::show(v))),
    get("/photos", |v| Box::pin(photos::show(v))),
    get("/photos/before/{place}", |v| Box::pin(photos::show(v))),
    get("/search", |v| Box::pin(search::show(v))).limits(SEARCHES),
    get("/theme.css", |v| Box::pin(theme::sheet(v))),
    get("/feed.xml", |v| Box::pin(feed::show(v, List::Posts))),
    get("/atom.xml", |v| Box::pin(feed::show(v, List::Posts))),
    get("/feed.json", |v| Box::pin(feed::show(v, List::Posts))),
    get("/before/{place}/{file}", |v| Box::pin(feed::show(v, List::Posts))),
    get("/replies.xml", |v| Box::pin(feed::show(v, List::Replies))),
    get("/replies.json", |v| Box::pin(feed::show(v, List::Replies))),
    get("/replies/before/{place}/{file}", |v| Box::pin(feed::show(v, List::Replies))),
    get("/categories/{slug}/{file}", |v| Box::pin(feed::of_category(v))),
    get("/categories/{slug}/before/{place}/{file}", |v| Box::pin(feed::of_category(v))),
    get("/photos/{file}", |v| Box::pin(feed::show(v, List::Photos))),
    get("/photos/before/{place}/{file}", |v| Box::pin(feed::show(v, List::Photos))),
    get("/archive/{file}", |v| Box::pin(feed::show(v, List::Archive))),
    get("/archive/before/{place}/{file}", |v| Box::pin(feed::show(v, List::Archive))),
    get("/feed", |v| Box::pin(feed::alias(v))),
    get("/rss", |v| Box::pin(feed::alias(v))),
    get("/rss.xml", |v| Box::pin(feed::alias(v))),
    get("/index.xml", |v| Box::pin(feed::alias(v))),
    get("/rsd.xml", |v| Box::pin(rsd::show(v))),
    get("/sitemap.xml", |v| Box::pin(sitemap::show(v))),
    get("/sitemap/{file}", |v| Box::pin(sitemap::part(v))),
    get("/robots.txt", |v| Box::pin(robots::show(v))),
    get("/uploads/{yyyy}/{name}", |v| Box::pin(uploads::show(v))),
    get("/favicon.ico", |v| Box::pin(robots::icon(v))),
    Route::get("/favicon.ico", Who::Anyone, |v| Box::pin(robots::icon(v))),
    // The Worker's platform has a place for static files and answers these itself.
    #[cfg(not(all(target_arch = "wasm32", not(target_os = "wasi"))))]
    get("/static/{file}", |v| Box::pin(web::assets::show(v))),
    #[cfg(not(all(target_arch = "wasm32", not(target_os = "wasi"))))]
    Route::get("/static/{file}", Who::Anyone, |v| Box::pin(web::assets::show(v))),
    get("/{path*}", |v| Box::pin(post::page(v))),
];

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
