//! Signing up, in and out: the mailed link and code, sessions, who somebody is, and the pages of words.

mod account;
mod address;
mod app;
mod avatar;
mod begin;
mod billing_mail;
mod blogs;
mod challenge;
mod factor;
mod fresh;
mod gravatar;
mod health;
mod indieauth;
mod indieauth_token;
mod joining;
mod look;
mod mail;
mod operator;
mod own_domain;
mod passkey;
mod person;
mod profile;
mod proof;
mod provider;
mod security;
mod session;
mod token;
mod totp;
mod words;

use platform::Policy;
use web::{Function, Job, Lane, Limit, Per, Route, Who};

/// The function.
pub const FUNCTION: Function =
    Function { name: "signin", routes: ROUTES, jobs: JOBS, lane: Lane::Own };

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
    Route::get("/signin/factor", Who::Anyone, |v| Box::pin(factor::new(v))),
    Route::post("/signin/factor", Who::Anyone, |v| Box::pin(factor::create(v)))
        .limits(FACTOR)
        .guards_a_secret(),
    Route::post("/signin/passkey/challenge", Who::Anyone, |v| {
        Box::pin(passkey::challenge_for_signin(v))
    })
    .limits(FACTOR),
    Route::post("/signin/passkey", Who::Anyone, |v| Box::pin(passkey::sign_in(v)))
        .limits(FACTOR)
        .guards_a_secret(),
    Route::post("/settings/proof/totp", Who::Session, |v| Box::pin(factor::prove_by_totp(v)))
        .limits(FACTOR)
        .guards_a_secret(),
    Route::post("/settings/proof/passkey/challenge", Who::Session, |v| {
        Box::pin(passkey::challenge_for_proof(v))
    })
    .limits(FACTOR),
    Route::post("/settings/proof/passkey", Who::Session, |v| Box::pin(factor::prove_by_passkey(v)))
        .limits(FACTOR)
        .guards_a_secret(),
    Route::get("/settings/security", Who::Session, |v| Box::pin(security::index(v))),
    Route::get("/settings/security/totp", Who::Session, |v| Box::pin(totp::new(v)))
        .wants_fresh_proof(),
    Route::post("/settings/security/totp", Who::Session, |v| Box::pin(totp::create(v)))
        .limits(FACTOR)
        .guards_a_secret()
        .wants_fresh_proof(),
    Route::post("/settings/security/totp/deletion", Who::Session, |v| Box::pin(totp::delete(v)))
        .wants_fresh_proof(),
    Route::post("/settings/security/recovery-codes", Who::Session, |v| {
        Box::pin(security::create_codes(v))
    })
    .wants_fresh_proof(),
    Route::post("/settings/security/passkeys/challenge", Who::Session, |v| {
        Box::pin(passkey::challenge_for_new(v))
    })
    .limits(FACTOR)
    .wants_fresh_proof(),
    Route::post("/settings/security/passkeys", Who::Session, |v| Box::pin(passkey::create(v)))
        .limits(FACTOR)
        .wants_fresh_proof(),
    Route::post("/settings/security/passkeys/{id}/deletion", Who::Session, |v| {
        Box::pin(passkey::delete(v))
    })
    .wants_fresh_proof(),
    Route::get("/settings/tokens", Who::Session, |v| Box::pin(token::index(v))).wants_fresh_proof(),
    Route::post("/settings/tokens", Who::Session, |v| Box::pin(token::create(v)))
        .limits(TOKEN)
        .guards_a_secret()
        .wants_fresh_proof(),
    Route::post("/settings/tokens/{id}/deletion", Who::Session, |v| Box::pin(token::delete(v))),
    Route::post("/account/signin", Who::Anyone, |v| Box::pin(app::create(v)))
        .limits(ASK)
        .guards_a_secret()
        .for_programs(),
    Route::post("/account/verify", Who::Anyone, |v| Box::pin(app::verify(v)))
        .limits(PROVE)
        .guards_a_secret()
        .for_programs(),
    Route::get("/signin/app/{id}", Who::Anyone, |v| Box::pin(app::link(v))),
    Route::get("/.well-known/oauth-authorization-server", Who::Anyone, |v| {
        Box::pin(indieauth_token::metadata(v))
    })
    .from_anywhere(),
    Route::get(indieauth::PATH, Who::Session, |v| Box::pin(indieauth::new(v))),
    Route::post("/indieauth/consent", Who::Session, |v| Box::pin(indieauth::create(v)))
        .limits(TOKEN)
        .guards_a_secret(),
    Route::post(indieauth::PATH, Who::Anyone, |v| Box::pin(indieauth_token::identify(v)))
        .limits(TOKEN)
        .guards_a_secret()
        .from_anywhere(),
    Route::post("/indieauth/token", Who::Anyone, |v| Box::pin(indieauth_token::create(v)))
        .limits(TOKEN)
        .guards_a_secret()
        .from_anywhere(),
    Route::get("/indieauth/token", ANY_TOKEN, |v| Box::pin(indieauth_token::show(v))).limits(CHECK),
    Route::post("/indieauth/introspect", ANY_TOKEN, |v| Box::pin(indieauth_token::introspect(v)))
        .limits(CHECK),
    Route::post("/indieauth/revoke", Who::Anyone, |v| Box::pin(indieauth_token::delete(v)))
        .limits(CHECK)
        .from_anywhere(),
    Route::get("/indieauth/userinfo", Who::Token(&["profile"]), |v| {
        Box::pin(indieauth_token::userinfo(v))
    })
    .limits(CHECK),
    Route::get("/settings/email", Who::Session, |v| Box::pin(address::new(v))).wants_fresh_proof(),
    Route::post("/settings/email", Who::Session, |v| Box::pin(address::create(v)))
        .limits(ASK)
        .guards_a_secret()
        .wants_fresh_proof(),
    Route::get("/settings/email/proof", Who::Session, |v| Box::pin(address::new_proof(v))),
    Route::post("/settings/email/proof", Who::Session, |v| Box::pin(address::prove(v)))
        .limits(PROVE)
        .guards_a_secret(),
    Route::get("/address/undo", Who::Anyone, |v| Box::pin(address::new_undo(v))),
    Route::post("/address/undo", Who::Anyone, |v| Box::pin(address::undo(v)))
        .limits(PROVE)
        .guards_a_secret(),
    Route::get("/operator", Who::Session, |v| Box::pin(operator::index(v))),
    Route::post("/operator/invitations", Who::Session, |v| Box::pin(operator::invite(v))),
    Route::post("/operator/requests/{id}/approval", Who::Session, |v| {
        Box::pin(operator::approve(v))
    }),
    Route::post("/operator/requests/{id}/refusal", Who::Session, |v| {
        Box::pin(operator::decline(v))
    }),
    Route::get("/healthz", Who::Anyone, |v| Box::pin(health::show(v))),
    Route::get("/about", Who::Anyone, |v| Box::pin(words::about(v))),
    Route::get("/privacy", Who::Anyone, |v| Box::pin(words::privacy(v))),
    Route::get("/terms", Who::Anyone, |v| Box::pin(words::terms(v))),
    Route::get("/developers", Who::Anyone, |v| Box::pin(words::developers(v))),
    Route::get("/help/plans", Who::Anyone, |v| Box::pin(words::help_plans(v))),
    Route::get("/help/themes", Who::Anyone, |v| Box::pin(words::themes(v))),
    Route::get("/settings/profile", Who::Session, |v| Box::pin(profile::edit(v))),
    Route::post("/settings/profile", Who::Session, |v| Box::pin(profile::update(v)))
        .limits(PROFILE)
        .body(profile::BODY_BYTES_MAX),
    Route::get("/settings/blog", Who::Session, |v| Box::pin(look::edit(v))),
    Route::post("/settings/blog", Who::Session, |v| Box::pin(look::update(v)))
        .limits(PROFILE)
        .body(look::BODY_BYTES_MAX),
    Route::post("/settings/blog/preview", Who::Session, |v| Box::pin(look::preview(v)))
        .limits(LOOK_PREVIEW)
        .body(look::BODY_BYTES_MAX),
    Route::get("/settings/blog/templates", Who::Session, |v| Box::pin(look::templates(v))),
    Route::get("/settings/blog/templates/{name}", Who::Session, |v| {
        Box::pin(look::edit_template(v))
    }),
    Route::post("/settings/blog/templates/{name}", Who::Session, |v| {
        Box::pin(look::update_template(v))
    })
    .limits(PROFILE)
    .body(look::BODY_BYTES_MAX),
    Route::get("/settings/blogs", Who::Session, |v| Box::pin(blogs::index(v))),
    Route::post("/settings/blogs", Who::Session, |v| Box::pin(blogs::create(v))).limits(PROFILE),
    Route::post("/settings/blogs/{name}/choice", Who::Session, |v| Box::pin(blogs::choose(v)))
        .limits(PROFILE),
    Route::post("/account/timezone", Who::Session, |v| Box::pin(profile::learn_timezone(v)))
        .limits(PROFILE),
    Route::get("/settings/domain", Who::Session, |v| Box::pin(own_domain::show(v))),
    Route::post("/settings/domain", Who::Session, |v| Box::pin(own_domain::create(v)))
        .limits(DOMAIN),
    Route::post("/settings/domain/check", Who::Session, |v| Box::pin(own_domain::check(v)))
        .limits(DOMAIN),
    Route::post("/settings/domain/deletion", Who::Session, |v| Box::pin(own_domain::delete(v)))
        .limits(DOMAIN)
        .wants_fresh_proof(),
    Route::get("/domains/ask", Who::Anyone, |v| Box::pin(own_domain::answer(v)))
        .limits(CERTIFICATES),
    Route::get("/help/domain", Who::Anyone, |v| Box::pin(words::help_domain(v))),
    Route::get("/@{username}", Who::Anyone, |v| Box::pin(person::show(v))),
    Route::get("/avatars/{username}", Who::Anyone, |v| Box::pin(avatar::show(v))).from_anywhere(),
];

const JOBS: &[Job] = &[
    Job { kind: "signin-mail", run: |cx, job| Box::pin(mail::send(cx, job)) },
    Job { kind: "app-signin-mail", run: |cx, job| Box::pin(app::send(cx, job)) },
    Job { kind: "address-mail", run: |cx, job| Box::pin(address::send(cx, job)) },
    Job { kind: "address-notice-mail", run: |cx, job| Box::pin(address::send_notice(cx, job)) },
    Job { kind: "signup-answer-mail", run: |cx, job| Box::pin(operator::send_answer(cx, job)) },
    Job { kind: "new-browser-mail", run: |cx, job| Box::pin(mail::send_new_browser(cx, job)) },
    Job { kind: "factor-mail", run: |cx, job| Box::pin(mail::send_factors_changed(cx, job)) },
    Job { kind: store::billing_mail::MAIL, run: |cx, job| Box::pin(billing_mail::send(cx, job)) },
    Job {
        kind: store::billing_mail::WARNING,
        run: |cx, job| Box::pin(billing_mail::warn(cx, job)),
    },
    Job { kind: store::billing_mail::LOOK, run: |cx, _| Box::pin(billing_mail::look(cx)) },
    Job { kind: store::profile::GRAVATAR_CHECK, run: |cx, _| Box::pin(gravatar::run(cx)) },
];

/// Changing what one shows of oneself.
const PROFILE: &[Limit] = &[profile_limit(Per::Address), profile_limit(Per::Account)];

/// Looking at a change of one's blog before it is saved.
const LOOK_PREVIEW: &[Limit] = &[
    limit(Per::Address, "look-preview-5m", 120, 300),
    limit(Per::Account, "look-preview-5m", 120, 300),
];

const fn profile_limit(per: Per) -> Limit {
    Limit { per, policy: Policy { name: "profile-5m", count: 60, window_seconds: 300 } }
}

/// Asking for a domain and having it looked at, which asks DNS.
const DOMAIN: &[Limit] =
    &[limit(Per::Address, "domain-5m", 60, 300), limit(Per::Account, "domain-account-5m", 20, 300)];

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

/// One proxy asks for all: once for each new name, more often when somebody makes names up.
const CERTIFICATES: &[Limit] = &[limit(Per::Address, "certificates-1m", 600, 60)];

/// Proving an address. The limit by mail address counts typed codes.
const PROVE: &[Limit] =
    &[limit(Per::Address, "prove-5m", 25, 300), limit(Per::Mail, "prove-24h", 30, 86_400)];

/// Showing a second factor. Where there is no session yet the handler takes the limit by account, before it
/// looks at a code or a signature; so only who has proven the address can use it up.
const FACTOR: &[Limit] =
    &[limit(Per::Address, "factor-5m", 25, 300), limit(Per::Account, "factor-24h", 60, 86_400)];

/// Making a token. Where a code is exchanged for it, the handler takes the limit by account, because only
/// the code says whose it is.
const TOKEN: &[Limit] =
    &[limit(Per::Address, "token-5m", 60, 300), limit(Per::Account, "token-1h", 60, 3600)];

/// Asking what a token is worth.
const CHECK: &[Limit] =
    &[limit(Per::Address, "check-5m", 300, 300), limit(Per::Account, "check-account-5m", 300, 300)];

const ANY_TOKEN: Who = Who::Token(&[]);

const fn limit(per: Per, name: &'static str, count: u32, window_seconds: u32) -> Limit {
    Limit { per, policy: Policy { name, count, window_seconds } }
}

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
