//! Fills the ports and makes the context of a request.

use crate::{
    blobs::R2,
    cache::PageCache,
    db::D1,
    http::Fetch,
    js,
    kv::WorkersKv,
    limits::Buckets,
    random::WebCrypto,
    wake::{Bell, Later},
};
use chrono::DateTime;
use platform::{Config, Context, Error, Ports, Result};
use std::{cell::RefCell, rc::Rc};
use worker::{Env, console_log, js_sys};

thread_local! {
    /// The bindings of an isolate never change, so they are read once.
    static CONFIG: RefCell<Option<Rc<Config>>> = const { RefCell::new(None) };
}

/// A context whose time is now.
///
/// # Errors
/// [`Error::Internal`] that names the setting which is missing or does not parse.
pub fn context(env: &Rc<Env>, later: Later) -> Result<Context> {
    let config = config(env)?;
    let ahead_ms = config.clock_ahead_seconds.saturating_mul(1000);
    let now_ms = (js_sys::Date::now() as i64).saturating_add(ahead_ms);
    let now = DateTime::from_timestamp_millis(now_ms)
        .ok_or_else(|| Error::internal("CLOCK_AHEAD_SECONDS is out of range"))?;
    Ok(Context::new(ports(env, later), config, now))
}

fn ports(env: &Rc<Env>, later: Later) -> Ports {
    Ports {
        db: Rc::new(D1(env.clone())),
        kv: Rc::new(WorkersKv(env.clone())),
        cache: Rc::new(PageCache),
        blobs: Rc::new(R2(env.clone())),
        limits: Rc::new(Buckets(env.clone())),
        http: Rc::new(Fetch),
        wake: Rc::new(Bell { env: env.clone(), later }),
        random: Rc::new(WebCrypto),
        log: |line| console_log!("{line}"),
        decode: js::decode,
    }
}

fn config(env: &Env) -> Result<Rc<Config>> {
    if let Some(config) = CONFIG.with_borrow(Clone::clone) {
        return Ok(config);
    }
    let config = Rc::new(Config::read(|name| setting(env, name))?);
    CONFIG.set(Some(config.clone()));
    Ok(config)
}

/// A variable or a secret. A variable may be written as a number or an object in `wrangler.toml`.
fn setting(env: &Env, name: &str) -> Option<String> {
    let value = js::get(env, name).filter(|value| !value.is_null() && !value.is_undefined());
    match value {
        Some(value) => value
            .as_string()
            .or_else(|| js_sys::JSON::stringify(&value).ok().and_then(|text| text.as_string())),
        None if name == "BUILD" => option_env!("PIPIT_BUILD").map(str::to_owned),
        None => None,
    }
}
