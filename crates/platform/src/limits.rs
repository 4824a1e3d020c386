//! The limits port: how often something may happen, counted the same way on all hosts.

use crate::{Local, Result};

/// So many times at once, refilled evenly over the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The name of the class; part of the key, and shown in `RateLimit-Policy`.
    pub name: &'static str,
    /// How many; at least 1.
    pub count: u32,
    /// Seconds in which the whole count comes back; at least 1.
    pub window_seconds: u32,
}

/// What a limit said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it may happen.
    pub allowed: bool,
    /// How many more may follow at once.
    pub remaining: u32,
    /// Seconds until the next may happen; 0 when one may now.
    pub retry_after_seconds: u32,
}

/// The port. Keys are HMACs that `web` makes, never addresses; state ends by itself.
pub trait Limits {
    /// Takes one from the bucket of `key` at `now_ms` (unix milliseconds).
    fn take<'a>(&'a self, key: &'a str, policy: Policy, now_ms: i64) -> Local<'a, Result<Verdict>>;
}

/// The generic cell rate algorithm on one integer, the theoretical arrival time (`tat_ms`).
/// Returns the verdict and the new `tat_ms`, which is the moment after which the state may be forgotten.
pub fn gcra(tat_ms: Option<i64>, now_ms: i64, policy: Policy) -> (Verdict, i64) {
    let window_ms = i64::from(policy.window_seconds.max(1)).saturating_mul(1000);
    let step_ms = window_ms.checked_div(i64::from(policy.count.max(1))).unwrap_or(1).max(1);
    // A clock that went back must not lock anyone out for longer than a window.
    let tat_ms = tat_ms.unwrap_or(now_ms).clamp(now_ms, now_ms.saturating_add(window_ms));
    let next_ms = tat_ms.saturating_add(step_ms);
    let over_ms = next_ms.saturating_sub(now_ms).saturating_sub(window_ms);
    if over_ms > 0 {
        let verdict =
            Verdict { allowed: false, remaining: 0, retry_after_seconds: seconds_up(over_ms) };
        return (verdict, tat_ms);
    }
    let room_ms = over_ms.saturating_neg();
    let remaining = u32::try_from(room_ms.checked_div(step_ms).unwrap_or(0)).unwrap_or(0);
    (Verdict { allowed: true, remaining, retry_after_seconds: 0 }, next_ms)
}

fn seconds_up(ms: i64) -> u32 {
    u32::try_from(ms.saturating_add(999).checked_div(1000).unwrap_or(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEN_IN_FIVE_MINUTES: Policy = Policy { name: "test", count: 10, window_seconds: 300 };

    #[test]
    fn ten_pass_at_once_and_the_eleventh_waits_for_one_tenth_of_the_window() {
        let mut tat = None;
        for left in (0..10).rev() {
            let (verdict, next) = gcra(tat, 1_000, TEN_IN_FIVE_MINUTES);
            assert_eq!((verdict.allowed, verdict.remaining), (true, left));
            tat = Some(next);
        }
        let (verdict, next) = gcra(tat, 1_000, TEN_IN_FIVE_MINUTES);
        assert_eq!((verdict.allowed, verdict.retry_after_seconds), (false, 30));
        assert_eq!(Some(next), tat, "a refusal costs nothing");
        assert!(gcra(tat, 31_000, TEN_IN_FIVE_MINUTES).0.allowed);
        assert!(!gcra(tat, 30_999, TEN_IN_FIVE_MINUTES).0.allowed);
    }

    #[test]
    fn a_clock_that_went_back_locks_nobody_out() {
        let (verdict, _) = gcra(Some(i64::MAX), 1_000, TEN_IN_FIVE_MINUTES);
        assert!(verdict.retry_after_seconds <= 300);
    }
}
