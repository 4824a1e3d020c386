//! Subscriptions and plans in words, for reports: whoever compares two of them sees what differs.

use super::{Access, Entitlement, Payment, Subscription};
use crate::datetime::rfc3339;

impl Subscription {
    /// Everything that Stripe decides about it, in a line.
    pub fn words(&self) -> String {
        let mut words = format!("{} {}", self.id, self.status);
        let plan = self.plan.as_deref().unwrap_or("no plan of ours");
        words.push_str(&format!(", {plan} ({})", self.price_id));
        let times = [
            ("trial until", self.trial_ends_at.filter(|_| self.status == "trialing")),
            ("paid until", self.period_ends_at.filter(|_| self.ended_at.is_none())),
            ("ends", self.cancel_at.filter(|_| self.ended_at.is_none())),
            ("ended", self.ended_at),
        ];
        for (what, time) in times {
            words.extend(time.map(|time| format!(", {what} {}", rfc3339(time))));
        }
        let facts = [
            (self.cancel_at_period_end, "ends with its period"),
            (self.payment != Payment::Good, self.payment.word()),
            (!self.is_accepted, "not from a checkout of ours"),
        ];
        for (_, fact) in facts.iter().filter(|(is_so, _)| *is_so) {
            words.push_str(&format!(", {fact}"));
        }
        words
    }
}

impl Entitlement {
    /// What it comes to, in a line.
    pub fn words(&self) -> String {
        match (self.access, self.until) {
            (Access::None, _) => "free".to_owned(),
            (Access::Full, _) => self.plan.clone(),
            (Access::PastDue, None) => format!("{}, past due", self.plan),
            (Access::PastDue, Some(until)) => {
                format!("{}, past due, until {}", self.plan, rfc3339(until))
            }
        }
    }
}
