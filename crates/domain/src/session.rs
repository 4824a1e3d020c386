//! How long a signed-in browser stays signed in.

/// A session that was not used for 30 days has ended.
pub const IDLE_SECONDS: i64 = 30 * 24 * 60 * 60;
/// The second factor must follow the first within ten minutes.
pub const HALF_SECONDS: i64 = 600;
/// A session ends after 180 days, however much it is used.
pub const ABSOLUTE_SECONDS: i64 = 180 * 24 * 60 * 60;
