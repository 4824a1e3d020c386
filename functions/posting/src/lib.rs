//! Writing: the composer, one's own posts and pages, their files, and the doors for apps.

mod api;
mod attach;
mod autosave;
mod category;
mod compose;
mod draft;
mod library;
mod media;
mod micropub;
mod micropub_media;
mod micropub_pieces;
mod micropub_query;
mod own_blog;
mod page;
mod post;
mod publish;
mod range;
mod timeline;
mod xmlrpc;

use platform::{Policy, Site};
use web::{Function, Job, Lane, Limit, Per, Route, Who};

/// The function.
pub const FUNCTION: Function =
    Function { name: "posting", routes: ROUTES, jobs: JOBS, lane: Lane::Own };

const ROUTES: &[Route] = &[
    Route::get("/posts", Who::Session, |v| Box::pin(post::index(v))),
    Route::get("/posts/new", Who::Session, |v| Box::pin(compose::new(v))),
    Route::post("/posts", Who::Session, |v| Box::pin(compose::create(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::post("/posts/draft", Who::Session, |v| Box::pin(autosave::save(v)))
        .limits(TYPE)
        .body(autosave::BODY_BYTES_MAX),
    Route::post("/posts/preview", Who::Session, |v| Box::pin(autosave::preview(v)))
        .limits(LOOK)
        .body(autosave::BODY_BYTES_MAX),
    Route::post("/posts/files", Who::Session, |v| Box::pin(autosave::upload(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::post("/posts/{id}/edits/deletion", Who::Session, |v| Box::pin(autosave::discard(v)))
        .limits(WRITE),
    Route::get("/posts/{id}/edit", Who::Session, |v| Box::pin(compose::edit(v))),
    Route::post("/posts/{id}", Who::Session, |v| Box::pin(compose::update(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::post("/posts/{id}/deletion", Who::Session, |v| Box::pin(post::delete(v))).limits(WRITE),
    Route::post("/posts/{id}/undeletion", Who::Session, |v| Box::pin(post::undelete(v)))
        .limits(WRITE),
    Route::get("/micropub", Who::Token(&[]), |v| Box::pin(micropub_query::show(v))),
    Route::post("/micropub", Who::Token(&[]), |v| Box::pin(micropub::act(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::get("/micropub/media", Who::Token(&[]), |v| Box::pin(micropub_media::index(v))),
    Route::post("/micropub/media", Who::Token(&[]), |v| Box::pin(micropub_media::act(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::post("/micropub/media/append", Who::Token(&[]), |v| {
        Box::pin(micropub_pieces::append(v))
    })
    .limits(PIECE)
    .body(micropub_pieces::BODY_BYTES_MAX),
    Route::post("/micropub/media/finished", Who::Token(&[]), |v| {
        Box::pin(micropub_pieces::finish(v))
    })
    .limits(WRITE),
    Route::get("/micropub/media/waiting", Who::Token(&[]), |v| Box::pin(micropub_pieces::wait(v))),
    Route::post("/posts", Who::Token(&["create", "draft"]), |v| Box::pin(api::create(v)))
        .limits(WRITE)
        .body(TEXT_BYTES_MAX),
    Route::post("/posts/{id}", Who::Token(&["update"]), |v| Box::pin(api::update(v)))
        .limits(WRITE)
        .body(TEXT_BYTES_MAX),
    Route::delete("/posts/{id}", Who::Token(&["delete"]), |v| Box::pin(api::delete(v)))
        .limits(WRITE),
    Route::post("/posts/reply", Who::Token(&["create"]), |v| Box::pin(api::reply(v)))
        .limits(WRITE)
        .body(TEXT_BYTES_MAX),
    Route::get("/posts/{username}", Who::Anyone, |v| Box::pin(api::list(v)))
        .from_anywhere()
        .limits(READ),
    Route::get("/pages", Who::Session, |v| Box::pin(page::index(v))),
    Route::post("/pages/{id}/navigation", Who::Session, |v| Box::pin(page::show(v))).limits(WRITE),
    Route::post("/pages/{id}/position", Who::Session, |v| Box::pin(page::shift(v))).limits(WRITE),
    Route::get("/media", Who::Session, |v| Box::pin(library::index(v))),
    Route::post("/media", Who::Session, |v| Box::pin(library::create(v)))
        .limits(WRITE)
        .body(BODY_BYTES_MAX),
    Route::post("/media/{name}", Who::Session, |v| Box::pin(library::describe(v))).limits(WRITE),
    Route::post("/media/{name}/deletion", Who::Session, |v| Box::pin(library::delete(v)))
        .limits(WRITE),
    Route::get("/settings/categories", Who::Session, |v| Box::pin(category::index(v))),
    Route::post("/settings/categories", Who::Session, |v| Box::pin(category::create(v)))
        .limits(WRITE),
    Route::get("/settings/categories/{slug}", Who::Session, |v| Box::pin(category::edit(v))),
    Route::post("/settings/categories/{slug}", Who::Session, |v| Box::pin(category::update(v)))
        .limits(WRITE),
    Route::post("/settings/categories/{slug}/deletion", Who::Session, |v| {
        Box::pin(category::delete(v))
    })
    .limits(WRITE),
    Route::post("/xmlrpc", Who::Anyone, |v| Box::pin(xmlrpc::act(v)))
        .limits(xmlrpc::LIMITS)
        .body(xmlrpc::BODY_BYTES_MAX)
        .guards_a_secret()
        .from_anywhere(),
    Route::post("/xmlrpc.php", Who::Anyone, |v| Box::pin(xmlrpc::act(v)))
        .on(Site::Blog)
        .limits(xmlrpc::LIMITS)
        .body(xmlrpc::BODY_BYTES_MAX)
        .guards_a_secret()
        .from_anywhere(),
    Route::get("/t/{blog}/{file}", Who::Anyone, |v| Box::pin(media::show(v))).on(Site::Media),
];

const JOBS: &[Job] = &[
    // First: it takes no time, and people wait for it.
    Job { kind: store::fanout::JOB, run: |cx, job| Box::pin(timeline::run(cx, job)) },
    Job { kind: store::category_change::CHANGE, run: |cx, job| Box::pin(category::run(cx, job)) },
    Job { kind: store::media::DELETION, run: |cx, job| Box::pin(media::delete(cx, job)) },
    Job { kind: store::post::PUBLICATION, run: |cx, job| Box::pin(publish::run_due(cx, job)) },
    Job {
        kind: store::search::INDEX,
        run: |cx, job| Box::pin(store::search::index(cx, &job.subject)),
    },
    Job { kind: store::post::PURGE, run: |cx, job| Box::pin(publish::purge(cx, job)) },
    Job {
        kind: store::upload::DELETION,
        run: |cx, job| Box::pin(micropub_pieces::delete(cx, job)),
    },
];

/// A picture of 45 MiB, the longest text, and what a form puts around them.
const BODY_BYTES_MAX: usize = 48 << 20;

/// A text of the greatest length in JSON, every character of it escaped.
const TEXT_BYTES_MAX: usize = 4 << 20;

const READ: &[Limit] = &[Limit {
    per: Per::Address,
    policy: Policy { name: "read-5m", count: 300, window_seconds: 300 },
}];
const WRITE: &[Limit] = &[limit(Per::Address), limit(Per::Account)];

const fn limit(per: Per) -> Limit {
    Limit { per, policy: Policy { name: "write-5m", count: 60, window_seconds: 300 } }
}

/// A script keeps what somebody types, at most every other second, and shows how it looks.
const TYPE: &[Limit] = &[typing("draft-5m", Per::Address), typing("draft-5m", Per::Account)];
const LOOK: &[Limit] = &[typing("preview-5m", Per::Address), typing("preview-5m", Per::Account)];

const fn typing(name: &'static str, per: Per) -> Limit {
    Limit { per, policy: Policy { name, count: 200, window_seconds: 300 } }
}

/// A file of 45 megabytes has as many pieces.
const PIECE: &[Limit] = &[piece(Per::Address), piece(Per::Account)];

const fn piece(per: Per) -> Limit {
    Limit { per, policy: Policy { name: "piece-5m", count: 300, window_seconds: 300 } }
}

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
