//! What changed between what we had of a subscription and what Stripe has.

use super::{Payment, Subscription, is_over};

/// A change that its owner or the operator cares about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The first payment came.
    Began,
    /// A trial began.
    TrialBegan,
    /// Another period was paid for.
    Renewed,
    /// Another price is charged.
    Switched,
    /// A payment failed, and Stripe tries again.
    PaymentFailed,
    /// The payment that had failed came.
    Recovered,
    /// It is going to end.
    CancelSet,
    /// It is going on after all.
    CancelUnset,
    /// It ended.
    Ended,
    /// It waits until somebody resumes it.
    Paused,
    /// It was resumed.
    Resumed,
    /// The last payment was given back.
    Refunded,
    /// The bank took the last payment back and asks who is right.
    Disputed,
    /// The bank gave it to us.
    DisputeWon,
    /// The bank gave it to them.
    DisputeLost,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Began,
        Self::TrialBegan,
        Self::Renewed,
        Self::Switched,
        Self::PaymentFailed,
        Self::Recovered,
        Self::CancelSet,
        Self::CancelUnset,
        Self::Ended,
        Self::Paused,
        Self::Resumed,
        Self::Refunded,
        Self::Disputed,
        Self::DisputeWon,
        Self::DisputeLost,
    ];

    /// The word that is stored.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::TrialBegan => "trial_began",
            Self::Renewed => "renewed",
            Self::Switched => "switched",
            Self::PaymentFailed => "payment_failed",
            Self::Recovered => "recovered",
            Self::CancelSet => "cancel_set",
            Self::CancelUnset => "cancel_unset",
            Self::Ended => "ended",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::DisputeWon => "dispute_won",
            Self::DisputeLost => "dispute_lost",
        }
    }

    /// The change of a stored word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What changed. One that was not accepted before is as new as one that we did not have; of one that is
/// not accepted there is nothing to say.
pub fn changes(before: Option<&Subscription>, after: &Subscription) -> Vec<Kind> {
    if !after.is_accepted {
        return Vec::new();
    }
    let Some(before) = before.filter(|before| before.is_accepted) else { return beginning(after) };
    let kinds = [
        status(&before.status, &after.status),
        (is_living(before) && is_living(after) && before.price_id != after.price_id)
            .then_some(Kind::Switched),
        renewal(before, after),
        cancellation(before, after),
        payment(before.payment, after.payment),
    ];
    kinds.into_iter().flatten().collect()
}

fn beginning(after: &Subscription) -> Vec<Kind> {
    let first = match after.status.as_str() {
        "trialing" => Kind::TrialBegan,
        "active" | "past_due" => Kind::Began,
        _ => return Vec::new(),
    };
    let more = [
        (after.status == "past_due").then_some(Kind::PaymentFailed),
        is_ending(after).then_some(Kind::CancelSet),
        payment(Payment::Good, after.payment),
    ];
    std::iter::once(first).chain(more.into_iter().flatten()).collect()
}

fn status(before: &str, after: &str) -> Option<Kind> {
    match (before, after) {
        (a, b) if a == b => None,
        (_, "canceled" | "incomplete_expired" | "unpaid") => {
            (!is_over(before) && before != "unpaid").then_some(Kind::Ended)
        }
        (_, "paused") => Some(Kind::Paused),
        ("paused", _) => Some(Kind::Resumed),
        (_, "past_due") => Some(Kind::PaymentFailed),
        ("past_due" | "unpaid", "active" | "trialing") => Some(Kind::Recovered),
        (_, "active") => Some(Kind::Began),
        (_, "trialing") => Some(Kind::TrialBegan),
        _ => None,
    }
}

fn renewal(before: &Subscription, after: &Subscription) -> Option<Kind> {
    let is_active = before.status == "active" && after.status == "active";
    let is_later = before.period_ends_at.is_some() && after.period_ends_at > before.period_ends_at;
    (is_active && is_later && before.price_id == after.price_id).then_some(Kind::Renewed)
}

fn cancellation(before: &Subscription, after: &Subscription) -> Option<Kind> {
    match (is_ending(before), is_ending(after)) {
        (false, true) if is_living(after) => Some(Kind::CancelSet),
        (true, false) if is_living(after) => Some(Kind::CancelUnset),
        _ => None,
    }
}

fn payment(before: Payment, after: Payment) -> Option<Kind> {
    match (before, after) {
        (a, b) if a == b => None,
        (_, Payment::Refunded) => Some(Kind::Refunded),
        (_, Payment::Disputed) => Some(Kind::Disputed),
        (_, Payment::Lost) => Some(Kind::DisputeLost),
        (Payment::Disputed, Payment::Good) => Some(Kind::DisputeWon),
        _ => None,
    }
}

fn is_ending(one: &Subscription) -> bool {
    one.cancel_at_period_end || one.cancel_at.is_some()
}

fn is_living(one: &Subscription) -> bool {
    matches!(one.status.as_str(), "trialing" | "active" | "past_due")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(status: &str) -> Subscription {
        Subscription {
            status: status.into(),
            price_id: "a".into(),
            is_accepted: true,
            period_ends_at: Some(10),
            ..Subscription::default()
        }
    }

    #[test]
    fn a_life_is_told_in_words() {
        let life = [
            (one("incomplete"), vec![]),
            (one("trialing"), vec![Kind::TrialBegan]),
            (one("active"), vec![Kind::Began]),
            (Subscription { period_ends_at: Some(20), ..one("active") }, vec![Kind::Renewed]),
            (
                Subscription { price_id: "b".into(), period_ends_at: Some(30), ..one("active") },
                vec![Kind::Switched],
            ),
            (Subscription { price_id: "b".into(), ..one("past_due") }, vec![Kind::PaymentFailed]),
            (Subscription { price_id: "b".into(), ..one("active") }, vec![Kind::Recovered]),
            (
                Subscription { price_id: "b".into(), cancel_at_period_end: true, ..one("active") },
                vec![Kind::CancelSet],
            ),
            (Subscription { price_id: "b".into(), ..one("active") }, vec![Kind::CancelUnset]),
            (one("paused"), vec![Kind::Paused]),
            (one("active"), vec![Kind::Resumed]),
            (Subscription { payment: Payment::Disputed, ..one("active") }, vec![Kind::Disputed]),
            (one("active"), vec![Kind::DisputeWon]),
            (Subscription { payment: Payment::Refunded, ..one("active") }, vec![Kind::Refunded]),
            (Subscription { payment: Payment::Refunded, ..one("canceled") }, vec![Kind::Ended]),
        ];
        let mut before: Option<Subscription> = None;
        for (after, expected) in life {
            assert_eq!(changes(before.as_ref(), &after), expected, "{after:?}");
            assert_eq!(changes(Some(&after), &after), [], "nothing is told twice");
            before = Some(after);
        }
    }

    #[test]
    fn nothing_is_told_of_what_was_not_accepted() {
        let foreign = Subscription { is_accepted: false, ..one("active") };
        assert_eq!(changes(None, &foreign), []);
        assert_eq!(changes(Some(&foreign), &one("active")), [Kind::Began]);
        assert_eq!(changes(None, &one("canceled")), []);
    }

    #[test]
    fn every_word_is_one_change() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_word(kind.word()), Some(kind));
        }
    }
}
