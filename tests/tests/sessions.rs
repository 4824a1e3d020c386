//! Sessions, as their person sees them: what the list shows, what ending one does, and who is told of a new browser.

use domain::secret;
use tests::{Answer, Ask, Browser, Mail, Pipit};

const SESSION: &str = "__Host-pipit_session";
const DEVICE: &str = "__Host-pipit_dev";
const PAGE: &str = "/settings/sessions";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const NEW: &str = "a browser that was new";

/// Another browser of the person, signed in. It waits for the note, which would else be taken for the next mail.
#[track_caller]
fn another(pipit: &Pipit, person: &Browser) -> Browser {
    let browser = pipit.browser();
    let before = pipit.mails_to(&person.email).len();
    sign_in(&browser, &person.email);
    browser.mail_after(&person.email, before + 1);
    browser
}

#[track_caller]
fn sign_in(browser: &Browser, email: &str) {
    let (_, mail) = browser.ask_to_sign_in(email);
    let form = Ask::form("/signin/verify", &[("token", &mail.token())]);
    browser.send(form.with("user-agent", FIREFOX)).expect(303);
}

/// The rows of the sessions, without those of the sign-ins below them.
#[track_caller]
fn rows(page: &Answer) -> Vec<String> {
    items(&page.between("<h1>", "<h2>Sign-ins").expect("the page has sessions and sign-ins"))
}

#[track_caller]
fn history(page: &Answer) -> Vec<String> {
    items(&page.between("<h2>Sign-ins", "</main>").expect("the page has sign-ins"))
}

fn items(part: &str) -> Vec<String> {
    part.split("<li>").skip(1).map(str::to_owned).collect()
}

/// The names of the sessions that the page can end.
fn handles(page: &Answer) -> Vec<String> {
    let actions = page.attributes("action").into_iter();
    let of_one = actions.filter_map(|action| {
        let rest = action.strip_prefix("/settings/sessions/")?;
        rest.strip_suffix("/deletion").map(str::to_owned)
    });
    of_one.filter(|handle| handle != "others").collect()
}

fn notes(mails: &[Mail]) -> Vec<&Mail> {
    mails.iter().filter(|mail| mail.subject.contains("new browser")).collect()
}

#[test]
fn the_list_shows_every_browser_and_marks_this_one() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = another(&pipit, &ann);
    let page = ann.get(PAGE).expect(200);
    let rows = rows(&page);
    assert_eq!(rows.len(), 2, "{rows:?}");
    let row_of = |browser: &Browser| {
        let address = format!("from {} ", browser.address);
        let row = rows.iter().find(|row| row.contains(&address));
        row.unwrap_or_else(|| panic!("no row {address}: {rows:?}"))
    };
    assert!(row_of(&other).contains("Firefox on Linux"), "{rows:?}");
    assert!(!row_of(&other).contains("this browser"), "{rows:?}");
    assert!(row_of(&ann).contains("this browser"), "{rows:?}");
    assert!(!row_of(&ann).contains("<form"), "one signs oneself out elsewhere: {rows:?}");
    for row in &rows {
        let begins = ["Signed in <time datetime=\"20", "last used <time datetime=\"20"];
        assert!(begins.iter().all(|begin| row.contains(begin)), "{row}");
    }
}

#[test]
fn ending_one_holds_on_its_very_next_request() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = another(&pipit, &ann);
    assert!(other.is_signed_in());
    let handles = handles(&ann.get(PAGE).expect(200));
    assert_eq!(handles.len(), 1, "{handles:?}");
    let path = format!("/settings/sessions/{}/deletion", handles[0]);
    assert_eq!(ann.post(&path, &[]).expect(303).header("location"), PAGE);
    let answer = other.post("/posts", &[("title", ""), ("text", "Too late")]).expect(303);
    assert!(answer.header("location").starts_with("/signin"), "{answer:?}");
    assert!(!ann.get("/posts").expect(200).text().contains("Too late"));
    assert_eq!(rows(&ann.get(PAGE).expect(200)).len(), 1);
}

#[test]
fn ending_all_others_leaves_this_one() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let others = [another(&pipit, &ann), another(&pipit, &ann)];
    let ben = pipit.sign_up("ben");
    ann.post("/settings/sessions/others/deletion", &[]).expect(303);
    assert!(ann.is_signed_in());
    assert!(ben.is_signed_in(), "another account is not touched");
    assert!(others.iter().all(|other| !other.is_signed_in()));
    let page = ann.get(PAGE).expect(200);
    assert_eq!(rows(&page).len(), 1);
    assert!(!page.text().contains("End all others"), "there are none to end");
}

#[test]
fn nobody_ends_a_session_of_somebody_else() {
    let pipit = Pipit::start();
    let (ann, ben) = (pipit.sign_up("ann"), pipit.sign_up("ben"));
    let other = another(&pipit, &ann);
    let path = format!("/settings/sessions/{}/deletion", handles(&ann.get(PAGE).expect(200))[0]);
    ben.post(&path, &[]);
    let answer = pipit.browser().post(&path, &[]).expect(303);
    assert!(answer.header("location").starts_with("/signin"), "{answer:?}");
    assert!(other.is_signed_in());
}

#[test]
fn no_page_shows_a_cookie_or_what_is_stored_of_it() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    another(&pipit, &ann);
    let session = ann.cookie(SESSION).expect("signed in");
    let device = ann.cookie(DEVICE).expect("the browser is known from now on");
    let hashes = [&session, &device].map(|value| secret::sha256_hex(value.as_bytes()));
    let settings = ["sessions", "proof", "security", "tokens", "profile", "email"];
    let settings = settings.map(|name| format!("/settings/{name}"));
    for path in settings.iter().map(String::as_str).chain(["/", "/posts", "/none"]) {
        let text = ann.get(path).text();
        for secret in hashes.iter().chain([&session, &device]) {
            assert!(!text.contains(secret.as_str()), "{path} shows {secret}");
        }
    }
}

#[test]
fn the_history_lists_sign_ins_and_marks_browsers_that_were_new() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = another(&pipit, &ann);
    other.post("/signout", &[]).expect(303);
    let before = history(&ann.get(PAGE).expect(200));
    assert_eq!(before.len(), 2, "what has ended is still to be seen: {before:?}");
    assert!(before.iter().all(|row| row.contains(NEW)), "{before:?}");
    let address = format!("from {}", other.address);
    let row = before.iter().find(|row| row.contains(&address)).expect("the other's row");
    assert!(row.contains("Firefox on Linux"), "{row}");

    sign_in(&other, &ann.email);
    let after = history(&ann.get(PAGE).expect(200));
    let new = after.iter().filter(|row| row.contains(NEW)).count();
    assert_eq!((after.len(), new), (3, 2), "the browser is known by now: {after:?}");
}

#[test]
fn a_new_browser_is_told_by_mail_and_a_known_or_a_first_one_is_not() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    assert!(notes(&pipit.mails_settled(&ann.email, 1)).is_empty(), "the first is no news");
    let other = another(&pipit, &ann);
    let mails = pipit.mails_settled(&ann.email, 3);
    let [note] = notes(&mails)[..] else { panic!("one note and no other: {mails:?}") };
    assert!(note.text.contains("Firefox on Linux"), "{}", note.text);

    other.post("/signout", &[]).expect(303);
    sign_in(&other, &ann.email);
    let mails = pipit.mails_settled(&ann.email, 4);
    assert_eq!(notes(&mails).len(), 1, "a known browser is no news: {mails:?}");
}

#[test]
fn the_note_on_a_new_browser_opens_nothing_and_changes_nothing() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let other = another(&pipit, &ann);
    let mails = pipit.mails_settled(&ann.email, 3);
    let note = notes(&mails)[0];
    let page = format!("http://{}{PAGE}", pipit.app_host());
    assert_eq!(note.text.matches("http").count(), 1, "{}", note.text);
    let link = note.text.split_whitespace().find(|word| word.starts_with("http"));
    assert_eq!(link, Some(&*page), "the link is the page and nothing more");
    let long = |part: &str| part.len() >= 32;
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    assert!(!note.text.split(|c| !is_part(c)).any(long), "a token: {}", note.text);
    assert!(!note.html.contains("<form") && !note.html.contains("<img"), "{}", note.html);
    let answer = pipit.browser().get(PAGE).expect(303);
    assert!(answer.header("location").starts_with("/signin"), "{answer:?}");
    assert!(ann.is_signed_in() && other.is_signed_in(), "following it ended nothing");
}

#[test]
fn a_session_cookie_planted_before_signing_in_is_not_kept() {
    let pipit = Pipit::start();
    let ann = pipit.sign_up("ann");
    let planted = "p".repeat(43);
    let victim = pipit.browser();
    victim.set_cookie(SESSION, &planted);
    sign_in(&victim, &ann.email);
    assert!(victim.is_signed_in());
    assert_ne!(victim.cookie(SESSION), Some(planted.clone()));
    let intruder = pipit.browser();
    intruder.set_cookie(SESSION, &planted);
    assert!(!intruder.is_signed_in());
}
