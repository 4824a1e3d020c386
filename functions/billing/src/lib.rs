//! Billing: what Stripe tells us, and what an account's plan is.

mod api;
mod event;
mod plan;
mod refresh;

use web::{Function, Job, Lane, Route, Who};

/// The function: what it answers and what jobs it carries out.
pub const FUNCTION: Function =
    Function { name: "billing", routes: ROUTES, jobs: JOBS, lane: Lane::Own };

/// Everything that it answers. Stripe is never limited by its address, only bad signatures are.
pub const ROUTES: &[Route] = &[
    Route::get("/settings/billing", Who::Session, |v| Box::pin(plan::show(v))),
    Route::post("/webhooks/stripe", Who::Signature, |v| Box::pin(event::create(v)))
        .body(event::BODY_BYTES_MAX),
];

/// Its jobs: finding out whom an event is about, and reading that customer at Stripe again.
pub const JOBS: &[Job] = &[
    Job { kind: store::billing::RESOLVE, run: |cx, job| Box::pin(refresh::resolve(cx, job)) },
    Job { kind: store::billing::REFRESH, run: |cx, job| Box::pin(refresh::run(cx, job)) },
];

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
