//! What the pages of blogs look like: the templates, what they are given, and the engine that fills them.
//!
//! A page is the name of a template and a model: [`page`] makes one into HTML. The page
//! `docs/pages/themes.html` describes both for whoever writes a template.

mod built_in;
mod engine;
mod fill;
mod lexer;
mod model;
mod problem;
mod sheet;
mod syntax;
mod trial;
mod value;

pub use built_in::{names, source};
pub use engine::{Made, page};
pub use model::{Model, Page, html, line, list, map, named, post};
pub use problem::Problem;
pub use sheet::{sheet, sheet_version};
pub use trial::trial;
pub use value::Value;
