//! A plan from the outside: what it opens and closes, what people are told of it, and the way back from Stripe.

#[allow(dead_code)]
#[path = "billing_plan/doors.rs"]
mod doors;

use doors::{Doors, WHY, file};
use tests::{Ask, Browser, Customer, Pipit, Stripe};

const PAGE: &str = "/settings/billing";
const MONTH: &str = "price_premium_month";
/// Of a plan that has room for one blog where the free one has room for five.
const SMALL: &str = "price_small_month";

#[track_caller]
fn choose(person: &Browser, price: &str) {
    let led = person.post("/settings/billing/checkout", &[("price", price)]).expect(303);
    assert!(led.header("location").contains("/c/pay/cs_"), "{}", led.header("location"));
}

#[track_caller]
fn has(pipit: &Pipit, person: &Browser, plan: &str) {
    let title = format!("<p class=\"plan\">{plan}</p>");
    pipit.eventually(|| person.get(PAGE), |page| page.text().contains(&title));
}

#[track_caller]
fn buy<'a>(stripe: &'a Stripe<'a>, person: &Browser, price: &str) -> Customer<'a> {
    choose(person, price);
    let customer = stripe.customer(person);
    customer.pays();
    customer
}

#[test]
fn a_smaller_plan_makes_further_blogs_read_only_and_its_end_opens_them() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let doors = Doors::to_another_blog(&pipit, pipit.sign_up("ann"), &pipit.name("birds"));
    let ann = &doors.person;
    let customer = buy(&stripe, ann, SMALL);
    has(&pipit, ann, "Small");
    doors.are_closed();
    ann.get("/posts/new").expect(200).expect_text(WHY);
    ann.get("/settings/blogs").expect(200).expect_text("read-only");
    ann.get("/settings/domain").expect(200).expect_text("not in your plan");
    ann.post("/settings/domain", &[("host", "birds.example")]).expect(402);
    let more = [("name", "more"), ("title", "More")];
    ann.post("/settings/blogs", &more).expect(422).expect_text("as you can have with your plan");
    // What is there can be read, and be deleted.
    let post = format!("/posts/{}", doors.id);
    ann.post(&format!("{post}/deletion"), &[]).expect(303);
    ann.post(&format!("{post}/undeletion"), &[]).expect(303);
    let (host, path) = doors.url.trim_start_matches("http://").split_once('/').expect("a path");
    let visitor = pipit.browser_on(host);
    visitor.get(&format!("/{path}")).expect(200).expect_text("Heron");
    visitor.get("/feed.xml").expect(200);
    // The first blog is written on as before.
    ann.post(&format!("/settings/blogs/{}/choice", ann.username), &[]).expect(303);
    ann.send(Ask::upload("/media", &[], &file("files"))).expect(303);
    ann.write("", "Still here");

    customer.cancels("now");
    has(&pipit, ann, "Free");
    doors.are_open();
}

#[test]
fn the_begin_and_the_end_of_a_plan_are_told_by_mail() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let ann = pipit.sign_up("ann");
    let before = pipit.mails_to(&ann.email).len();
    let customer = buy(&stripe, &ann, MONTH);
    let mail = ann.mail_after(&ann.email, before);
    assert_eq!(mail.subject, "You are trying Premium");
    assert!(mail.text.contains("After that it costs €5 a month."), "{}", mail.text);
    customer.cancels("now");
    customer.delivered();
    let mail = ann.mail_after(&ann.email, before + 1);
    assert_eq!(mail.subject, "Premium has ended");
    assert!(mail.text.contains("Nothing is deleted"), "{}", mail.text);
    // Everything once more, in another order: nothing that was told is told again.
    customer.repeated(7, 2);
    customer.delivered();
    assert_eq!(pipit.mails_settled(&ann.email, before + 2).len(), before + 2);
}

#[test]
fn whoever_comes_back_has_us_ask_where_stripe_says_nothing() {
    let pipit = Pipit::start();
    let stripe = Stripe::of(&pipit);
    let ann = pipit.sign_up("ann");
    choose(&ann, MONTH);
    let customer = stripe.customer(&ann);
    customer.delivery("off");
    customer.pays();
    let shown = ann.get("/settings/billing?said=paid").expect(200);
    assert!(
        shown.header("refresh").ends_with("; url=/settings/billing?said=paid&n=1"),
        "{shown:?}"
    );
    has(&pipit, &ann, "Premium");
    let shown = ann.get("/settings/billing?said=paid").expect(200);
    assert_eq!(shown.header("refresh"), "");

    customer.cancels("period_end");
    ann.get("/settings/billing?said=managed").expect(200);
    let says = |words: &'static str| {
        pipit.eventually(|| ann.get(PAGE), |page| page.text().contains(words));
    };
    says("You cancelled");
    let led = ann.post("/settings/billing/portal", &[]).expect(303);
    assert!(led.header("location").contains("/p/session/"), "{}", led.header("location"));
}
