//! The database port on SQLite, in memory or in a file.

use crate::Faults;
use platform::{Db, Error, Local, Outcome, Result, Row, Sql, Value};
use rusqlite::{
    Connection, StatementStatus, TransactionBehavior, ffi,
    types::{ToSqlOutput, Value as SqliteValue, ValueRef},
};
use std::{
    cell::{Cell, RefCell},
    fs,
    future::poll_fn,
    path::Path,
    rc::Rc,
    task::Poll,
    time::Duration,
};

const PATIENCE: Duration = Duration::from_secs(5);
/// What D1 takes; more would work here and fail there.
const PARAMS_MAX: usize = 100;
/// Integers beyond are not exact on every host.
const EXACT_MAX: i64 = 1 << 53;
const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

/// One connection; each batch is a transaction.
pub struct Sqlite {
    connection: RefCell<Connection>,
    steps: Cell<i64>,
    faults: Rc<Faults>,
}

impl Sqlite {
    pub(crate) fn in_memory(faults: Rc<Faults>) -> Result<Self> {
        Self::on(Connection::open_in_memory().map_err(Error::internal)?, faults)
    }

    pub(crate) fn open(path: &Path, faults: Rc<Faults>) -> Result<Self> {
        Self::on(Connection::open(path).map_err(Error::internal)?, faults)
    }

    fn on(mut connection: Connection, faults: Rc<Faults>) -> Result<Self> {
        connection.busy_timeout(PATIENCE).map_err(Error::internal)?;
        connection.execute_batch("pragma foreign_keys = on").map_err(Error::internal)?;
        migrate(&mut connection)?;
        Ok(Self { connection: RefCell::new(connection), steps: Cell::new(0), faults })
    }

    /// The work of all statements since the last call of this, in steps of SQLite's virtual machine:
    /// what tells a statement that reads 20 rows from one that walks over 20,000 to find them.
    pub fn take_steps(&self) -> i64 {
        self.steps.take()
    }

    /// The statements that make this schema, sorted, one per line with `;` at its end.
    ///
    /// # Errors
    /// [`Error::Internal`] when SQLite does not answer.
    pub fn schema(&self) -> Result<String> {
        let connection = self.connection.borrow();
        let mut statement = connection
            .prepare("select sql from sqlite_master where sql is not null order by tbl_name, type desc, name")
            .map_err(Error::internal)?;
        let lines = statement.query_map([], |row| row.get::<_, String>(0));
        let lines: rusqlite::Result<Vec<String>> = lines.map_err(Error::internal)?.collect();
        let lines = lines.map_err(Error::internal)?;
        Ok(lines.iter().map(|line| format!("{line};\n")).collect())
    }

    /// Every table's columns, with their declared types.
    ///
    /// # Errors
    /// [`Error::Internal`] when SQLite does not answer.
    pub fn columns(&self) -> Result<Vec<(String, String, String)>> {
        let connection = self.connection.borrow();
        let mut statement = connection
            .prepare(
                "select m.name, c.name, c.type from sqlite_master m join pragma_table_info(m.name) c
                 where m.type = 'table' order by m.name, c.cid",
            )
            .map_err(Error::internal)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        rows.map_err(Error::internal)?.collect::<rusqlite::Result<_>>().map_err(Error::internal)
    }

    /// Every value of every table as text, one per line, to be searched for what must not be there.
    ///
    /// # Errors
    /// [`Error::Internal`] when SQLite does not answer.
    pub fn dump(&self) -> Result<String> {
        let connection = self.connection.borrow();
        let mut lines = String::new();
        for (table, column, _) in self.columns()? {
            let mut statement = connection
                .prepare(&format!("select coalesce(cast({column} as text), '') from {table}"))
                .map_err(Error::internal)?;
            let values = statement.query_map([], |row| row.get::<_, String>(0));
            for value in values.map_err(Error::internal)? {
                lines.push_str(&format!("{table}.{column}: {}\n", value.map_err(Error::internal)?));
            }
        }
        Ok(lines)
    }

    fn run(&self, statements: &[Sql]) -> Result<Vec<Outcome>> {
        let mut connection = self.connection.borrow_mut();
        let transaction = connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(problem)?;
        let mut outcomes = Vec::with_capacity(statements.len());
        for statement in statements {
            outcomes.push(self.one(&transaction, statement)?);
        }
        transaction.commit().map_err(problem)?;
        Ok(outcomes)
    }

    /// Rows read are those that came back, or those that a table scan walked over if they are more;
    /// what an index skipped over is not seen.
    fn one(&self, connection: &Connection, sql: &Sql) -> Result<Outcome> {
        check(sql)?;
        let changed_before = connection.total_changes();
        let mut statement = connection.prepare_cached(sql.text).map_err(problem)?;
        let names: Rc<[String]> =
            statement.column_names().iter().map(|name| (*name).to_owned()).collect();
        statement.reset_status(StatementStatus::VmStep);
        statement.reset_status(StatementStatus::FullscanStep);
        let params = rusqlite::params_from_iter(sql.params.iter().map(Bound));
        let mut found = Vec::new();
        let mut rows = statement.query(params).map_err(problem)?;
        while let Some(row) = rows.next().map_err(problem)? {
            let cells = (0..names.len()).map(|at| value(row.get_ref(at).map_err(problem)?));
            found.push(Row::new(names.clone(), cells.collect::<Result<_>>()?));
        }
        drop(rows);
        let steps = i64::from(statement.get_status(StatementStatus::VmStep));
        self.steps.set(self.steps.get().saturating_add(steps));
        let scanned = statement.get_status(StatementStatus::FullscanStep);
        let returned = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let written = connection.total_changes().saturating_sub(changed_before);
        Ok(Outcome {
            rows: found,
            rows_read: returned.max(u32::try_from(scanned).unwrap_or(0)),
            rows_written: u32::try_from(written).unwrap_or(u32::MAX),
        })
    }
}

impl Db for Sqlite {
    fn batch(&self, statements: Vec<Sql>) -> Local<'_, Result<Vec<Outcome>>> {
        let texts: Vec<&str> = statements.iter().map(|statement| statement.text).collect();
        let operation = format!("db batch {}", texts.join("; "));
        Box::pin(async move {
            turn().await;
            self.faults.before(&operation)?;
            let outcomes = self.run(&statements)?;
            self.faults.after(&operation)?;
            Ok(outcomes)
        })
    }
}

/// Lets whoever else runs on this thread go first, as the way to a real database does.
pub(crate) async fn turn() {
    let mut is_first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut is_first) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

/// Refuses here what another host would refuse.
fn check(sql: &Sql) -> Result<()> {
    if sql.params.len() > PARAMS_MAX {
        return Err(Error::internal("a statement has more than 100 parameters"));
    }
    let is_inexact =
        |value: &Value| matches!(value, Value::Int(int) if !(-EXACT_MAX..=EXACT_MAX).contains(int));
    if sql.params.iter().any(is_inexact) {
        return Err(Error::internal("an integer beyond 2^53"));
    }
    Ok(())
}

struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Owned(SqliteValue::Null),
            Value::Int(int) => ToSqlOutput::Owned(SqliteValue::Integer(*int)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

fn value(cell: ValueRef<'_>) -> Result<Value> {
    match cell {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(int) => Ok(Value::Int(int)),
        ValueRef::Text(text) => Ok(Value::Text(String::from_utf8_lossy(text).into_owned())),
        ValueRef::Real(_) | ValueRef::Blob(_) => {
            Err(Error::internal("a column is neither text nor an integer"))
        }
    }
}

fn problem(error: rusqlite::Error) -> Error {
    match error.sqlite_error().map(|error| error.extended_code) {
        Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => Error::Conflict,
        Some(ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED) => Error::Unavailable(error.to_string()),
        _ => Error::Internal(error.to_string()),
    }
}

/// Applies the migrations that this database has not seen; `user_version` counts them.
fn migrate(connection: &mut Connection) -> Result<()> {
    let seen: usize = connection
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(Error::internal)?;
    for (at, text) in migrations()?.iter().enumerate().skip(seen) {
        let transaction = connection.transaction().map_err(Error::internal)?;
        transaction.execute_batch(text).map_err(Error::internal)?;
        transaction
            .pragma_update(None, "user_version", at.saturating_add(1))
            .map_err(Error::internal)?;
        transaction.commit().map_err(Error::internal)?;
    }
    Ok(())
}

/// The texts of the migrations in the order of their numbers.
fn migrations() -> Result<Vec<String>> {
    let folder = fs::read_dir(MIGRATIONS).map_err(Error::internal)?;
    let mut files: Vec<_> = folder.filter_map(|entry| entry.ok().map(|e| e.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    files.iter().map(|path| fs::read_to_string(path).map_err(Error::internal)).collect()
}
