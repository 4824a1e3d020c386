//! The database port on Spin's SQLite.
//!
//! Every batch opens its own connection: one component instance serves several requests at once,
//! and a connection can hold only one transaction. SQLite counts no rows there, so `rows_read` is the
//! number of rows that came back (less than what was looked at) and `rows_written` is `changes()`.

use platform::{Db, Error, Local, Outcome, Result, Row, Sql, Value};
use spin_sdk::sqlite::{Connection, Error as SpinError, Value as SpinValue};
use std::rc::Rc;

/// The database `default` of the component.
pub struct SpinDb;

impl Db for SpinDb {
    fn batch(&self, statements: Vec<Sql>) -> Local<'_, Result<Vec<Outcome>>> {
        Box::pin(run(statements))
    }
}

async fn run(statements: Vec<Sql>) -> Result<Vec<Outcome>> {
    let connection = Connection::open_default().await.map_err(problem)?;
    // One statement is a transaction by itself.
    if statements.len() < 2 {
        return all(&connection, statements).await;
    }
    let begin = if statements.iter().all(reads) { "begin" } else { "begin immediate" };
    control(&connection, begin).await?;
    let outcome = match all(&connection, statements).await {
        Ok(outcomes) => control(&connection, "commit").await.map(|()| outcomes),
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        // SQLite may have rolled back by itself; then there is no transaction, which is as good.
        let _ = control(&connection, "rollback").await;
    }
    outcome
}

async fn all(connection: &Connection, statements: Vec<Sql>) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(statements.len());
    for statement in statements {
        outcomes.push(one(connection, statement).await?);
    }
    Ok(outcomes)
}

async fn one(connection: &Connection, statement: Sql) -> Result<Outcome> {
    let is_read = reads(&statement);
    let params = statement.params.into_iter().map(param);
    let result = connection.execute(statement.text, params).await.map_err(problem)?;
    let names: Rc<[String]> = result.columns().into();
    let rows = result.collect().await.map_err(problem)?;
    let rows = rows.into_iter().map(|row| named(&names, row.values)).collect::<Result<Vec<_>>>()?;
    let rows_read = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let changes = if is_read { 0 } else { connection.changes().await };
    Ok(Outcome { rows, rows_read, rows_written: u32::try_from(changes).unwrap_or(u32::MAX) })
}

async fn control(connection: &Connection, text: &'static str) -> Result<()> {
    let result = connection.execute(text, []).await.map_err(problem)?;
    result.result().await.map_err(problem)
}

/// Whether a statement only reads. A `with` may write, so it counts as writing.
fn reads(statement: &Sql) -> bool {
    let first = statement.text.split_whitespace().next().unwrap_or_default();
    first.eq_ignore_ascii_case("select")
}

fn named(names: &Rc<[String]>, values: Vec<SpinValue>) -> Result<Row> {
    let values = values.into_iter().map(|value| match value {
        SpinValue::Null => Ok(Value::Null),
        SpinValue::Integer(int) => Ok(Value::Int(int)),
        SpinValue::Text(text) => Ok(Value::Text(text)),
        _ => Err(Error::internal("a column is neither text nor an integer")),
    });
    Ok(Row::new(names.clone(), values.collect::<Result<_>>()?))
}

fn param(value: Value) -> SpinValue {
    match value {
        Value::Null => SpinValue::Null,
        Value::Int(int) => SpinValue::Integer(int),
        Value::Text(text) => SpinValue::Text(text),
    }
}

/// SQLite's result codes do not cross Spin's interface; its messages do, and they are stable.
fn problem(error: SpinError) -> Error {
    match error {
        SpinError::Io(text) if text.contains("UNIQUE constraint failed") => Error::Conflict,
        SpinError::Io(text) if is_busy(&text) => Error::Unavailable(text),
        SpinError::Io(text) => Error::Internal(text),
        other => Error::Unavailable(format!("the database: {other}")),
    }
}

fn is_busy(text: &str) -> bool {
    ["locked", "busy", "unable to open"].iter().any(|word| text.contains(word))
}
