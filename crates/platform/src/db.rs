//! The database port: statements that all happen, or none.

use crate::{Error, Local, Meter, Result};
use std::rc::Rc;

/// A value of a column or a parameter. Integers are exact up to 2^53 on every host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL `null`.
    Null,
    /// An integer; times are unix seconds.
    Int(i64),
    /// Text, any Unicode.
    Text(String),
}

/// One statement and its parameters `?1 ?2 …`.
#[derive(Debug, Clone)]
pub struct Sql {
    /// The statement: always a literal of `store`, so no input can be part of it.
    pub text: &'static str,
    /// What is bound, in order.
    pub params: Vec<Value>,
}

/// Makes a statement. Only `store` calls it (a test holds it to that).
pub fn sql<const N: usize>(text: &'static str, params: [Value; N]) -> Sql {
    Sql { text, params: params.into() }
}

/// A row, its values found by the name of the column.
#[derive(Debug, Clone)]
pub struct Row {
    names: Rc<[String]>,
    values: Vec<Value>,
}

impl Row {
    /// A row of a result, whose rows share the names of their columns, in the statement's order.
    pub fn new(names: Rc<[String]>, values: Vec<Value>) -> Self {
        Self { names, values }
    }

    /// Names and values, in the statement's order.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }

    fn get(&self, name: &str) -> Result<&Value> {
        self.columns()
            .find_map(|(column, value)| (column == name).then_some(value))
            .ok_or_else(|| Error::Internal(format!("no column {name}")))
    }

    /// The text of a column that is never null.
    pub fn text(&self, name: &str) -> Result<String> {
        self.opt_text(name)?.ok_or_else(|| Error::Internal(format!("{name} is null")))
    }

    /// The text of a column, if any.
    pub fn opt_text(&self, name: &str) -> Result<Option<String>> {
        match self.get(name)? {
            Value::Text(text) => Ok(Some(text.clone())),
            Value::Null => Ok(None),
            Value::Int(_) => Err(Error::Internal(format!("{name} is an integer"))),
        }
    }

    /// The integer of a column that is never null.
    pub fn int(&self, name: &str) -> Result<i64> {
        self.opt_int(name)?.ok_or_else(|| Error::Internal(format!("{name} is null")))
    }

    /// The integer of a column, if any.
    pub fn opt_int(&self, name: &str) -> Result<Option<i64>> {
        match self.get(name)? {
            Value::Int(int) => Ok(Some(*int)),
            Value::Null => Ok(None),
            Value::Text(_) => Err(Error::Internal(format!("{name} is text"))),
        }
    }

    /// What `make` builds of the columns; an error when one of them was not there or of another type.
    ///
    /// # Errors
    /// [`Error::Internal`] with the first that was wrong.
    pub fn read<T>(&self, make: impl FnOnce(&mut Columns<'_>) -> T) -> Result<T> {
        let mut columns = Columns { row: self, wrong: None };
        let made = make(&mut columns);
        match columns.wrong {
            None => Ok(made),
            Some(error) => Err(error),
        }
    }
}

/// A row that is being read. What is wrong is remembered and comes out at the end: twenty columns
/// that each might end the function take three times the code.
pub struct Columns<'a> {
    row: &'a Row,
    wrong: Option<Error>,
}

impl Columns<'_> {
    /// The text of a column that is never null.
    pub fn text(&mut self, name: &str) -> String {
        self.or_default(self.row.text(name))
    }

    /// The text of a column, if any.
    pub fn opt_text(&mut self, name: &str) -> Option<String> {
        self.or_default(self.row.opt_text(name))
    }

    /// The integer of a column that is never null.
    pub fn int(&mut self, name: &str) -> i64 {
        self.or_default(self.row.int(name))
    }

    /// The integer of a column, if any.
    pub fn opt_int(&mut self, name: &str) -> Option<i64> {
        self.or_default(self.row.opt_int(name))
    }

    /// The value, or an empty one in its place, and then the whole row is wrong.
    pub fn or_default<T: Default>(&mut self, value: Result<T>) -> T {
        value.unwrap_or_else(|error| {
            self.wrong.get_or_insert(error);
            T::default()
        })
    }
}

/// What one statement of a batch did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The rows that it returned.
    pub rows: Vec<Row>,
    /// Rows read, as the database counts them (0 where it does not count).
    pub rows_read: u32,
    /// Rows written, as the database counts them.
    pub rows_written: u32,
}

/// The port. The only transaction there is: all statements of a batch happen, or none.
pub trait Db {
    /// Runs the statements in order, in one transaction; one outcome each.
    ///
    /// # Errors
    /// [`Error::Conflict`] for a broken unique constraint, [`Error::Unavailable`] when the database
    /// does not answer in time, [`Error::Internal`] otherwise. Nothing was written then.
    fn batch(&self, statements: Vec<Sql>) -> Local<'_, Result<Vec<Outcome>>>;
}

/// The database of a request, counted.
pub struct Database {
    pub(crate) port: Rc<dyn Db>,
    pub(crate) meter: Rc<Meter>,
}

impl Database {
    /// See [`Db::batch`].
    pub async fn batch(&self, statements: Vec<Sql>) -> Result<Vec<Outcome>> {
        self.meter.queries(statements.len());
        let outcomes = self.port.batch(statements).await?;
        for outcome in &outcomes {
            self.meter.rows(outcome.rows_read, outcome.rows_written);
        }
        Ok(outcomes)
    }

    /// One statement's rows.
    pub async fn all(&self, statement: Sql) -> Result<Vec<Row>> {
        let outcomes = self.batch(vec![statement]).await?;
        Ok(outcomes.into_iter().next().unwrap_or_default().rows)
    }

    /// One statement's first row.
    pub async fn first(&self, statement: Sql) -> Result<Option<Row>> {
        Ok(self.all(statement).await?.into_iter().next())
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}
