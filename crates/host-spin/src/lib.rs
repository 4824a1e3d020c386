//! host-spin
