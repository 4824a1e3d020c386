//! Mails about what somebody pays for: what has happened or will, and what to do next.

use crate::mail::{Mail, Part, mail};

/// What a mail can name.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// What happened: a kind of `billing_log`, or of a warning: `trial_ends`, `cancel_ends`,
    /// `access_ends`, `read_only`.
    pub kind: String,
    /// The plan's title.
    pub plan: String,
    /// What it costs: `€5 a month`; empty where that is not known.
    pub price: String,
    /// The day that counts, in words: it renews, ends, or access ends on it; empty where there is none.
    pub day: String,
    /// Blogs that are read-only now, by their addresses.
    pub read_only: Vec<String>,
    /// The page of the plan.
    pub url: String,
}

/// The mail for what happened; None for what needs none.
pub fn compose(to: &str, facts: &Facts) -> Option<Mail> {
    let (_, subject, first, button) = MAILS.iter().find(|(kind, ..)| *kind == facts.kind)?;
    let first = fill(first, facts);
    let read_only = format!(
        "Read-only now: {}. Nobody can write there until there is a plan for it again.",
        facts.read_only.join(", ")
    );
    let mut parts = vec![Part::Words(&first)];
    if !facts.read_only.is_empty() {
        parts.push(Part::Words(&read_only));
    }
    parts.push(Part::Link(button, &facts.url));
    Some(mail(to, fill(subject, facts), &parts))
}

/// Puts facts into their places. What stands in brackets is left out where one of its facts is not known.
fn fill(text: &str, facts: &Facts) -> String {
    let mut filled = String::new();
    for part in text.split(['[', ']']) {
        let mut words = part.to_owned();
        let mut is_whole = true;
        for (place, fact) in
            [("{plan}", &facts.plan), ("{price}", &facts.price), ("{day}", &facts.day)]
        {
            is_whole &= !fact.is_empty() || !words.contains(place);
            words = words.replace(place, fact);
        }
        if is_whole {
            filled.push_str(&words);
        }
    }
    filled.replace("{left}", LEFT)
}

const LOOK: &str = "Look at my plan";
const MEND: &str = "Put the payment right";
const AGAIN: &str = "Choose a plan";
const LEFT: &str = "Nothing is deleted: your blogs stay where they are, everybody can read them, and all that you wrote \
                    and uploaded stays yours to take with you.";

/// Kind, subject, first paragraph, and what the link is called.
const MAILS: [(&str, &str, &str, &str); 19] = [
    (
        "began",
        "You have {plan}",
        "Thank you: your payment has come, and you have {plan}.[ It costs {price}.][ It renews on {day}.] The invoice is on \
         the page of your plan.",
        LOOK,
    ),
    (
        "trial_began",
        "You are trying {plan}",
        "You have {plan}[ until {day}], for nothing.[ After that it costs {price}.] If you do not want to go on, cancel \
         before: then nothing is ever paid.",
        LOOK,
    ),
    (
        "renewed",
        "{plan} goes on: your payment has come",
        "Thank you: your payment has come, and {plan} goes on.[ It renews on {day}.] The invoice is on the page of your plan.",
        LOOK,
    ),
    (
        "switched",
        "You have {plan} now",
        "Your plan was changed: you have {plan} now.[ It costs {price}.]",
        LOOK,
    ),
    (
        "payment_failed",
        "The payment for {plan} did not go through",
        "The payment for {plan} did not go through. Perhaps the card has expired, or your bank wants you to confirm it. \
         Nothing has changed yet, and it will be tried again in the next days.[ If nothing is paid by {day}, {plan} ends.]",
        MEND,
    ),
    (
        "recovered",
        "Your payment has come after all",
        "Your payment has come, and {plan} goes on as before. There is nothing to do.",
        LOOK,
    ),
    (
        "cancel_set",
        "You cancelled {plan}",
        "{plan} is cancelled[ and ends on {day}]. Nothing more will be paid. If you change your mind before, take it back on \
         the page of your plan.",
        LOOK,
    ),
    (
        "cancel_unset",
        "{plan} goes on",
        "You took it back: {plan} goes on.[ It renews on {day}.]",
        LOOK,
    ),
    ("ended", "{plan} has ended", "{plan} has ended. {left}", AGAIN),
    (
        "paused",
        "{plan} is paused",
        "{plan} is paused, and nothing is paid meanwhile. It goes on as soon as there is a card. {left}",
        MEND,
    ),
    ("resumed", "{plan} goes on", "{plan} is no longer paused.", LOOK),
    (
        "refunded",
        "Your payment was given back",
        "Your payment for {plan} was given back to you, so {plan} has ended. {left}",
        AGAIN,
    ),
    (
        "disputed",
        "Your bank disputes the payment for {plan}",
        "Your bank asks for the payment for {plan} back. If that is a mistake, tell your bank, and write to whoever runs \
         this place.",
        LOOK,
    ),
    (
        "dispute_won",
        "The dispute is over",
        "Your bank has let the payment for {plan} stand. There is nothing to do.",
        LOOK,
    ),
    (
        "dispute_lost",
        "The dispute is over",
        "Your bank has taken the payment for {plan} back, so {plan} has ended. {left}",
        AGAIN,
    ),
    (
        "trial_ends",
        "Your trial of {plan} ends on {day}",
        "Your trial of {plan} ends on {day}.[ After that it costs {price}.] To go on, there is nothing to do. If you do not \
         want to, cancel before: then nothing is ever paid.",
        LOOK,
    ),
    (
        "cancel_ends",
        "{plan} ends on {day}",
        "You cancelled {plan}, and it ends on {day}. Nothing more will be paid. If you change your mind, take it back on the \
         page of your plan before that. {left}",
        LOOK,
    ),
    (
        "access_ends",
        "{plan} ends on {day}",
        "The payment for {plan} has not come. If nothing is paid by {day}, {plan} ends. Another card, or a word with your \
         bank, may be all it takes.",
        MEND,
    ),
    (
        "read_only",
        "{plan} has ended",
        "The payment for {plan} has not come, so {plan} has ended. {left}",
        AGAIN,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::billing::Kind;

    fn facts(kind: &str) -> Facts {
        Facts {
            kind: kind.to_owned(),
            plan: "Premium <b>".to_owned(),
            price: "€5 a month".to_owned(),
            day: "22 Dec 2026".to_owned(),
            read_only: vec![],
            url: "https://app.example/settings/billing".to_owned(),
        }
    }

    #[test]
    fn every_kind_says_what_happened_and_where_to_go_in_both_parts() {
        let warnings = ["trial_ends", "cancel_ends", "access_ends", "read_only"];
        for kind in Kind::ALL.map(Kind::word).into_iter().chain(warnings) {
            let mail = compose("ann@example.com", &facts(kind)).unwrap_or_else(|| panic!("{kind}"));
            for part in [&mail.text, &mail.html] {
                assert_eq!(part.matches("https://").count(), 1, "{kind}: {part}");
                assert!(!part.contains("ann"), "{kind}: {part}");
                assert!(!part.contains("  ") && !part.contains(['{', '[']), "{kind}: {part}");
            }
            assert!(!mail.html.contains("<b>"), "{kind}");
        }
        assert!(compose("ann@example.com", &facts("else")).is_none());
    }

    #[test]
    fn what_is_not_known_leaves_no_hole() {
        for kind in "began trial_began renewed payment_failed cancel_set cancel_unset".split(' ') {
            let bare = Facts { day: String::new(), price: String::new(), ..facts(kind) };
            let text = compose("ann@example.com", &bare).expect("a kind").text;
            for hole in ["  ", " .", " ,", "on .", "costs ."] {
                assert!(!text.contains(hole), "{kind}: “{hole}” in {text}");
            }
        }
    }

    #[test]
    fn an_end_names_the_blogs_that_are_read_only_now() {
        let blogs = vec!["birds.blogs.example".to_owned(), "boats.blogs.example".to_owned()];
        let ended = Facts { read_only: blogs, ..facts("ended") };
        let text = compose("ann@example.com", &ended).expect("a kind").text;
        assert!(
            text.contains("Read-only now: birds.blogs.example, boats.blogs.example."),
            "{text}"
        );
    }
}
