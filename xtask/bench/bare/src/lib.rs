//! The least that a function in Rust can do on either runtime, with a page of a usual size: what Pipit's
//! pages are compared with.

use std::sync::LazyLock;

static PAGE: LazyLock<String> = LazyLock::new(|| {
    let lines = "<p>Hello from the edge.</p>".repeat(500);
    format!("<!doctype html><html lang=en><title>Hello</title>{lines}</html>")
});

#[cfg(not(target_os = "wasi"))]
mod on_workers {
    use worker::{Context, Env, Request, Response, Result, event};

    #[event(fetch)]
    async fn fetch(_: Request, _: Env, _: Context) -> Result<Response> {
        Response::from_html(super::PAGE.as_str())
    }
}

#[cfg(target_os = "wasi")]
mod on_spin {
    use spin_sdk::http::{IntoResponse, Request};

    #[spin_sdk::http_service]
    async fn handle(_: Request) -> impl IntoResponse {
        http::Response::builder().header("content-type", "text/html").body(super::PAGE.clone())
    }
}
