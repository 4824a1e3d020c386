//! What comes in: monthly recurring revenue, trials, beginnings and ends of subscriptions, month by month.

use std::collections::BTreeSet;

/// Subscriptions that are alike in everything that the report asks. Months are counted from the year 0:
/// twelve times the year and the month from 0 to 11.
#[derive(Debug, Clone, Default)]
pub struct Group {
    /// Of three letters, lower case.
    pub currency: String,
    /// `day`, `week`, `month` or `year`.
    pub interval: String,
    /// In which month a trial began, if there was one.
    pub trial: Option<i64>,
    /// Since which month it is paid.
    pub began: Option<i64>,
    /// In which month it ended.
    pub ended: Option<i64>,
    /// How many subscriptions these are.
    pub count: i64,
    /// Their prices together, in the smallest unit.
    pub amount: i64,
}

/// Payments that failed in a month.
#[derive(Debug, Clone)]
pub struct Failed {
    /// See [`Group`].
    pub month: i64,
    /// Of three letters, lower case.
    pub currency: String,
    /// How many.
    pub count: i64,
}

/// One month of the report, in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// See [`Group`].
    pub month: i64,
    /// Of three letters, lower case.
    pub currency: String,
    /// Monthly recurring revenue at its end (now, for the one that runs), in the smallest unit.
    pub mrr: i64,
    /// Subscriptions that are paid then.
    pub paying: i64,
    /// Trials that began.
    pub trials: i64,
    /// Subscriptions that are paid since.
    pub began: i64,
    /// Paid subscriptions that ended.
    pub ended: i64,
    /// Of those that were paid when it began, how many ended, in tenths of a percent.
    pub churn: i64,
    /// Payments that failed.
    pub failed: i64,
}

/// The report of `count` months of which `last` is the last one: by currency, the oldest month first.
pub fn report(groups: &[Group], failed: &[Failed], last: i64, count: i64) -> Vec<Month> {
    let named = groups.iter().map(|group| group.currency.as_str());
    let named = named.chain(failed.iter().map(|failed| failed.currency.as_str()));
    let currencies: BTreeSet<&str> = named.filter(|currency| !currency.is_empty()).collect();
    let first = last.saturating_sub(count.saturating_sub(1));
    let of = |currency: &str| {
        let of: Vec<&Group> = groups.iter().filter(|group| group.currency == currency).collect();
        let failed = |month: i64| {
            let there = failed.iter().filter(|f| f.currency == currency && f.month == month);
            there.map(|failed| failed.count).sum()
        };
        (first..=last).map(|at| month(&of, currency, at, failed(at))).collect::<Vec<_>>()
    };
    currencies.into_iter().flat_map(of).collect()
}

fn month(groups: &[&Group], currency: &str, month: i64, failed: i64) -> Month {
    let count = |is_so: &dyn Fn(&Group) -> bool| -> i64 {
        groups.iter().filter(|group| is_so(group)).map(|group| group.count).sum()
    };
    let before = month.saturating_sub(1);
    let ended = count(&|group| group.began.is_some() && group.ended == Some(month));
    let lost = count(&|group| is_paid(group, before) && group.ended == Some(month));
    Month {
        month,
        currency: currency.to_owned(),
        mrr: mrr(groups.iter().filter(|group| is_paid(group, month)).copied()),
        paying: count(&|group| is_paid(group, month)),
        trials: count(&|group| group.trial == Some(month)),
        began: count(&|group| group.began == Some(month)),
        ended,
        churn: lost
            .saturating_mul(1000)
            .checked_div(count(&|group| is_paid(group, before)))
            .unwrap_or(0),
        failed,
    }
}

/// Whether they are paid at the end of a month.
fn is_paid(group: &Group, month: i64) -> bool {
    group.began.is_some_and(|began| began <= month) && group.ended.is_none_or(|ended| ended > month)
}

/// What subscriptions bring in a month. Twelfths are added up before they are rounded, so that many small
/// yearly prices make no large mistake.
fn mrr<'a>(groups: impl Iterator<Item = &'a Group>) -> i64 {
    let twelfths = groups.fold(0_i64, |sum, group| {
        let a_year: i64 = match group.interval.as_str() {
            "day" => 365,
            "week" => 52,
            "year" => 1,
            _ => 12,
        };
        sum.saturating_add(group.amount.saturating_mul(a_year))
    });
    twelfths.saturating_add(6).checked_div(12).unwrap_or(0)
}

/// The month in which a moment of unix seconds lies, in UTC.
pub fn month_of(seconds: i64) -> i64 {
    let name = crate::datetime::month(seconds);
    let (year, month) = name.split_once('-').unwrap_or_default();
    let number = |text: &str| text.parse::<i64>().unwrap_or(0);
    number(year).saturating_mul(12).saturating_add(number(month)).saturating_sub(1)
}

/// A month as `2026-11`.
pub fn month_name(month: i64) -> String {
    format!("{:04}-{:02}", month.div_euclid(12), month.rem_euclid(12).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAN: i64 = 2026 * 12;

    fn group(interval: &str, amount: i64, began: i64, ended: Option<i64>) -> Group {
        Group {
            currency: "eur".to_owned(),
            interval: interval.to_owned(),
            trial: None,
            began: Some(began),
            ended,
            count: 1,
            amount,
        }
    }

    #[test]
    fn a_yearly_price_counts_by_its_twelfth() {
        let groups = [group("month", 500, JAN, None), group("year", 5000, JAN, None)];
        let months = report(&groups, &[], JAN, 1);
        // 5,000 / 12 is 416.67.
        assert_eq!((months[0].mrr, months[0].paying, months[0].began), (917, 2, 2));
        let many: Vec<Group> = (0..12).map(|_| group("year", 10, JAN, None)).collect();
        assert_eq!(report(&many, &[], JAN, 1)[0].mrr, 10, "twelfths are not rounded one by one");
        assert_eq!(report(&[group("week", 300, JAN, None)], &[], JAN, 1)[0].mrr, 1300);
    }

    #[test]
    fn what_ends_in_a_month_is_not_paid_at_its_end_and_is_churn() {
        let mut groups: Vec<Group> = (0..9).map(|_| group("month", 500, JAN, None)).collect();
        groups.push(group("month", 500, JAN, Some(JAN + 1)));
        // One that comes and goes within the month was not there when it began.
        groups.push(group("month", 500, JAN + 1, Some(JAN + 1)));
        let months = report(&groups, &[], JAN + 2, 3);
        let seen: Vec<_> =
            months.iter().map(|m| (m.mrr, m.paying, m.began, m.ended, m.churn)).collect();
        assert_eq!(seen, [(5000, 10, 10, 0, 0), (4500, 9, 1, 2, 100), (4500, 9, 0, 0, 0)]);
    }

    #[test]
    fn a_trial_brings_nothing_until_it_is_paid() {
        let trial = Group { trial: Some(JAN), began: None, ..group("month", 500, 0, None) };
        let paid = Group { trial: Some(JAN), ..group("month", 500, JAN + 1, None) };
        let left = Group { trial: Some(JAN), ended: Some(JAN + 1), ..trial.clone() };
        let months = report(&[trial, paid, left], &[], JAN + 1, 2);
        let seen: Vec<_> = months.iter().map(|m| (m.trials, m.mrr, m.began, m.ended)).collect();
        assert_eq!(seen, [(3, 0, 0, 0), (0, 500, 1, 0)]);
    }

    #[test]
    fn currencies_are_never_added_up() {
        let dollars = Group { currency: "usd".to_owned(), ..group("month", 700, JAN, None) };
        let failed = Failed { month: JAN, currency: "usd".to_owned(), count: 3 };
        let months = report(&[dollars, group("month", 500, JAN, None)], &[failed], JAN, 1);
        let seen: Vec<_> = months.iter().map(|m| (m.currency.as_str(), m.mrr, m.failed)).collect();
        assert_eq!(seen, [("eur", 500, 0), ("usd", 700, 3)]);
        assert!(report(&[], &[], JAN, 12).is_empty());
    }

    #[test]
    fn months_have_names() {
        assert_eq!(month_name(month_of(1_795_356_300)), "2026-11");
        assert_eq!(month_name(month_of(1_798_761_600) - 1), "2026-12");
        assert_eq!(month_name(month_of(1_798_761_599)), "2026-12");
    }
}
