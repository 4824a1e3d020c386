//! What one instance of a component holds on the host's side, and how long it lives.

use crate::{app::App, key_value::Stores, manifest::Component, outbound::Outbound};
use std::{
    path::PathBuf,
    pin::{Pin, pin},
    sync::{Arc, OnceLock, Weak},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::time::{Sleep, sleep};
use wasmtime::{
    Store, StoreContextMut,
    component::{GuestTaskId, ResourceTable},
};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{
    WasiHttpCtx, WasiHttpCtxView, WasiHttpView,
    handler::{
        HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
    },
    p3::bindings::ServicePre,
};

// As Spin 4.1 has them, the time of a request apart, which it does not bound by itself.
const REQUESTS_PER_INSTANCE: usize = 128;
const REQUESTS_AT_ONCE: usize = 16;
const IDLE: Duration = Duration::from_secs(1);
const REQUEST: Duration = Duration::from_secs(120);

/// The data of one instance.
pub struct State {
    pub table: ResourceTable,
    pub component: Arc<Component>,
    pub data: PathBuf,
    pub stores: Stores,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    outbound: Outbound,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for State {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outbound, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Makes the instances of a component.
pub struct Maker {
    pub name: String,
    pub component: Arc<Component>,
    pub data: PathBuf,
    pub stores: Stores,
    pub service: ServicePre<State>,
    pub allowed: Vec<crate::outbound::Allowed>,
    pub app: OnceLock<Weak<App>>,
}

impl HandlerState for Maker {
    type StoreData = State;
    type WorkerExpiration = Expiration;
    type WorkerState = Life;

    async fn instantiate(&self) -> wasmtime::Result<Instance<State, Expiration, Life>> {
        let state = State {
            table: ResourceTable::new(),
            component: self.component.clone(),
            data: self.data.clone(),
            stores: self.stores.clone(),
            wasi: WasiCtx::builder().inherit_stdout().inherit_stderr().build(),
            http: WasiHttpCtx::new(),
            outbound: Outbound {
                app: self.app.get().cloned().unwrap_or_default(),
                component: self.name.clone(),
                allowed: self.allowed.clone(),
            },
        };
        let mut store = Store::new(self.service.engine(), state);
        let service = self.service.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: State::http,
            expiration: Expiration(Box::pin(sleep(IDLE))),
            state: Life { name: self.name.clone() },
        })
    }
}

/// Ends an instance that nobody needs, or that takes too long.
pub struct Expiration(Pin<Box<Sleep>>);

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let life = if status == WorkerStatus::Idle { IDLE } else { REQUEST };
        let end = (start + life).into();
        if self.0.deadline() != end {
            self.0.as_mut().reset(end);
        }
        pin!(&mut self.0).poll(cx)
    }
}

/// How many requests an instance takes.
pub struct Life {
    name: String,
}

impl WorkerState for Life {
    type StoreData = State;
    type RequestData = ();

    fn should_accept_request(&self, now: usize, so_far: usize) -> ShouldAccept {
        if so_far >= REQUESTS_PER_INSTANCE {
            ShouldAccept::Never
        } else if now >= REQUESTS_AT_ONCE {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _: StoreContextMut<'_, State>,
        (): (),
        _: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        Box::pin(sleep(REQUEST))
    }

    fn drop(&self, _: Store<State>, result: wasmtime::Result<()>) {
        if let Err(problem) = result {
            eprintln!("{}: an instance ended: {problem:?}", self.name);
        }
    }
}
