//! Signing up, in and out: the mailed link and code, sessions, and the pages of words.

mod account;
mod challenge;
mod fresh;
mod health;
mod mail;
mod proof;
mod session;
mod words;

use platform::Policy;
use web::{Function, Job, Limit, Per, Route, Who};

/// The function.
pub const FUNCTION: Function = Function { name: "signin", routes: ROUTES, jobs: JOBS };

const ROUTES: &[Route] = &[
    Route::get("/signup", Who::Anyone, |v| Box::pin(account::new(v))),
    Route::post("/signup", Who::Anyone, |v| Box::pin(account::create(v)))
        .limits(ASK)
        .guards_a_secret(),
    Route::get("/signin", Who::Anyone, |v| Box::pin(challenge::new(v))),
    Route::post("/signin", Who::Anyone, |v| Box::pin(challenge::create(v)))
        .limits(ASK)
        .guards_a_secret(),
    Route::get("/signin/link", Who::Anyone, |v| Box::pin(proof::new(v))),
    Route::get("/signin/state", Who::Anyone, |v| Box::pin(challenge::state(v))).limits(POLL),
    Route::post("/signin/verify", Who::Anyone, |v| Box::pin(proof::create(v)))
        .limits(PROVE)
        .guards_a_secret(),
    Route::post("/signout", Who::Anyone, |v| Box::pin(session::delete(v))),
    Route::get("/settings/sessions", Who::Session, |v| Box::pin(session::index(v))),
    Route::post("/settings/sessions/others/deletion", Who::Session, |v| {
        Box::pin(session::delete_others(v))
    })
    .wants_fresh_proof(),
    Route::post("/settings/sessions/{handle}/deletion", Who::Session, |v| {
        Box::pin(session::delete_one(v))
    }),
    Route::get("/settings/proof", Who::Session, |v| Box::pin(fresh::new(v))),
    Route::post("/settings/proof", Who::Session, |v| Box::pin(fresh::create(v)))
        .limits(ASK)
        .guards_a_secret(),
    Route::get("/healthz", Who::Anyone, |v| Box::pin(health::show(v))),
    Route::get("/about", Who::Anyone, |v| Box::pin(words::about(v))),
    Route::get("/privacy", Who::Anyone, |v| Box::pin(words::privacy(v))),
    Route::get("/terms", Who::Anyone, |v| Box::pin(words::terms(v))),
    Route::get("/developers", Who::Anyone, |v| Box::pin(words::developers(v))),
];

const JOBS: &[Job] = &[
    Job { kind: "signin-mail", run: |cx, job| Box::pin(mail::send(cx, job)) },
    Job { kind: "new-browser-mail", run: |cx, job| Box::pin(mail::send_new_browser(cx, job)) },
];

/// Asking for a mail. The limits by mail address are exact sliding windows that the handler takes
/// ([`web::Visit::may_mail`]); past them the answer stays the same and no mail goes out, so that nobody
/// learns and nobody is flooded.
const ASK: &[Limit] = &[
    limit(Per::Address, "ask-5m", 10, 300),
    limit(Per::Address, "ask-1h", 30, 3600),
    limit(Per::Mail, "mail-15m", 3, 900),
    limit(Per::Mail, "mail-30m", 5, 1800),
    limit(Per::Mail, "mail-24h", 10, 86_400),
];

/// Looking whether a sign-in was proven in another tab: every two seconds at first, then less often.
const POLL: &[Limit] = &[limit(Per::Address, "poll-5m", 300, 300)];

/// Proving an address. The limit by mail address counts typed codes.
const PROVE: &[Limit] =
    &[limit(Per::Address, "prove-5m", 25, 300), limit(Per::Mail, "prove-24h", 30, 86_400)];

const fn limit(per: Per, name: &'static str, count: u32, window_seconds: u32) -> Limit {
    Limit { per, policy: Policy { name, count, window_seconds } }
}

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
