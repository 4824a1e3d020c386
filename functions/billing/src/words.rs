//! What a plan is and how it stands, in words for the person who has it.

use domain::{
    billing::{Access, Entitlement, Payment, Subscription, is_over},
    media, money,
};
use platform::{Charge, Config, FREE, Plan};
use web::Visit;

/// A plan that can be chosen.
pub struct Offer {
    pub title: String,
    pub unlocks: String,
    pub is_own: bool,
    /// Stripe's ids, and what they cost in words.
    pub prices: Vec<(String, String)>,
}

/// What a plan unlocks: `Up to 5 blogs, a domain of your own for each, 20 GB of files.`
pub fn unlocks(plan: &Plan) -> String {
    let mut parts = vec![match plan.blogs {
        0 => "Reading, following and answering, without a blog of your own".to_owned(),
        1 => "One blog".to_owned(),
        count => format!("Up to {count} blogs"),
    }];
    match (plan.domain, plan.blogs) {
        (false, _) | (_, 0) => {}
        (true, 1) => parts.push("a domain of your own".to_owned()),
        (true, _) => parts.push("a domain of your own for each".to_owned()),
    }
    if let Some(bytes) = plan.storage_bytes {
        parts.push(format!("{} of files", media::size(bytes)));
    }
    format!("{}.", parts.join(", "))
}

/// What a charge is called: `€5 a month`.
pub fn price(charge: &Charge) -> String {
    format!("{} a {}", money::words(charge.amount, &charge.currency), charge.interval)
}

/// The plans with what they cost, the free one first, then the cheaper before the dearer.
pub fn offers(config: &Config, own: &str, has_tried: bool) -> Vec<Offer> {
    let Some(stripe) = &config.stripe else { return vec![] };
    let amount = |charge: &Option<Charge>| charge.as_ref().map_or(i64::MAX, |charge| charge.amount);
    let mut prices: Vec<_> = stripe.prices.iter().collect();
    prices.sort_by_key(|(_, price)| amount(&price.charge));
    let mut names = vec![FREE];
    for (_, price) in &prices {
        if !names.contains(&price.plan.as_str()) {
            names.push(&price.plan);
        }
    }
    let offer = |name: &str| {
        let plan = config.plan(name);
        let mut unlocks = unlocks(&plan);
        if plan.trial_days > 0 && name != FREE && !has_tried {
            unlocks.push_str(&format!(" The first {} days cost nothing.", plan.trial_days));
        }
        let its = prices.iter().filter(|(_, price)| price.plan == name);
        let words = |charge: &Option<Charge>| {
            charge.as_ref().map_or_else(|| format!("Choose {}", plan.title), price)
        };
        Offer {
            is_own: name == own,
            prices: its.map(|(id, price)| ((*id).clone(), words(&price.charge))).collect(),
            title: plan.title.clone(),
            unlocks,
        }
    };
    names.into_iter().map(offer).collect()
}

/// A day on the clock of whoever reads: `22 Dec 2026`.
pub fn day(v: &Visit<'_>, seconds: i64) -> String {
    let moment = v.human(seconds);
    moment.split(',').next().unwrap_or_default().to_owned()
}

/// How the plan goes on.
pub fn state(v: &Visit<'_>, has_plan: bool, one: Option<&Subscription>) -> String {
    let Some(one) = one.filter(|_| has_plan) else {
        return "You pay nothing.".to_owned();
    };
    let ends = one.cancel_at.or(one.period_ends_at.filter(|_| one.cancel_at_period_end));
    let cost = cost(one);
    match (one.status.as_str(), ends) {
        ("trialing", Some(ends)) => format!(
            "You are trying it until {}. You cancelled, so nothing is paid, and then it ends.",
            day(v, ends)
        ),
        ("trialing", None) => {
            let ends = one.trial_ends_at.or(one.period_ends_at).map(|at| day(v, at));
            format!(
                "You are trying it until {}. Then it costs {cost}, unless you cancel before.",
                ends.unwrap_or_default()
            )
        }
        (_, Some(ends)) => {
            format!("You cancelled. You have it until {}, and nothing more is paid.", day(v, ends))
        }
        ("active", None) => match one.period_ends_at {
            Some(at) => format!("It costs {cost} and renews on {}.", day(v, at)),
            None => format!("It costs {cost}."),
        },
        _ => format!("It costs {cost}."),
    }
}

fn cost(one: &Subscription) -> String {
    match one.amount {
        Some(amount) => {
            format!("{} a {}", money::words(amount, &one.currency), one.interval)
        }
        None => "what your invoices say".to_owned(),
    }
}

/// What is wrong, and what to do about it.
pub fn troubles(
    v: &Visit<'_>,
    entitlement: &Entitlement,
    one: Option<&Subscription>,
) -> Vec<String> {
    let Some(one) = one else { return vec![] };
    let mut troubles = Vec::new();
    match one.payment {
        Payment::Good => {}
        Payment::Refunded => troubles.push(
            "Your last payment was given back to you, so the plan has ended. To have it again, cancel what is left of it \
             under “Manage payment and invoices”, and choose a plan anew.",
        ),
        Payment::Disputed => troubles.push(
            "Your bank asks for your last payment back. If that is a mistake, tell your bank, and write to whoever runs \
             this place. Until it is decided you keep the plan.",
        ),
        Payment::Lost => troubles.push(
            "Your bank has taken your last payment back, so the plan has ended. Write to whoever runs this place if that \
             is a mistake.",
        ),
    }
    let mut troubles: Vec<String> = troubles.into_iter().map(str::to_owned).collect();
    troubles.extend(unknown(one).map(str::to_owned));
    troubles.extend(unpaid(v, entitlement, one));
    troubles
}

fn unknown(one: &Subscription) -> Option<&'static str> {
    match (one.status.as_str(), &one.plan, one.is_accepted) {
        (_, Some(_), true) => None,
        ("active", Some(_), false) => Some(
            "Your payment has not come yet: some ways to pay take days. The plan begins when it does; if that takes \
             more than two weeks, write to whoever runs this place.",
        ),
        // What is wrong with its payment is said elsewhere.
        ("past_due" | "incomplete", Some(_), false) => None,
        (status, ..) => (!is_over(status)).then_some(
            "There is a subscription in your name at Stripe that does not belong to a plan here. Write to whoever runs \
             this place.",
        ),
    }
}

fn unpaid(v: &Visit<'_>, entitlement: &Entitlement, one: &Subscription) -> Option<String> {
    let words = match one.status.as_str() {
        "past_due" => {
            let ends = match (entitlement.access, entitlement.until) {
                (Access::PastDue, Some(until)) if until > v.cx.seconds() => {
                    format!("If nothing is paid until {}, the plan ends. ", day(v, until))
                }
                _ => "So the plan has ended. ".to_owned(),
            };
            return Some(format!(
                "The last payment did not go through. {ends}Press “Manage payment and invoices” to put in another card, or \
                 to confirm the payment where your bank asks for it. Nothing that you wrote is lost."
            ));
        }
        "unpaid" => {
            "The payment failed too often, so the plan has ended. Pay the open invoice under “Manage payment and \
             invoices”, and it goes on."
        }
        "incomplete" => {
            "The first payment is not finished: your bank wants you to confirm it. Do so under “Manage payment and \
             invoices”, or choose a plan again tomorrow. Until then nothing is paid."
        }
        "paused" => {
            "The plan is paused, because there was no card at the end of the trial. Put one in under “Manage payment \
             and invoices”, and it goes on."
        }
        _ => return None,
    };
    Some(words.to_owned())
}
