//! `spin:sqlite`: each connection that a component opens is a connection of its own to the file.

use crate::{
    bindings::sqlite::{
        self, Error, Host, HostConnection, HostConnectionWithStore, RowResult, Value,
    },
    state::State,
};
use rusqlite::{params_from_iter, types::ValueRef};
use std::{
    path::Path,
    sync::{Arc, Mutex},
};
use tokio::task::spawn_blocking;
use wasmtime::component::{Accessor, FutureReader, HasSelf, Resource, StreamReader};

/// The name of a database's file within the data folder; `default` has the name that Spin gives it.
pub fn file_name(label: &str) -> String {
    if label == "default" { "sqlite_db.db".to_owned() } else { format!("{label}.db") }
}

/// An open connection.
pub struct Connection(Arc<Mutex<rusqlite::Connection>>);

type Rows = (Vec<String>, Vec<RowResult>, Result<(), Error>);

impl Host for State {}

impl HostConnection for State {
    fn drop(&mut self, connection: Resource<Connection>) -> wasmtime::Result<()> {
        self.table.delete(connection)?;
        Ok(())
    }
}

impl<T: Send> HostConnectionWithStore<T> for HasSelf<State> {
    async fn open_async(
        accessor: &Accessor<T, Self>,
        label: String,
    ) -> Result<Resource<Connection>, Error> {
        let path = accessor.with(|mut access| {
            let state = access.get();
            let is_granted = state.component.sqlite_databases.contains(&label);
            is_granted.then(|| state.data.join(file_name(&label)))
        });
        let path = path.ok_or(Error::AccessDenied)?;
        let opened = spawn_blocking(move || open(&path)).await.map_err(io)?.map_err(io)?;
        let connection = Connection(Arc::new(Mutex::new(opened)));
        accessor.with(|mut access| access.get().table.push(connection)).map_err(io)
    }

    async fn execute_async(
        accessor: &Accessor<T, Self>,
        connection: Resource<Connection>,
        statement: String,
        parameters: Vec<Value>,
    ) -> Result<(Vec<String>, StreamReader<RowResult>, FutureReader<Result<(), Error>>), Error>
    {
        let connection = shared(accessor, &connection)?;
        let run = move || execute(&connection, &statement, parameters);
        let (columns, rows, result) = spawn_blocking(run).await.map_err(io)?;
        accessor.with(|mut access| {
            let rows = StreamReader::new(&mut access, rows).map_err(io)?;
            let end = async move { wasmtime::error::Ok(result) };
            let end = FutureReader::new(&mut access, end).map_err(io)?;
            Ok((columns, rows, end))
        })
    }

    async fn changes_async(accessor: &Accessor<T, Self>, connection: Resource<Connection>) -> u64 {
        let connection = shared(accessor, &connection);
        connection.map_or(0, |connection| connection.lock().map_or(0, |open| open.changes()))
    }
}

fn shared<T: Send>(
    accessor: &Accessor<T, HasSelf<State>>,
    connection: &Resource<Connection>,
) -> Result<Arc<Mutex<rusqlite::Connection>>, Error> {
    accessor.with(|mut access| {
        let connection = access.get().table.get(connection);
        connection.map(|connection| connection.0.clone()).map_err(|_| Error::InvalidConnection)
    })
}

/// Opens a file; components may not attach others to it.
pub fn open(path: &Path) -> rusqlite::Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    // What a test wrote need not survive the power going out.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.set_limit(rusqlite::limits::Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    Ok(connection)
}

/// Runs a statement to its end. As in Spin, its error comes after the rows that it gave before.
fn execute(
    connection: &Mutex<rusqlite::Connection>,
    statement: &str,
    parameters: Vec<Value>,
) -> Rows {
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    let run = || -> anyhow::Result<()> {
        let connection = connection.lock().map_err(|_| anyhow::anyhow!("a query panicked"))?;
        let mut statement = connection.prepare(statement)?;
        columns = statement.column_names().into_iter().map(str::to_owned).collect();
        let mut found = statement.query(params_from_iter(parameters.into_iter().map(param)))?;
        while let Some(row) = found.next()? {
            let values = (0..columns.len()).map(|i| Ok(value(row.get_ref(i)?)));
            let values = values.collect::<rusqlite::Result<Vec<_>>>()?;
            rows.push(RowResult { values });
        }
        Ok(())
    };
    let result = run().map_err(io);
    (columns, rows, result)
}

fn param(value: Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Integer(int) => rusqlite::types::Value::Integer(int),
        Value::Real(real) => rusqlite::types::Value::Real(real),
        Value::Text(text) => rusqlite::types::Value::Text(text),
        Value::Blob(blob) => rusqlite::types::Value::Blob(blob),
    }
}

fn value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(int) => Value::Integer(int),
        ValueRef::Real(real) => Value::Real(real),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
    }
}

fn io(error: impl std::fmt::Display) -> Error {
    sqlite::Error::Io(error.to_string())
}
