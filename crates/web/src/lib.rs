//! One way in and out: routes, sessions, forms, layout, error pages, headers, limits.
mod route;
pub use route::{Function, Handler, Job, Limit, Per, Route, Run, Verb, Who};

use platform::{ClientAddress, Context, Request, Response, Result};

/// One request on its way to its handler.
pub struct Visit<'a> {
    /// The ports, the configuration, the time.
    pub cx: &'a Context,
    /// The request.
    pub req: Request,
    /// The client's address, if the host knows it.
    pub client: Option<ClientAddress>,
}

/// Answers a request: finds its route among the functions' tables, holds it to the route's rules,
/// runs the handler and makes every error a response.
pub async fn answer(_cx: &Context, _functions: &[&'static Function], _req: Request) -> Response {
    Response::new(platform::Body::Empty)
}

/// Runs the jobs that are due and belong to these functions, each at least once; returns how many ran.
pub async fn run_jobs(_cx: &Context, _functions: &[&'static Function]) -> Result<usize> {
    Ok(0)
}
