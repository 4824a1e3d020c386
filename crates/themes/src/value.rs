//! What names in a template stand for.

use std::rc::Rc;

/// A value of the model, or one that an expression has made of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// What there is no such name for.
    Missing,
    /// True or false.
    Truth(bool),
    /// A whole number.
    Number(i64),
    /// Words, which are escaped where they are written.
    Text(Rc<str>),
    /// HTML, which is not.
    Html(Rc<str>),
    /// Values in their order.
    List(Rc<[Value]>),
    /// Names and values.
    Map(Rc<[(&'static str, Value)]>),
    /// In a repetition: which one this is, counted from 1, and of how many.
    Loop(usize, usize),
}

impl Value {
    /// Whether `if` takes it for true: what is there and neither empty nor zero nor false.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Missing => false,
            Self::Truth(is_so) => *is_so,
            Self::Number(number) => *number != 0,
            Self::Text(text) | Self::Html(text) => !text.is_empty(),
            Self::List(values) => !values.is_empty(),
            Self::Map(_) | Self::Loop(..) => true,
        }
    }

    /// The value of a name in it; None where it is nothing that has names.
    pub(crate) fn attribute(&self, name: &str) -> Option<Self> {
        match self {
            Self::Map(pairs) => {
                let found = pairs.iter().find(|(known, _)| *known == name);
                Some(found.map_or(Self::Missing, |(_, value)| value.clone()))
            }
            Self::Loop(at, count) => Some(match name {
                "index" => (*at).into(),
                "index0" => at.saturating_sub(1).into(),
                "length" => (*count).into(),
                "first" => (*at == 1).into(),
                "last" => (at == count).into(),
                _ => Self::Missing,
            }),
            _ => None,
        }
    }

    /// How many things are in it, or characters.
    pub(crate) fn length(&self) -> Option<usize> {
        match self {
            Self::List(values) => Some(values.len()),
            Self::Map(pairs) => Some(pairs.len()),
            Self::Text(text) | Self::Html(text) => Some(text.chars().count()),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($kind:ty, $value:ident => $made:expr;)+) => {
        $(impl From<$kind> for Value {
            fn from($value: $kind) -> Self {
                $made
            }
        })+
    };
}

from! {
    bool, value => Self::Truth(value);
    i64, value => Self::Number(value);
    u32, value => Self::Number(value.into());
    usize, value => Self::Number(i64::try_from(value).unwrap_or(i64::MAX));
    &str, value => Self::Text(value.into());
    &String, value => Self::Text(value.as_str().into());
    String, value => Self::Text(value.into());
}
