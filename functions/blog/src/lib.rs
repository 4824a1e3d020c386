//! The public pages and the feed of a blog, on its own host name.

mod cache;
mod category;
mod feed;
mod home;
mod post;
mod preview;
mod robots;
mod rsd;
mod theme;
mod validators;

use platform::Site;
use web::{Function, Route, Who};

/// The function.
pub const FUNCTION: Function = Function { name: "blog", routes: ROUTES, jobs: &[] };

const ROUTES: &[Route] = &[
    Route::get("/", Who::Anyone, |v| Box::pin(home::show(v))).on(Site::Blog),
    Route::get("/page/{n}", Who::Anyone, |v| Box::pin(home::page(v))).on(Site::Blog),
    Route::get("/{yyyy}/{mm}/{dd}/{slug}", Who::Anyone, |v| Box::pin(post::show(v))).on(Site::Blog),
    Route::get("/preview/{key}", Who::Anyone, |v| Box::pin(preview::show(v))).on(Site::Blog),
    Route::get("/categories", Who::Anyone, |v| Box::pin(category::index(v))).on(Site::Blog),
    Route::get("/categories/{slug}", Who::Anyone, |v| Box::pin(category::show(v))).on(Site::Blog),
    Route::get("/categories/{slug}/before/{place}", Who::Anyone, |v| Box::pin(category::show(v)))
        .on(Site::Blog),
    Route::get("/feed.xml", Who::Anyone, |v| Box::pin(feed::show(v))).on(Site::Blog),
    Route::get("/feed", Who::Anyone, |v| Box::pin(feed::alias(v))).on(Site::Blog),
    Route::get("/rss", Who::Anyone, |v| Box::pin(feed::alias(v))).on(Site::Blog),
    Route::get("/rss.xml", Who::Anyone, |v| Box::pin(feed::alias(v))).on(Site::Blog),
    Route::get("/index.xml", Who::Anyone, |v| Box::pin(feed::alias(v))).on(Site::Blog),
    Route::get("/rsd.xml", Who::Anyone, |v| Box::pin(rsd::show(v))).on(Site::Blog),
    Route::get("/favicon.ico", Who::Anyone, |v| Box::pin(robots::icon(v))).on(Site::Blog),
    Route::get("/favicon.ico", Who::Anyone, |v| Box::pin(robots::icon(v))),
    Route::get("/robots.txt", Who::Anyone, |v| Box::pin(robots::show(v))).on(Site::Blog),
    // The Worker's platform has a place for static files and answers these itself.
    #[cfg(not(all(target_arch = "wasm32", not(target_os = "wasi"))))]
    Route::get("/static/{file}", Who::Anyone, |v| Box::pin(web::assets::show(v))).on(Site::Blog),
    #[cfg(not(all(target_arch = "wasm32", not(target_os = "wasi"))))]
    Route::get("/static/{file}", Who::Anyone, |v| Box::pin(web::assets::show(v))),
    Route::get("/{path*}", Who::Anyone, |v| Box::pin(post::page(v))).on(Site::Blog),
];

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
