//! What the host offers to components beside WASI, made from `wit/host.wit`.

wasmtime::component::bindgen!({
    path: "wit",
    world: "pipit:test-host/host",
    with: {
        "spin:sqlite/sqlite.connection": crate::sqlite::Connection,
        "spin:key-value/key-value.store": crate::key_value::Store,
    },
});

pub use self::spin::{key_value::key_value, sqlite::sqlite, variables::variables};
