//! The contract of the ports: what every host promises, said as cases that run inside the host.
//!
//! On this machine a test calls [`run`]; inside a runtime `POST /contract/{case}` does, in builds
//! made for tests alone. A case uses ids of its own and removes what it stored.

mod blobs;
mod db;
mod encodings;
mod gate;
mod jobs;
mod kv;
mod limits;
mod random;

use http::StatusCode;
use platform::{Context, Error, Local, Response};
use web::{Function, Lane, Route, Visit, Who};

/// What a case returns: nothing, or what was promised and not kept.
pub type Kept<T = ()> = Result<T, String>;
type Run = for<'a> fn(&'a Context) -> Local<'a, Kept>;

/// Every case by name.
pub const CASES: &[(&str, Run)] = &[
    ("db-rolls-back-whole", |cx| Box::pin(db::rolls_back_whole(cx))),
    ("db-unique-is-a-conflict", |cx| Box::pin(db::unique_is_a_conflict(cx))),
    ("db-integers-are-exact", |cx| Box::pin(db::integers_are_exact(cx))),
    ("db-text-is-any-unicode", |cx| Box::pin(db::text_is_any_unicode(cx))),
    ("db-null-is-null", |cx| Box::pin(db::null_is_null(cx))),
    ("db-sees-its-own-batch", |cx| Box::pin(db::sees_its_own_batch(cx))),
    ("db-counts-rows", |cx| Box::pin(db::counts_rows(cx))),
    ("kv-keeps-values", |cx| Box::pin(kv::keeps_values(&cx.kv, cx))),
    ("cache-keeps-values", |cx| Box::pin(kv::keeps_values(&cx.cache, cx))),
    ("blobs-keep-objects", |cx| Box::pin(blobs::keep_objects(cx))),
    ("blobs-give-ranges", |cx| Box::pin(blobs::give_ranges(cx))),
    ("blobs-list-in-order", |cx| Box::pin(blobs::list_in_order(cx))),
    ("blobs-take-streams", |cx| Box::pin(blobs::take_streams(cx))),
    ("limits-count-to-ten", |cx| Box::pin(limits::count_to_ten(cx))),
    ("limits-answer-as-gcra", |cx| Box::pin(limits::answer_as_gcra(cx))),
    ("gate-refuses-private-addresses", |cx| Box::pin(gate::refuses_private_addresses(cx))),
    ("jobs-are-leased-once", |cx| Box::pin(jobs::are_leased_once(cx))),
    ("jobs-that-fail-are-put-off", |cx| Box::pin(jobs::that_fail_are_put_off(cx))),
    ("jobs-that-end-their-runner-end", |cx| Box::pin(jobs::that_end_their_runner_end(cx))),
    ("encodings-become-text", |cx| Box::pin(encodings::become_text(cx))),
    ("random-never-repeats", |cx| Box::pin(random::never_repeats(cx))),
];

/// The routes that builds for tests have beside the functions'.
pub const FUNCTION: Function = Function {
    name: "contract",
    routes: &[
        Route::post("/contract/{case}", Who::Anyone, |v| Box::pin(show(v))),
        Route::post("/contract/bench/render", Who::Anyone, |v| Box::pin(render(v))).body(1 << 20),
        Route::get("/contract/panic", Who::Anyone, |v| Box::pin(panic_on_purpose(v))),
    ],
    jobs: &[],
    lane: Lane::Own,
};

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);

/// Runs a case.
///
/// # Errors
/// What was promised and not kept, in words.
pub async fn run(cx: &Context, case: &str) -> Kept {
    let found = CASES.iter().find(|(name, _)| *name == case);
    let (_, run) = found.ok_or_else(|| format!("there is no case {case}"))?;
    run(cx).await
}

/// `POST /contract/{case}`
async fn show(v: Visit<'_>) -> platform::Result<Response> {
    let (status, words) = match run(v.cx, v.param("case")).await {
        Ok(()) => (StatusCode::OK, "kept".to_owned()),
        Err(words) => (StatusCode::INTERNAL_SERVER_ERROR, words),
    };
    Ok(web::text(status, "text/plain; charset=utf-8", words))
}

/// `POST /contract/bench/render`: Markdown comes, its HTML goes; nothing else costs time.
async fn render(mut v: Visit<'_>) -> platform::Result<Response> {
    let markdown = v.bytes().await?;
    let html = domain::markdown::to_html(&String::from_utf8_lossy(&markdown));
    Ok(web::text(StatusCode::OK, "text/plain; charset=utf-8", html))
}

/// `GET /contract/panic`: what a mistake of ours does to the requests after it.
#[allow(clippy::panic)]
async fn panic_on_purpose(v: Visit<'_>) -> platform::Result<Response> {
    v.cx.log("this request panics on purpose");
    panic!("on purpose")
}

/// Names what did not work.
fn at(what: &'static str) -> impl Fn(Error) -> String {
    move |error| format!("{what}: {error:?}")
}

/// Says what was promised when it is not so.
fn hold(is_so: bool, promise: impl std::fmt::Display) -> Kept {
    if is_so { Ok(()) } else { Err(promise.to_string()) }
}

/// Says what came instead when two things are not the same.
fn same<T: PartialEq + std::fmt::Debug>(got: &T, want: &T, what: &str) -> Kept {
    if got == want { Ok(()) } else { Err(format!("{what}: {got:?} instead of {want:?}")) }
}

/// A name that nothing else has.
fn unique(cx: &Context, prefix: &str) -> Kept<String> {
    let bytes: [u8; 8] = cx.random().map_err(at("random bytes"))?;
    Ok(format!("{prefix}{:016x}", u64::from_le_bytes(bytes)))
}
