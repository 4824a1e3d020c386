//! One way in and out: the route table, sessions, forms, layout, error pages, headers, limits, jobs.
//!
//! [`answer`] is what every host calls for a request, [`run_jobs`] what it calls for the outbox. What
//! every request needs stands in one function, in order; there is no stack of middleware.

mod answer;
pub mod assets;
mod bearer;
mod cookie;
mod cors;
mod epoch;
pub mod feed;
mod form;
mod headers;
mod jobs;
mod keys;
pub mod look;
mod mailbox;
mod page;
pub mod place;
mod plan;
mod preview;
mod problem;
mod reply;
mod route;
mod visit;

pub use answer::answer;
pub use bearer::{Grant, grant_if_any, grant_of_password};
pub use epoch::{announce, blog};
pub use form::{File, Form};
pub use headers::{allow_form_to, change_policy};
pub use jobs::{has_due_jobs, run_jobs};
pub use keys::{app_key, limit_key};
pub use page::{Layout, page, page_with_status};
pub use plan::{may_store, may_write, plan_of};
pub use preview::{preview_url, previewed};
pub use reply::{html, json, no_store, see_other, text};
pub use route::{Function, Handler, Job, Lane, Limit, Per, Route, Run, Verb, Who};
pub use visit::Visit;

/// The cookies of the app's host. Blogs and media never set one.
pub mod cookies {
    pub use crate::cookie::{DEVICE, HALF, PRE, SESSION, clear, set, value};
}

/// Whether a function has a route at this path of this site, whatever the method. Hosts that run
/// functions apart ask it to find out whose a request is.
pub fn has_route(function: &Function, site: platform::Site, path: &str) -> bool {
    answer::segments(path).is_some_and(|segments| {
        function
            .routes
            .iter()
            .any(|r| r.site == site && answer::captures(r.path, &segments).is_some())
    })
}
