//! Reading: the timeline, the feeds and people that one follows, the fetching of those feeds, and the hub for
//! those who read the feeds of blogs here.

mod address;
mod atom;
mod content;
mod conversation;
mod discover;
mod dns;
pub mod document;
mod due;
mod entries;
mod fetch;
mod follow;
mod hostname;
mod hub;
mod import;
mod item;
mod json;
mod lists;
mod moving;
mod mutes;
mod opml;
mod own_domain;
mod people_api;
mod push;
mod rss;
mod schedule;
mod site;
mod subscription;
mod timeline;
mod timeline_api;
mod xml;

use domain::feed::{CLOUD_PATH, HUB_PATH};
use platform::Policy;
use store::hub::{DELIVERY, PUBLICATION, VERIFICATION};
use web::{Function, Job, Lane, Limit, Per, Route, Who};

/// The function: what it answers and what jobs it carries out.
pub const FUNCTION: Function =
    Function { name: "feeds", routes: ROUTES, jobs: JOBS, lane: Lane::Strangers };

/// Everything that it answers.
pub const ROUTES: &[Route] = &[
    Route::get("/", Who::Anyone, |v| Box::pin(timeline::index(v))),
    Route::get("/timeline/new", Who::Session, |v| Box::pin(timeline::count(v))),
    Route::post("/timeline/marker", Who::Session, |v| Box::pin(timeline::mark(v))).limits(CHANGES),
    Route::get("/mentions", Who::Session, |v| Box::pin(lists::mentions(v))),
    Route::get("/discover", Who::Session, |v| Box::pin(lists::discover(v))),
    Route::get("/conversation/{id}", Who::Session, |v| Box::pin(lists::conversation(v))),
    Route::get("/conversation.js", Who::Anyone, |v| Box::pin(conversation::show(v)))
        .limits(CONVERSATIONS)
        .from_anywhere(),
    Route::get("/bookmarks", Who::Session, |v| Box::pin(lists::bookmarks(v))),
    Route::post("/bookmarks", Who::Session, |v| Box::pin(lists::mark(v))).limits(CHANGES),
    Route::get("/mutes", Who::Session, |v| Box::pin(mutes::index(v))),
    Route::post("/mutes", Who::Session, |v| Box::pin(mutes::create(v))).limits(CHANGES),
    Route::post("/mutes/deletion", Who::Session, |v| Box::pin(mutes::delete(v))).limits(CHANGES),
    Route::get("/posts/all", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/timeline", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/mentions", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/discover", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/photos", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/media", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/bookmarks", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/favorites", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/replies", Who::Token(&["read"]), |v| Box::pin(timeline_api::list(v))),
    Route::get("/posts/conversation", Who::Token(&["read"]), |v| {
        Box::pin(timeline_api::conversation(v))
    }),
    Route::get("/posts/check", Who::Token(&["read"]), |v| Box::pin(timeline_api::check(v))),
    Route::post("/posts/markers", Who::Token(&["read"]), |v| Box::pin(timeline_api::mark(v)))
        .limits(CHANGES),
    Route::post("/posts/bookmarks", FOLLOW, |v| Box::pin(timeline_api::mark_item(v)))
        .limits(CHANGES),
    Route::delete("/posts/bookmarks/{id}", FOLLOW, |v| Box::pin(timeline_api::unmark_item(v)))
        .limits(CHANGES),
    Route::post("/posts/favorites", FOLLOW, |v| Box::pin(timeline_api::mark_item(v)))
        .limits(CHANGES),
    Route::delete("/posts/favorites/{id}", FOLLOW, |v| Box::pin(timeline_api::unmark_item(v)))
        .limits(CHANGES),
    Route::post("/users/follow", FOLLOW, |v| Box::pin(people_api::follow(v))).limits(CHANGES),
    Route::post("/users/unfollow", FOLLOW, |v| Box::pin(people_api::unfollow(v))).limits(CHANGES),
    Route::get("/users/is_following", Who::Token(&["read"]), |v| {
        Box::pin(people_api::is_following(v))
    }),
    Route::get("/users/following/{username}", Who::Token(&["read"]), |v| {
        Box::pin(people_api::following(v))
    }),
    Route::get("/users/discover/{username}", Who::Token(&["read"]), |v| {
        Box::pin(people_api::discover(v))
    }),
    Route::get("/users/search", Who::Token(&["read"]), |v| Box::pin(people_api::search(v))),
    Route::post("/users/mute", FOLLOW, |v| Box::pin(people_api::mute(v))).limits(CHANGES),
    Route::post("/users/block", FOLLOW, |v| Box::pin(people_api::block(v))).limits(CHANGES),
    Route::get("/users/muting", Who::Token(&["read"]), |v| Box::pin(people_api::muting(v))),
    Route::get("/users/blocking", Who::Token(&["read"]), |v| Box::pin(people_api::blocking(v))),
    Route::delete("/users/muting/{id}", FOLLOW, |v| Box::pin(people_api::go_on(v))).limits(CHANGES),
    Route::delete("/users/blocking/{id}", FOLLOW, |v| Box::pin(people_api::go_on(v)))
        .limits(CHANGES),
    Route::get("/subscriptions", Who::Session, |v| Box::pin(subscription::index(v))),
    Route::post("/subscriptions", Who::Session, |v| Box::pin(subscription::create(v)))
        .limits(CHANGES),
    Route::get("/subscriptions.opml", Who::Session, |v| Box::pin(import::export(v))),
    Route::post("/subscriptions/import", Who::Session, |v| Box::pin(import::create(v)))
        .limits(IMPORTS)
        .body(import::BODY_BYTES_MAX),
    Route::get("/subscriptions/imports/{id}", Who::Session, |v| Box::pin(import::show(v))),
    Route::post("/subscriptions/{id}/deletion", Who::Session, |v| {
        Box::pin(subscription::delete(v))
    })
    .limits(CHANGES),
    Route::post("/subscriptions/{id}/refresh", Who::Session, |v| {
        Box::pin(subscription::refresh(v))
    })
    .limits(CHANGES),
    Route::post("/subscriptions/{id}/choice", Who::Session, |v| Box::pin(subscription::choose(v)))
        .limits(CHANGES),
    Route::post("/follows", Who::Session, |v| Box::pin(follow::create(v))).limits(CHANGES),
    Route::post("/follows/{username}/deletion", Who::Session, |v| Box::pin(follow::delete(v)))
        .limits(CHANGES),
    Route::get("/websub/{id}", Who::Anyone, |v| Box::pin(push::verify(v)))
        .limits(push::LIMITS)
        .for_programs(),
    Route::post("/websub/{id}", Who::Signature, |v| Box::pin(push::notified(v)))
        .limits(push::LIMITS)
        .body(push::BODY_BYTES_MAX),
    Route::post("/ping", Who::Anyone, |v| Box::pin(push::ping(v)))
        .limits(push::PINGS)
        .body(hub::BODY_BYTES_MAX)
        .for_programs(),
    Route::post(HUB_PATH, Who::Anyone, |v| Box::pin(hub::act(v)))
        .limits(hub::LIMITS)
        .body(hub::BODY_BYTES_MAX)
        .for_programs(),
    Route::post(CLOUD_PATH, Who::Anyone, |v| Box::pin(hub::cloud::act(v)))
        .limits(hub::LIMITS)
        .body(hub::BODY_BYTES_MAX)
        .for_programs(),
];

/// The kinds of jobs that it carries out.
pub const JOBS: &[Job] = &[
    Job { kind: store::feed::DUE, run: |cx, _| Box::pin(due::run(cx)) },
    Job { kind: store::import::IMPORT, run: |cx, job| Box::pin(import::run(cx, &job.subject)) },
    Job { kind: store::own_domain::CHECK, run: |cx, _| Box::pin(own_domain::run(cx)) },
    Job { kind: store::own_domain::RELEASE, run: |cx, job| Box::pin(hostname::release(cx, job)) },
    Job { kind: store::push::ASK, run: |cx, job| Box::pin(push::ask(cx, job)) },
    Job { kind: VERIFICATION, run: |cx, job| Box::pin(hub::verification::run(cx, job)) },
    Job { kind: PUBLICATION, run: |cx, job| Box::pin(hub::delivery::publish(cx, job)) },
    Job { kind: DELIVERY, run: |cx, job| Box::pin(hub::delivery::run(cx, job)) },
    Job { kind: store::profile::SITE_CHECK, run: |cx, _| Box::pin(site::run(cx)) },
];

/// A program that may follow, mute and mark for its person.
const FOLLOW: Who = Who::Token(&["follow"]);

const IMPORTS: &[Limit] = &[
    Limit {
        per: Per::Address,
        policy: Policy { name: "imports-address", count: 20, window_seconds: 3600 },
    },
    Limit {
        per: Per::Account,
        policy: Policy { name: "imports-account", count: 10, window_seconds: 3600 },
    },
];

/// Readers of blogs behind one address can be many.
const CONVERSATIONS: &[Limit] = &[Limit {
    per: Per::Address,
    policy: Policy { name: "conversations", count: 600, window_seconds: 60 },
}];

const CHANGES: &[Limit] = &[
    Limit {
        per: Per::Address,
        policy: Policy { name: "reading-address", count: 120, window_seconds: 300 },
    },
    Limit {
        per: Per::Account,
        policy: Policy { name: "reading-account", count: 60, window_seconds: 300 },
    },
];

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
