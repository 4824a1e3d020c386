//! What the pages of blogs look like: the templates, what they are given, and the engine that fills them.
//!
//! A page is the name of a template and a model: [`page`] makes one into HTML. docs/themes.md describes
//! both for whoever writes a template.

mod engine;
mod model;

pub use engine::page;
pub use minijinja::Value;
pub use model::{Model, Page, html, line, list, map, named, post};
