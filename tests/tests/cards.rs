//! Cards are Stripe's business: no page asks for one, and a number that is sent is taken nowhere.

use tests::{Ask, Pipit};

/// Stripe's own number for tests.
const NUMBER: &str = "4242424242424242";
const FIELDS: [&str; 6] =
    ["card_number", "card[number]", "cardNumber", "cc-number", "cvc", "CREDIT-CARD-NUMBER"];

#[test]
fn a_card_number_is_taken_nowhere() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    for field in FIELDS {
        for path in ["/settings/billing/checkout", "/posts", "/signin", "/settings/profile"] {
            let answer = ann.post(path, &[("price", "x"), (field, NUMBER)]);
            assert_eq!(answer.status, 400, "{path} {field}: {}", answer.text());
            assert!(!answer.text().contains(NUMBER), "{path} {field}");
        }
    }
    let json = format!("{{\"card_number\":\"{NUMBER}\"}}");
    let answer = ann.send(Ask::body("/signin", "application/json", json));
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    if let Some(memory) = pipit.memory() {
        assert!(!memory.everything_kept().contains(NUMBER));
        assert!(!host_native::take_log().join("\n").contains(NUMBER));
    }
}

mod in_memory {
    use super::*;

    #[test]
    fn no_page_has_a_field_for_a_card() {
        let pipit = Pipit::in_memory();
        let ann = pipit.sign_up("ann");
        let routes = app::FUNCTIONS.iter().flat_map(|function| function.routes);
        let pages = routes.filter(|route| {
            matches!(route.verb, web::Verb::Get)
                && route.site == platform::Site::App
                && !route.path.contains('{')
        });
        let mut seen = 0;
        for page in pages {
            let answer = ann.get(page.path);
            for name in [answer.attributes("name"), answer.attributes("autocomplete")].concat() {
                let name = name.to_lowercase();
                let is_of_card =
                    ["card", "cc-", "cvc", "cvv"].iter().any(|word| name.contains(word));
                assert!(!is_of_card, "{}: {name}", page.path);
                seen += 1;
            }
            let policy = answer.header("content-security-policy");
            assert!(!policy.contains("js.stripe.com"), "{}: {policy}", page.path);
        }
        assert!(seen > 50, "only {seen} fields were seen");
    }
}
