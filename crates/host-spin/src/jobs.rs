//! The job runner on Spin: a route of every component, called by a timer and by whoever made a job.

use crate::{
    head::{Head, is_same},
    http::send,
    settings::Settings,
};
use http::{Method, Request, header};
use platform::{Body, Wake};
use spin_sdk::wasip3;
use std::{cell::Cell, rc::Rc};
use web::Function;

/// The components that have jobs. Each runs only its own kinds, so that grants stay apart.
pub const RUNNERS: [&str; 4] = ["signin", "posting", "feeds", "billing"];

/// How long a runner may take before its caller stops listening; the runner goes on.
const TIMEOUT_MS: u32 = 60_000;

/// Whether this is the timer's or a component's call of the job runner: `POST /jobs/<function>` with
/// `INTERNAL_KEY` as bearer token.
pub fn is_call(function: &Function, head: &Head, settings: &Settings) -> bool {
    let is_route = head.method == Method::POST
        && head.path().strip_prefix("/jobs/").is_some_and(|name| name == function.name);
    let Some(key) = settings.internal_key.as_ref().filter(|_| is_route) else { return false };
    let Some(sent) = head.headers.get(header::AUTHORIZATION) else { return false };
    is_same(sent.as_bytes(), format!("Bearer {key}").as_bytes())
}

/// Remembers that the runners are to be called; the entry does so once the response is on its way.
#[derive(Default)]
pub struct Bell(Cell<bool>);

impl Wake for Bell {
    fn wake(&self) {
        self.0.set(true);
    }
}

impl Bell {
    /// Calls every runner, if anyone asked for it, without waiting for them.
    pub fn ring(&self, settings: &Rc<Settings>) {
        if self.0.replace(false) {
            for name in RUNNERS {
                wasip3::spawn(call(name, settings.clone()));
            }
        }
    }
}

async fn call(name: &'static str, settings: Rc<Settings>) {
    let Some(key) = settings.internal_key.as_ref() else { return };
    let request = Request::post(format!("http://{name}.spin.internal/jobs/{name}"))
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .body(Body::Empty);
    let Ok(request) = request else { return };
    // The sweep of every minute runs what this call could not.
    if let Err(error) = send(request, TIMEOUT_MS).await {
        eprintln!("waking {name}: {error}");
    }
}
