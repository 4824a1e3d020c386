//! The contract of the ports.
