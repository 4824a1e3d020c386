//! What the runtime calls: `fetch` for a request, `queue` and `scheduled` for the jobs.

use crate::{
    convert, hot,
    ports::context,
    upload::Upload,
    wake::{Later, ring},
};
use http::StatusCode;
use platform::{Body, Response};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web::Function;
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

/// The messages say nothing but that there are jobs, so they are always acknowledged: a job that
/// failed is kept in its table, not in the queue.
#[event(queue)]
async fn queue(_batch: MessageBatch<JsValue>, env: Env, ctx: Context) -> worker::Result<()> {
    sweep(Rc::new(env), Later::Event(Rc::new(ctx))).await;
    Ok(())
}

#[event(scheduled)]
async fn scheduled(_event: ScheduledEvent, env: Env, ctx: ScheduleContext) {
    sweep(Rc::new(env), Later::Schedule(ctx)).await;
}

/// Runs jobs until none is due. Each round has a context, and so a time, of its own.
async fn sweep(env: Rc<Env>, later: Later) {
    for _ in 0..ROUNDS_MAX {
        let ran = match context(&env, later.clone()) {
            Ok(cx) => web::run_jobs(&cx, functions()).await,
            Err(error) => Err(error),
        };
        match ran {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) => {
                console_error!("the jobs were not run: {error}");
                return;
            }
        }
    }
    ring(&env, &later);
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
