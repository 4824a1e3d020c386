//! What D1 answers to a batch, as JSON.

use platform::{Error, Outcome, Result, Row, Value};
use serde::{
    Deserialize,
    de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor},
};
use std::{fmt, rc::Rc};

/// One outcome for each statement.
///
/// # Errors
/// [`Error::Internal`] when a column is neither text nor an integer nor null.
pub fn read(text: &str) -> Result<Vec<Outcome>> {
    let results: Vec<Answer> = serde_json::from_str(text).map_err(Error::internal)?;
    Ok(results.into_iter().map(Answer::outcome).collect())
}

#[derive(Deserialize)]
struct Answer {
    results: Option<Table>,
    meta: Meta,
}

#[derive(Deserialize)]
struct Meta {
    rows_read: Option<f64>,
    rows_written: Option<f64>,
}

impl Answer {
    fn outcome(self) -> Outcome {
        let count = |count: Option<f64>| count.unwrap_or(0.0) as u32;
        Outcome {
            rows: self.results.map(|table| table.0).unwrap_or_default(),
            rows_read: count(self.meta.rows_read),
            rows_written: count(self.meta.rows_written),
        }
    }
}

struct Table(Vec<Row>);

impl<'de> Deserialize<'de> for Table {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_seq(Rows)
    }
}

struct Rows;

impl<'de> Visitor<'de> for Rows {
    type Value = Table;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> std::result::Result<Table, A::Error> {
        let mut table = Vec::new();
        let mut names = None;
        while let Some(row) = rows.next_element_seed(Columns { names: &mut names })? {
            table.push(row);
        }
        Ok(Table(table))
    }
}

/// All rows of a result have the same columns in the same order, so the first one's names are all names.
struct Columns<'a> {
    names: &'a mut Option<Rc<[String]>>,
}

impl<'de> DeserializeSeed<'de> for Columns<'_> {
    type Value = Row;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> std::result::Result<Row, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Columns<'_> {
    type Value = Row;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a row")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut row: A) -> std::result::Result<Row, A::Error> {
        let mut values = Vec::with_capacity(self.names.as_ref().map_or(0, |names| names.len()));
        let names = match self.names {
            Some(names) => {
                while let Some((_, Cell(value))) = row.next_entry::<de::IgnoredAny, Cell>()? {
                    values.push(value);
                }
                names.clone()
            }
            first => {
                let mut names = Vec::new();
                while let Some((name, Cell(value))) = row.next_entry::<String, Cell>()? {
                    names.push(name);
                    values.push(value);
                }
                first.insert(names.into()).clone()
            }
        };
        Ok(Row::new(names, values))
    }
}

struct Cell(Value);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(from: D) -> std::result::Result<Self, D::Error> {
        from.deserialize_any(Values).map(Cell)
    }
}

struct Values;

impl Visitor<'_> for Values {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, an integer or null")
    }

    fn visit_unit<E: de::Error>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> std::result::Result<Value, E> {
        Ok(Value::Int(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> std::result::Result<Value, E> {
        i64::try_from(number).map(Value::Int).map_err(de::Error::custom)
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> std::result::Result<Value, E> {
        if number.fract() == 0.0 {
            return Ok(Value::Int(number as i64));
        }
        Err(de::Error::custom("a column is neither text nor an integer"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_names_and_values() {
        let answer = r#"[
            {"success": true, "results": [{"a": "é\n", "b": 3}, {"a": null, "b": -9007199254740992}],
             "meta": {"duration": 0.2, "rows_read": 7, "rows_written": 0}},
            {"success": true, "results": [], "meta": {"rows_read": 0, "rows_written": 2.0}},
            {"success": true, "meta": {}}]"#;
        let [rows, none, bare] = read(answer).expect("it is JSON").try_into().expect("three");
        assert_eq!((rows.rows_read, none.rows_written, bare.rows_read), (7, 2, 0));
        assert_eq!(rows.rows[0].text("a"), Ok("é\n".to_owned()));
        assert_eq!(rows.rows[0].int("b"), Ok(3));
        assert_eq!(rows.rows[1].opt_text("a"), Ok(None));
        assert_eq!(rows.rows[1].int("b"), Ok(-9_007_199_254_740_992));
        assert!(none.rows.is_empty() && bare.rows.is_empty());
    }

    #[test]
    fn what_is_no_value_of_ours_is_refused() {
        for cell in ["1.5", "true", "[]", "{}"] {
            let answer = format!(r#"[{{"results": [{{"a": {cell}}}], "meta": {{}}}}]"#);
            assert!(read(&answer).is_err(), "{cell}");
        }
    }
}
