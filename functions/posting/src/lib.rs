//! Writing: the composer, one's own posts, the person who writes them, and the files that belong to them.

mod avatar;
mod draft;
mod gravatar;
mod media;
mod person;
mod post;
mod profile;
mod publish;
mod range;

use platform::{Policy, Site};
use web::{Function, Job, Limit, Per, Route, Who};

/// The function.
pub const FUNCTION: Function = Function { name: "posting", routes: ROUTES, jobs: JOBS };

const ROUTES: &[Route] = &[
    Route::get("/posts", Who::Session, |v| Box::pin(post::index(v))),
    Route::get("/posts/new", Who::Session, |v| Box::pin(post::new(v))),
    Route::post("/posts", Who::Session, |v| Box::pin(post::create(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::get("/posts/{id}/edit", Who::Session, |v| Box::pin(post::edit(v))),
    Route::post("/posts/{id}", Who::Session, |v| Box::pin(post::update(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::post("/posts/{id}/deletion", Who::Session, |v| Box::pin(post::delete(v))).limits(WRITE),
    Route::get("/settings/profile", Who::Session, |v| Box::pin(profile::edit(v))),
    Route::post("/settings/profile", Who::Session, |v| Box::pin(profile::update(v)))
        .limits(WRITE)
        .body(profile::BODY_BYTES_MAX),
    Route::post("/account/timezone", Who::Session, |v| Box::pin(profile::learn_timezone(v)))
        .limits(WRITE),
    Route::get("/@{username}", Who::Anyone, |v| Box::pin(person::show(v))),
    Route::get("/avatars/{username}", Who::Anyone, |v| Box::pin(avatar::show(v))),
    Route::get("/t/{blog}/{file}", Who::Anyone, |v| Box::pin(media::show(v))).on(Site::Media),
];

const JOBS: &[Job] = &[
    Job { kind: store::media::DELETION, run: |cx, job| Box::pin(media::delete(cx, job)) },
    Job { kind: store::post::PUBLICATION, run: |cx, job| Box::pin(publish::run_due(cx, job)) },
    Job { kind: store::post::PURGE, run: |cx, job| Box::pin(publish::purge(cx, job)) },
    Job { kind: store::profile::GRAVATAR_CHECK, run: |cx, _| Box::pin(gravatar::run(cx)) },
];

/// A picture of 45 MiB, the longest text, and what a form puts around them.
const BODY_BYTES_MAX: usize = 48 << 20;

const WRITE: &[Limit] = &[limit(Per::Address), limit(Per::Account)];

const fn limit(per: Per) -> Limit {
    Limit { per, policy: Policy { name: "write-5m", count: 60, window_seconds: 300 } }
}

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
