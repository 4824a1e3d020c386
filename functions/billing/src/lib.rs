//! Billing: what Stripe tells us, and what an account's plan is.

mod account;
mod api;
mod checkout;
mod details;
mod event;
mod notice;
mod operator;
mod plan;
mod reconcile;
mod refresh;
mod report;
mod webhook;
mod words;

use platform::Policy;
use store::{
    billing_log,
    job::SIGNUP_NOTICE,
    reconciliation::{RECONCILE, SWEEP},
};
use web::{Function, Job, Lane, Limit, Per, Route, Who};

/// The function: what it answers and what jobs it carries out.
pub const FUNCTION: Function =
    Function { name: "billing", routes: ROUTES, jobs: JOBS, lane: Lane::Own };

/// Everything that it answers. Stripe is never limited by its address, only bad signatures are.
pub const ROUTES: &[Route] = &[
    Route::get("/settings/billing", Who::Session, |v| Box::pin(plan::show(v))),
    Route::post("/settings/billing/checkout", Who::Session, |v| Box::pin(checkout::create(v)))
        .limits(STRIPE),
    Route::post("/settings/billing/portal", Who::Session, |v| Box::pin(checkout::manage(v)))
        .limits(STRIPE),
    Route::get("/operator/billing", Who::Session, |v| Box::pin(operator::index(v))),
    Route::post("/operator/billing/lookup", Who::Session, |v| Box::pin(operator::look_up(v)))
        .limits(OPERATOR),
    Route::post("/operator/billing/reconciliation", Who::Session, |v| {
        Box::pin(operator::reconcile_one(v))
    })
    .limits(OPERATOR),
    Route::post("/operator/billing/acceptance", Who::Session, |v| Box::pin(operator::accept(v)))
        .limits(OPERATOR),
    Route::post("/operator/billing/link", Who::Session, |v| Box::pin(operator::link(v)))
        .limits(OPERATOR),
    Route::post("/operator/billing/reconciliations", Who::Session, |v| {
        Box::pin(operator::begin(v))
    }),
    Route::get("/operator/billing/reconciliations/{id}", Who::Session, |v| {
        Box::pin(operator::reconciliation(v))
    }),
    Route::post("/operator/billing/jobs/{id}/retry", Who::Session, |v| {
        Box::pin(operator::retry(v))
    }),
    Route::get("/operator/billing/report", Who::Session, |v| Box::pin(report::show(v))),
    Route::get("/operator/billing/report.csv", Who::Session, |v| Box::pin(report::table(v))),
    Route::post("/webhooks/stripe", Who::Signature, |v| Box::pin(event::create(v)))
        .body(event::BODY_BYTES_MAX),
];

/// What has us call Stripe.
const STRIPE: &[Limit] =
    &[limit(Per::Address, "stripe-5m", 60, 300), limit(Per::Account, "stripe-account-5m", 20, 300)];

/// What the operator does about people, who are many.
const OPERATOR: &[Limit] = &[
    limit(Per::Address, "operator-5m", 300, 300),
    limit(Per::Account, "operator-account-5m", 300, 300),
];

const fn limit(per: Per, name: &'static str, count: u32, window_seconds: u32) -> Limit {
    Limit { per, policy: Policy { name, count, window_seconds } }
}

/// Its jobs: finding out whom an event is about, reading that customer at Stripe again, comparing all of them,
/// and telling the operator.
pub const JOBS: &[Job] = &[
    Job { kind: store::billing::RESOLVE, run: |cx, job| Box::pin(refresh::resolve(cx, job)) },
    Job { kind: store::billing::REFRESH, run: |cx, job| Box::pin(refresh::run(cx, job)) },
    Job { kind: store::billing_mail::DETAILS, run: |cx, job| Box::pin(details::run(cx, job)) },
    Job { kind: RECONCILE, run: |cx, job| Box::pin(reconcile::run(cx, job)) },
    Job { kind: SWEEP, run: |cx, _| Box::pin(reconcile::sweep(cx)) },
    Job { kind: SIGNUP_NOTICE, run: |cx, job| Box::pin(notice::signup(cx, job)) },
    Job { kind: billing_log::NOTICE, run: |cx, job| Box::pin(notice::change(cx, job)) },
    Job {
        kind: notice::OF_RECONCILIATION,
        run: |cx, job| Box::pin(notice::reconciliation(cx, job)),
    },
    Job { kind: billing_log::WEBHOOK, run: |cx, job| Box::pin(webhook::run(cx, job)) },
];

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
