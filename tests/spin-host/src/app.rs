//! The application: its components, compiled, and the way of a request to one of them.

use crate::{
    args::Args,
    bindings::Host_,
    compile::Compiler,
    key_value,
    manifest::Manifest,
    outbound::Allowed,
    router::{Route, Router},
    state::{Maker, State},
};
use anyhow::{Context, Result, anyhow};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri, header, uri::Scheme};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, OnceLock},
};
use wasmtime::component::{HasSelf, Linker};
use wasmtime_wasi_http::{WasiBody, handler::ProxyHandler, p3::bindings::ServicePre};

/// A running application.
pub struct App {
    /// Which component answers what.
    pub router: Router,
    handlers: BTreeMap<String, ProxyHandler<Maker>>,
}

impl App {
    /// Compiles and links every component.
    pub fn new(args: &Args, manifest: Manifest) -> Result<Arc<Self>> {
        let compiler = Compiler::new(&args.cache)?;
        let linker = linker(&compiler)?;
        let stores = key_value::open(&args.data).context("the key-value store")?;
        let mut handlers = BTreeMap::new();
        for (name, component) in manifest.components {
            let source = match &args.components {
                Some(folder) => folder.join(format!("{name}.wasm")),
                None => component.source.clone(),
            };
            let compiled = compiler.component(&source)?;
            let linked = linker.instantiate_pre(&compiled);
            let service = linked
                .and_then(ServicePre::new)
                .map_err(|problem| anyhow!("{}: {problem:?}", source.display()))?;
            let allowed =
                component.outbound_hosts.iter().map(|text| Allowed::parse(text)).collect();
            let maker = Maker {
                name: name.clone(),
                component: Arc::new(component),
                data: args.data.clone(),
                stores: stores.clone(),
                service,
                allowed: allowed_or(&name, allowed)?,
                app: OnceLock::new(),
            };
            handlers.insert(name, ProxyHandler::new(maker));
        }
        let app = Arc::new(Self { router: Router::new(manifest.triggers), handlers });
        for handler in app.handlers.values() {
            // A cell that was just made is empty.
            let _ = handler.state().app.set(Arc::downgrade(&app));
        }
        Ok(app)
    }

    /// The value of a component's variable.
    pub fn variable(&self, component: &str, name: &str) -> Option<&str> {
        let maker = self.handlers.get(component)?.state();
        maker.component.variables.get(name).map(String::as_str)
    }

    /// Answers a request from outside by the component whose route it is; None when there is none.
    pub async fn route(
        &self,
        mut request: Request<WasiBody>,
        client: SocketAddr,
    ) -> Result<Option<Response<WasiBody>>> {
        let path = request.uri().path().to_owned();
        let Some(route) = self.router.find(&path) else { return Ok(None) };
        let host = request.headers().get(header::HOST).context("a request without Host")?;
        let host = host.to_str().context("the header Host")?.to_owned();
        let headers = request.headers_mut();
        headers.remove(header::CONNECTION);
        // Nobody outside may name a component as if it were one himself.
        if host.split(':').next().is_some_and(|name| name.ends_with(".spin.internal")) {
            headers.remove(header::HOST);
        }
        let mut parts = std::mem::take(request.uri_mut()).into_parts();
        parts.scheme = Some(Scheme::HTTP);
        parts.authority = Some(host.parse().context("the header Host")?);
        *request.uri_mut() = Uri::from_parts(parts)?;
        describe(&mut request, Some(route), client)?;
        self.handle(&route.component, request).await.map(Some)
    }

    /// Answers a request from component to component.
    pub async fn call(
        &self,
        component: &str,
        mut request: Request<WasiBody>,
        client: SocketAddr,
    ) -> Result<Response<WasiBody>> {
        describe(&mut request, None, client)?;
        self.handle(component, request).await
    }

    async fn handle(
        &self,
        component: &str,
        request: Request<WasiBody>,
    ) -> Result<Response<WasiBody>> {
        let handler = self.handlers.get(component);
        let handler = handler.with_context(|| format!("there is no component {component}"))?;
        handler.handle((), request).await.map_err(|problem| anyhow!("{component}: {problem:?}"))
    }
}

fn allowed_or(name: &str, allowed: Result<Vec<Allowed>>) -> Result<Vec<Allowed>> {
    allowed.with_context(|| format!("the component {name}"))
}

/// Everything that a component of ours can import; it reaches no file and opens no socket.
fn linker(compiler: &Compiler) -> Result<Linker<State>> {
    let mut linker = Linker::new(compiler.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    Host_::add_to_linker::<_, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}

/// Tells the component about the request by the headers that Spin sets.
fn describe(
    request: &mut Request<WasiBody>,
    route: Option<&Route>,
    client: SocketAddr,
) -> Result<()> {
    let uri = request.uri().clone();
    let raw = route.map_or("/...", |route| route.raw.as_str());
    let prefix = raw.strip_suffix("/...").unwrap_or(raw);
    let headers: &mut HeaderMap = request.headers_mut();
    for (name, value) in [
        ("spin-full-url", uri.to_string()),
        ("spin-path-info", uri.path().strip_prefix(prefix).unwrap_or_default().to_owned()),
        ("spin-matched-route", raw.to_owned()),
        ("spin-raw-component-route", raw.to_owned()),
        ("spin-component-route", prefix.to_owned()),
        ("spin-base-path", "/".to_owned()),
        ("spin-client-addr", client.to_string()),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value)?);
    }
    Ok(())
}
