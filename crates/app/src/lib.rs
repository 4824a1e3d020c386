//! The table of functions: what the Worker and the tests serve.

/// Every function, in the order in which a request is offered to them.
pub const FUNCTIONS: &[&web::Function] =
    &[&signin::FUNCTION, &posting::FUNCTION, &feeds::FUNCTION, &billing::FUNCTION, &blog::FUNCTION];
