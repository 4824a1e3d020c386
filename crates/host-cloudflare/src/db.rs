//! The database port on D1.

mod answer;

use crate::js;
use futures_util::future::{Either, select};
use platform::{Db, Error, Local, Outcome, Result, Sql, Value};
use std::{rc::Rc, time::Duration};
use wasm_bindgen::JsValue;
use worker::{
    Delay, Env,
    js_sys::{Array, JSON, futures::JsFuture},
    worker_sys::{D1Database, D1PreparedStatement},
};

const PATIENCE: Duration = Duration::from_secs(10);
/// More are refused by D1.
const PARAMS_MAX: usize = 100;
/// Integers beyond are not exact in JavaScript.
const EXACT_MAX: i64 = 1 << 53;
/// What D1 says, in lower case, when trying again may help.
const PASSING: [&str; 8] = [
    "network connection lost",
    "overloaded",
    "timed out",
    "timeout",
    "too many requests queued",
    "reset because",
    "caused object to be reset",
    "internal error while starting up",
];

/// The database behind the binding `DB`.
pub struct D1(pub Rc<Env>);

impl Db for D1 {
    fn batch(&self, statements: Vec<Sql>) -> Local<'_, Result<Vec<Outcome>>> {
        Box::pin(async move {
            if statements.is_empty() {
                return Ok(Vec::new());
            }
            let database: D1Database = js::binding(&self.0, "DB")?;
            let prepared = Array::new();
            for statement in &statements {
                prepared.push(prepare(&database, statement)?.as_ref());
            }
            let batch = JsFuture::from(database.batch(prepared).map_err(js::internal)?);
            match select(batch, Delay::from(PATIENCE)).await {
                Either::Left((Ok(results), _)) => outcomes(&results),
                Either::Left((Err(thrown), _)) => Err(classify(js::words(&thrown))),
                Either::Right(_) => Err(Error::Unavailable("D1 did not answer in time".into())),
            }
        })
    }
}

fn prepare(database: &D1Database, statement: &Sql) -> Result<D1PreparedStatement> {
    if statement.params.len() > PARAMS_MAX {
        return Err(Error::internal("a statement has more than 100 parameters"));
    }
    let prepared = database.prepare(statement.text).map_err(js::internal)?;
    if statement.params.is_empty() {
        return Ok(prepared);
    }
    let params = Array::new();
    for param in &statement.params {
        params.push(&bound(param)?);
    }
    prepared.bind(params).map_err(js::internal)
}

fn bound(param: &Value) -> Result<JsValue> {
    match param {
        Value::Null => Ok(JsValue::NULL),
        Value::Text(text) => Ok(JsValue::from_str(text)),
        Value::Int(int) if (-EXACT_MAX..=EXACT_MAX).contains(int) => {
            Ok(JsValue::from_f64(*int as f64))
        }
        Value::Int(_) => Err(Error::internal("an integer beyond 2^53")),
    }
}

/// The results cross the border as one text, because each crossing costs more than a value.
fn outcomes(results: &JsValue) -> Result<Vec<Outcome>> {
    let text = JSON::stringify(results).map_err(js::internal)?;
    answer::read(&String::from(text))
}

fn classify(text: String) -> Error {
    if text.contains("UNIQUE constraint failed") {
        return Error::Conflict;
    }
    let lower = text.to_ascii_lowercase();
    if PASSING.iter().any(|passing| lower.contains(passing)) {
        return Error::Unavailable(text);
    }
    Error::Internal(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_d1_says_becomes_the_kind_that_callers_act_on() {
        let unique = "D1_ERROR: UNIQUE constraint failed: accounts.username: SQLITE_CONSTRAINT";
        assert_eq!(classify(unique.into()), Error::Conflict);
        for text in ["D1_ERROR: Network connection lost.", "D1 DB is overloaded."] {
            assert!(matches!(classify(text.into()), Error::Unavailable(_)), "{text}");
        }
        for text in ["D1_ERROR: no such table: x", "D1_ERROR: NOT NULL constraint failed: a.b"] {
            assert!(matches!(classify(text.into()), Error::Internal(_)), "{text}");
        }
    }
}
