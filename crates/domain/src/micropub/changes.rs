//! An update (section 3.4): values that replace others, join them, or leave.

use super::{Properties, check, entry, is_known, listed};
use serde_json::Value;

/// What an update changes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    replace: Properties,
    add: Properties,
    delete: Properties,
    /// Properties that go with all their values.
    removed: Vec<String>,
}

const SHAPE: &str = "The values of replace, add and delete have to be arrays, as in \
                     {\"replace\": {\"content\": [\"Hello\"]}}; delete may be an array of names.";

impl Changes {
    /// Reads them from a request.
    pub(super) fn of(mut request: Properties) -> Result<Self, &'static str> {
        // Micro.blog's app for the Mac replaces bare values; it always names the blog beside them.
        if request.contains_key("mp-destination")
            && let Some(Value::Object(replace)) = request.get_mut("replace")
        {
            replace.values_mut().for_each(|value| *value = listed(value.take()));
        }
        if !["replace", "add", "delete"].iter().any(|name| request.contains_key(*name)) {
            return Err("An update needs replace, add or delete.");
        }
        let (delete, removed) = match request.remove("delete") {
            Some(Value::Array(names)) => {
                let name = |name: Value| name.as_str().map(str::to_owned).ok_or(SHAPE);
                (Properties::new(), names.into_iter().map(name).collect::<Result<_, _>>()?)
            }
            other => (lists(other)?, vec![]),
        };
        let changes = Self {
            replace: lists(request.remove("replace"))?,
            add: lists(request.remove("add"))?,
            delete,
            removed,
        };
        check(&changes.replace).and(check(&changes.add)).map(|()| changes)
    }

    /// Whether they say anything of a property.
    pub fn touches(&self, name: &str) -> bool {
        [&self.replace, &self.add, &self.delete].iter().any(|of| of.contains_key(name))
            || self.removed.iter().any(|removed| removed == name)
    }

    /// Makes them.
    ///
    /// # Errors
    /// The sentence for the person, when a property has too many values then.
    pub fn apply(self, properties: &mut Properties) -> Result<(), &'static str> {
        for (name, values) in self.replace {
            // An app that knows nothing of drafts sends an empty status with every change.
            let is_empty = entry::texts(&values).all(|text| text.is_empty());
            if !(is_empty && matches!(&*name, "post-status" | "visibility" | "published")) {
                properties.insert(name, values);
            }
        }
        for (name, values) in self.add {
            let Value::Array(new) = values else { continue };
            if let Value::Array(old) = properties.entry(name).or_insert(Value::Array(vec![])) {
                for value in new {
                    if !old.iter().any(|old| is_same(old, &value)) {
                        old.push(value);
                    }
                }
            }
        }
        for (name, values) in &self.delete {
            if let (Some(Value::Array(old)), Value::Array(gone)) =
                (properties.get_mut(name), values)
            {
                old.retain(|value| !gone.iter().any(|gone| is_same(gone, value)));
            }
        }
        for name in &self.removed {
            properties.remove(name);
        }
        check(properties)
    }
}

/// An object of arrays, of which those with a known name are kept.
fn lists(of: Option<Value>) -> Result<Properties, &'static str> {
    match of {
        None => Ok(Properties::new()),
        Some(Value::Object(object)) if object.values().all(Value::is_array) => {
            let known = object.into_iter().filter(|(name, _)| is_known(name));
            Ok(known.map(|(name, value)| (name, listed(value))).collect())
        }
        Some(_) => Err(SHAPE),
    }
}

/// A photo with a description is the same as its bare address.
fn is_same(one: &Value, other: &Value) -> bool {
    one == other || entry::text(one).is_some_and(|text| entry::text(other) == Some(text))
}
