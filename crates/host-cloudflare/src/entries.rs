//! What the runtime calls: `fetch` for a request, `queue` and `scheduled` for the jobs.

use crate::{
    convert, hot,
    ports::context,
    upload::Upload,
    wake::{Later, STRANGERS, ring},
};
use http::StatusCode;
use platform::{Body, Error, Response};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web::{Function, Lane};
use worker::{
    Context, Env, MessageBatch, ScheduleContext, ScheduledEvent, console_error, event, web_sys,
};

/// So often one event looks for jobs; what is left then is left to the next event.
const ROUNDS_MAX: usize = 20;

#[event(fetch)]
async fn fetch(raw: web_sys::Request, env: Env, ctx: Context) -> worker::Result<web_sys::Response> {
    if let Some(page) = hot::find(&raw) {
        return Ok(page);
    }
    let is_head = raw.method() == "HEAD";
    let answer = answer(&raw, Rc::new(env), Later::Event(Rc::new(ctx))).await;
    hot::keep(&raw, &answer);
    convert::response(answer, is_head).map_err(|error| worker::Error::RustError(error.to_string()))
}

async fn answer(raw: &web_sys::Request, env: Rc<Env>, later: Later) -> Response {
    let cx = match context(&env, later) {
        Ok(cx) => cx,
        Err(error) => {
            console_error!("the configuration is wrong: {error}");
            return convert::plain(StatusCode::INTERNAL_SERVER_ERROR, "Something is wrong here.\n");
        }
    };
    let upload = Upload::of(raw);
    let body = upload.as_ref().map_or(Body::Empty, Upload::body);
    let response = match convert::request(raw, body) {
        Ok(req) => web::answer(&cx, functions(), req).await,
        Err(_) => convert::plain(StatusCode::BAD_REQUEST, "That is not a request we know.\n"),
    };
    if let Some(upload) = upload {
        upload.finish().await;
    }
    response
}

/// A message says of which lane jobs are due. A job that failed is kept in its table, not in the queue:
/// what comes back to the queue is a run that could not even ask for jobs.
#[event(queue)]
async fn queue(batch: MessageBatch<JsValue>, env: Env, ctx: Context) -> worker::Result<()> {
    let first = batch.raw_iter().next().and_then(|message| message.body().as_string());
    let lane = if first.as_deref() == Some(STRANGERS) { Lane::Strangers } else { Lane::Own };
    sweep(Rc::new(env), Later::Event(Rc::new(ctx)), lane)
        .await
        .map_err(|error| worker::Error::RustError(error.to_string()))
}

#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, ctx: ScheduleContext) {
    // A failure is logged, and the next minute has a run of its own.
    let _ = sweep(Rc::new(env), Later::Schedule(ctx), Lane::Own).await;
}

/// Runs the jobs of a lane until none is due, then wakes the lanes that have some.
async fn sweep(env: Rc<Env>, later: Later, lane: Lane) -> Result<(), Error> {
    let ran = run(&env, &later, lane).await;
    if let Err(error) = &ran {
        console_error!("the jobs were not run: {error}");
    }
    ran
}

/// Each round has a context, and so a time, of its own.
async fn run(env: &Rc<Env>, later: &Later, lane: Lane) -> Result<(), Error> {
    for _ in 0..ROUNDS_MAX {
        if web::run_jobs(&context(env, later.clone())?, &of(lane)).await? == 0 {
            break;
        }
    }
    let cx = context(env, later.clone())?;
    for lane in [Lane::Own, Lane::Strangers] {
        if web::has_due_jobs(&cx, &of(lane)).await? {
            ring(env, later, lane);
        }
    }
    Ok(())
}

fn of(lane: Lane) -> Vec<&'static Function> {
    functions().iter().copied().filter(|function| function.lane == lane).collect()
}

#[cfg(not(feature = "contract"))]
fn functions() -> &'static [&'static Function] {
    app::FUNCTIONS
}

/// With the routes of the contract suite, which come first, because a blog answers every path.
#[cfg(feature = "contract")]
fn functions() -> &'static [&'static Function] {
    static ALL: std::sync::LazyLock<Vec<&'static Function>> = std::sync::LazyLock::new(|| {
        static CONTRACT: Function = contract::FUNCTION;
        std::iter::once(&CONTRACT).chain(app::FUNCTIONS.iter().copied()).collect()
    });
    &ALL
}
