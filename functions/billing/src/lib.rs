//! Billing: what Stripe tells us, and what an account's plan is.

mod event;
mod plan;

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

/// No job yet: events stay in state `received` until something applies them.
pub const JOBS: &[Job] = &[];

#[cfg(target_os = "wasi")]
host_spin::component!(FUNCTION);
