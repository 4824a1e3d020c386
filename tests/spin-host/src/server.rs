//! HTTP/1.1 on a socket, and the timer that calls the job routes.

use crate::app::App;
use anyhow::Result;
use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, time::sleep};
use wasmtime_wasi_http::{Error, WasiBody};

/// Serves connections for ever.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> Result<()> {
    loop {
        let (stream, client) = listener.accept().await?;
        let _ = stream.set_nodelay(true);
        let app = app.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(app.clone(), request, client));
            let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            // A connection that breaks off is the client's business.
            let _ = connection.await;
        });
    }
}

async fn answer(
    app: Arc<App>,
    request: Request<Incoming>,
    client: SocketAddr,
) -> Result<Response<WasiBody>, Infallible> {
    let request = request.map(|body| body.map_err(Error::from).boxed_unsync());
    let status = match app.route(request, client).await {
        Ok(Some(response)) => return Ok(response),
        Ok(None) => StatusCode::NOT_FOUND,
        Err(problem) => {
            eprintln!("{problem:#}");
            StatusCode::INTERNAL_SERVER_ERROR
        }
    };
    let mut response = Response::new(empty());
    *response.status_mut() = status;
    Ok(response)
}

/// Calls every job route now and then, as the timer of a deployment does.
pub async fn sweep(app: Arc<App>, every: Duration) {
    let is_job = |route: &str| route.starts_with("/jobs/");
    let routes = app.router.routes().filter(|route| is_job(&route.raw));
    let calls: Vec<(String, String)> =
        routes.map(|route| (route.raw.clone(), route.component.clone())).collect();
    loop {
        sleep(every).await;
        for (route, component) in &calls {
            if let Err(problem) = call(&app, route, component).await {
                eprintln!("{route}: {problem:#}");
            }
        }
    }
}

async fn call(app: &App, route: &str, component: &str) -> Result<()> {
    let Some(key) = app.variable(component, "internal_key").filter(|key| !key.is_empty()) else {
        return Ok(());
    };
    let request = Request::post(route)
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, format!("Bearer {key}"))
        .header(header::CONTENT_LENGTH, "0")
        .body(empty())?;
    let response = app.route(request, SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let status = response.as_ref().map_or(StatusCode::NOT_FOUND, Response::status);
    if status != StatusCode::OK {
        eprintln!("{route}: the sweep was answered {status}");
    }
    if let Some(response) = response {
        // Read to its end, so that the instance is free again.
        let _ = response.into_body().collect().await;
    }
    Ok(())
}

fn empty() -> WasiBody {
    Empty::<Bytes>::new().map_err(|never| match never {}).boxed_unsync()
}
