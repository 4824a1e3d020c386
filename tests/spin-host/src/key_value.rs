//! `spin:key-value`: all stores in one SQLite file.

use crate::{
    bindings::key_value::{Error, Host, HostStore, HostStoreWithStore},
    state::State,
};
use rusqlite::{OptionalExtension, params};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::task::spawn_blocking;
use wasmtime::component::{Accessor, HasSelf, Resource};

/// The file of all stores.
pub type Stores = Arc<Mutex<rusqlite::Connection>>;

/// An open store.
pub struct Store {
    label: String,
}

/// Opens the file of all stores within the data folder.
pub fn open(data: &Path) -> rusqlite::Result<Stores> {
    let file = rusqlite::Connection::open(data.join("sqlite_key_value.db"))?;
    file.execute_batch(
        "pragma journal_mode = wal;
         pragma synchronous = normal;
         create table if not exists spin_key_value (
           store text not null, key text not null, value blob not null, primary key (store, key)
         );",
    )?;
    Ok(Arc::new(Mutex::new(file)))
}

impl Host for State {}

impl HostStore for State {
    fn drop(&mut self, store: Resource<Store>) -> wasmtime::Result<()> {
        self.table.delete(store)?;
        Ok(())
    }
}

impl<T: Send> HostStoreWithStore<T> for HasSelf<State> {
    async fn open(accessor: &Accessor<T, Self>, label: String) -> Result<Resource<Store>, Error> {
        accessor.with(|mut access| {
            let state = access.get();
            if !state.component.key_value_stores.contains(&label) {
                return Err(Error::AccessDenied);
            }
            state.table.push(Store { label }).map_err(other)
        })
    }

    async fn get(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> Result<Option<Vec<u8>>, Error> {
        run(accessor, &store, move |file, label| {
            let sql = "select value from spin_key_value where store = ?1 and key = ?2";
            file.query_row(sql, params![label, key], |row| row.get(0)).optional()
        })
        .await
    }

    async fn set(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
        value: Vec<u8>,
    ) -> Result<(), Error> {
        run(accessor, &store, move |file, label| {
            let sql = "insert into spin_key_value (store, key, value) values (?1, ?2, ?3)
                       on conflict (store, key) do update set value = excluded.value";
            file.execute(sql, params![label, key, value]).map(drop)
        })
        .await
    }

    async fn delete(
        accessor: &Accessor<T, Self>,
        store: Resource<Store>,
        key: String,
    ) -> Result<(), Error> {
        run(accessor, &store, move |file, label| {
            let sql = "delete from spin_key_value where store = ?1 and key = ?2";
            file.execute(sql, params![label, key]).map(drop)
        })
        .await
    }
}

async fn run<T: Send, R: Send + 'static>(
    accessor: &Accessor<T, HasSelf<State>>,
    store: &Resource<Store>,
    work: impl FnOnce(&rusqlite::Connection, &str) -> rusqlite::Result<R> + Send + 'static,
) -> Result<R, Error> {
    let (file, label) = accessor.with(|mut access| {
        let state = access.get();
        let label = state.table.get(store).map(|store| store.label.clone()).map_err(other)?;
        Ok((state.stores.clone(), label))
    })?;
    let work = move || -> anyhow::Result<R> {
        let file = file.lock().map_err(|_| anyhow::anyhow!("a query panicked"))?;
        Ok(work(&file, &label)?)
    };
    spawn_blocking(work).await.map_err(other)?.map_err(other)
}

fn other(error: impl std::fmt::Display) -> Error {
    Error::Other(error.to_string())
}
