//! The table of functions: what the Worker and the tests serve.
