//! What people pay for: Stripe's subscriptions as we keep them, what they grant, and what changed.

mod change;
mod read;
mod words;

pub use change::{Kind, changes};
pub use read::{charges, payment, subscription};

/// Days for which a plan stays while Stripe tries again to collect a payment.
pub const GRACE_SECONDS: i64 = 28 * 86_400;

/// A subscription of a customer's, as Stripe has it and with what we think of it. Times are unix seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subscription {
    /// `sub_…`.
    pub id: String,
    /// Stripe's word: `trialing`, `active`, `past_due`, `unpaid`, `canceled`, `incomplete`,
    /// `incomplete_expired`, `paused`.
    pub status: String,
    /// The price of its first item.
    pub price_id: String,
    /// What that price charges, in the smallest unit; None where it is no fixed sum.
    pub amount: Option<i64>,
    /// ISO 4217, lower case.
    pub currency: String,
    /// `month` or `year`; Stripe knows `day` and `week` too.
    pub interval: String,
    /// When what is paid for ends: the latest end of its items.
    pub period_ends_at: Option<i64>,
    /// When its trial ends or ended.
    pub trial_ends_at: Option<i64>,
    /// When it is going to end, where that is decided.
    pub cancel_at: Option<i64>,
    /// Whether it ends with its period.
    pub cancel_at_period_end: bool,
    /// When somebody ended it, though it may run on for a while.
    pub canceled_at: Option<i64>,
    /// When it ended.
    pub ended_at: Option<i64>,
    /// When it was made.
    pub made_at: i64,
    /// Since when it is past due.
    pub past_due_since: Option<i64>,
    /// What became of its last payment.
    pub payment: Payment,
    /// The plan that its price grants; None where we sell no such thing, or it is charged otherwise.
    pub plan: Option<String>,
    /// Whether it comes from a checkout of ours that was paid for, or an operator said yes.
    pub is_accepted: bool,
}

/// What became of the last payment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Payment {
    /// Nothing is wrong with it.
    #[default]
    Good,
    /// It was given back, all of it.
    Refunded,
    /// The bank took it back and asks who is right.
    Disputed,
    /// The bank said that we are not.
    Lost,
}

impl Payment {
    /// The word that is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::Lost => "lost",
        }
    }

    /// The payment of a stored word; what is unknown is good.
    pub fn of_word(word: &str) -> Self {
        let all = [Self::Refunded, Self::Disputed, Self::Lost];
        all.into_iter().find(|payment| payment.word() == word).unwrap_or_default()
    }
}

/// How much of its plan an account has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// It has what is free.
    #[default]
    None,
    /// All of it, until the time that is said, because a payment is late.
    PastDue,
    /// All of it.
    Full,
}

impl Access {
    /// The word that is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::PastDue => "past_due",
            Self::Full => "full",
        }
    }

    /// The access of a stored word; what is unknown is none.
    pub fn of_word(word: &str) -> Self {
        let all = [Self::PastDue, Self::Full];
        all.into_iter().find(|access| access.word() == word).unwrap_or_default()
    }
}

/// What an account has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entitlement {
    /// Empty stands for the free plan.
    pub plan: String,
    /// How much of it.
    pub access: Access,
    /// When it ends by the clock alone.
    pub until: Option<i64>,
    /// The subscription that grants it.
    pub subscription_id: Option<String>,
}

impl Entitlement {
    /// The plan that counts at a time; None is the free one.
    pub fn plan_at(&self, now: i64) -> Option<&str> {
        let holds = self.access != Access::None && self.until.is_none_or(|until| now < until);
        Some(self.plan.as_str()).filter(|plan| holds && !plan.is_empty())
    }
}

/// What the subscriptions of a customer grant together: the best of them does, and of equals the newest.
///
/// `trialing` and `active` grant all of the plan, `past_due` for [`GRACE_SECONDS`], every other status
/// nothing; nor does one whose last payment went back for good. While a bank asks, the plan stays. A
/// subscription whose collection the operator paused stays `active` at Stripe, and keeps its plan.
pub fn entitlement(subscriptions: &[Subscription]) -> Entitlement {
    let granting = subscriptions.iter().filter_map(|one| Some((access(one)?, one)));
    let best = granting.max_by_key(|(access, one)| (*access, one.made_at, one.id.clone()));
    let Some((access, one)) = best else { return Entitlement::default() };
    let since = one.past_due_since.filter(|_| access == Access::PastDue);
    Entitlement {
        plan: one.plan.clone().unwrap_or_default(),
        access,
        until: since.map(|since| since.saturating_add(GRACE_SECONDS)),
        subscription_id: Some(one.id.clone()),
    }
}

fn access(one: &Subscription) -> Option<Access> {
    let is_paid = !matches!(one.payment, Payment::Refunded | Payment::Lost);
    if !one.is_accepted || one.plan.is_none() || !is_paid {
        return None;
    }
    match one.status.as_str() {
        "trialing" | "active" => Some(Access::Full),
        "past_due" => Some(Access::PastDue),
        _ => None,
    }
}

/// Whether Stripe will never again collect for a subscription of this status.
pub fn is_over(status: &str) -> bool {
    matches!(status, "canceled" | "incomplete_expired")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(id: &str, status: &str) -> Subscription {
        Subscription {
            id: id.into(),
            status: status.into(),
            plan: Some("pro".into()),
            is_accepted: true,
            past_due_since: Some(1_000),
            ..Subscription::default()
        }
    }

    #[test]
    fn a_status_grants_what_the_table_says() {
        for (status, access) in [
            ("trialing", Access::Full),
            ("active", Access::Full),
            ("past_due", Access::PastDue),
            ("incomplete", Access::None),
            ("incomplete_expired", Access::None),
            ("canceled", Access::None),
            ("unpaid", Access::None),
            ("paused", Access::None),
            ("a word of next year", Access::None),
        ] {
            assert_eq!(entitlement(&[one("a", status)]).access, access, "{status}");
        }
    }

    #[test]
    fn what_was_not_accepted_or_sold_or_went_back_grants_nothing() {
        let good = one("a", "active");
        for bad in [
            Subscription { is_accepted: false, ..good.clone() },
            Subscription { plan: None, ..good.clone() },
            Subscription { payment: Payment::Refunded, ..good.clone() },
            Subscription { payment: Payment::Lost, ..good.clone() },
        ] {
            assert_eq!(entitlement(&[bad]), Entitlement::default());
        }
        let asked = Subscription { payment: Payment::Disputed, ..good };
        assert_eq!(entitlement(&[asked]).access, Access::Full);
    }

    #[test]
    fn a_late_payment_leaves_the_plan_for_four_weeks() {
        let late = entitlement(&[one("a", "past_due")]);
        assert_eq!(late.plan_at(1_000 + GRACE_SECONDS - 1), Some("pro"));
        assert_eq!(late.plan_at(1_000 + GRACE_SECONDS), None);
        assert_eq!(entitlement(&[one("a", "active")]).plan_at(i64::MAX), Some("pro"));
    }

    proptest! {
        #[test]
        fn the_order_in_which_stripe_lists_them_does_not_matter(
            statuses in proptest::collection::vec(0..4_usize, 0..6), turn in 0..6_usize,
        ) {
            let words = ["active", "past_due", "canceled", "trialing"];
            let make = |(at, status): (usize, &usize)| one(&format!("sub_{at}"), words[*status]);
            let all: Vec<_> = statuses.iter().enumerate().map(make).collect();
            let mut turned = all.clone();
            turned.rotate_left(turn.min(all.len()));
            prop_assert_eq!(entitlement(&all), entitlement(&turned));
        }
    }
}
