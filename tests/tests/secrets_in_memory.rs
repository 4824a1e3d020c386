//! What is stored and logged in a whole life of an account, searched for what lets anybody in.

use domain::totp;
use host_native::{When, take_log};
use tests::{Ask, Browser, Mail, PERSONAL, Pipit, Upload, photo_with_gps};

const STEP: i64 = 30;
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CLIENT: [(&str, &str); 2] =
    [("client_id", "https://app.example/"), ("redirect_uri", "https://app.example/back")];

/// The newest mail with a link, which a note on a new browser may follow.
#[track_caller]
fn link_to(pipit: &Pipit, email: &str) -> Mail {
    let mails = pipit.mails_to(email);
    mails.into_iter().find(|mail| mail.text.contains('#')).expect("a mail with a link")
}

/// Joins while the mail provider does not answer at first; also gives what was kept while the mail waited.
fn join(pipit: &Pipit) -> (Browser, String) {
    let memory = pipit.memory().expect("it is in memory");
    // A mail is tried twice at once before the job fails.
    for _ in 0..2 {
        memory.native.faults.fail("http POST", When::Before);
    }
    let mut ann = pipit.browser();
    (ann.username, ann.email) = ("ann".to_owned(), "canary@example.com".to_owned());
    let fields = [("name", "Ann of the Larks"), ("email", &*ann.email), ("username", "ann")];
    ann.post("/signup", &fields).expect(202);
    let kept = memory.everything_kept();
    memory.native.clock.advance(61);
    memory.run_jobs();
    let mail = link_to(pipit, &ann.email);
    ann.use_code(&mail.wrong_code()).expect(422);
    ann.use_link(&mail).expect(303);
    (ann, kept)
}

fn write(ann: &Browser) {
    let photo = Upload { field: "photo", file_name: "lark.jpg", bytes: photo_with_gps() };
    let fields = [("title", ""), ("text", "A lark"), ("alt", "A lark in flight")];
    ann.upload("/posts", &fields, photo).expect(303);
}

/// A token by hand, and one by IndieAuth; each is used.
fn let_apps_in(pipit: &Pipit, ann: &Browser) {
    let fields = [("name", "Editor"), ("scope", "create"), ("days", "")];
    let page = ann.post("/settings/tokens", &fields).expect(200);
    let by_hand = page.between("<code class=\"address\">", "</code>").expect("a token");
    let fields = [
        ("state", "x"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("scope", "create"),
        ("decision", "allow"),
    ];
    let back = ann.post("/indieauth/consent", &[&CLIENT[..], &fields].concat()).expect(303);
    let (_, code) = back.header("location").split_once("code=").expect("a code");
    let code = code.split('&').next().unwrap_or_default();
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
    let said = pipit.browser().post("/indieauth/token", &[&CLIENT[..], &fields].concat());
    let by_code = said.expect(200).between("\"access_token\":\"", "\"").expect("a token");
    for token in [by_hand, by_code] {
        let bearer = format!("Bearer {token}");
        let ask = Ask::get("/indieauth/token").with("authorization", &bearer);
        pipit.browser().send(ask).expect(200);
    }
}

/// The bytes that base 32 stands for.
fn bytes(shown: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let values: Vec<u64> =
        shown.chars().filter_map(|c| letters.find(c)).map(|value| value as u64).collect();
    let group = |eight: &[u64]| eight.iter().fold(0, |bits, value| (bits << 5) | value);
    values.chunks(8).flat_map(|eight| group(eight).to_be_bytes()[3..].to_vec()).collect()
}

fn turn_on_a_second_factor(pipit: &Pipit, ann: &Browser) {
    let page = ann.get("/settings/security/totp").expect(200);
    let secret = bytes(&page.between("into it: <code>", "</code>").expect("the secret"));
    let setup = page.between("name=\"setup\" value=\"", "\"").expect("the sealed secret");
    let now = pipit.memory().expect("it is in memory").context().seconds();
    let code = totp::code(&secret, now / STEP).expect("a code");
    let page = ann.post("/settings/security/totp", &[("setup", &setup), ("code", &code)]);
    let codes = page.expect(200).text();
    let (_, codes) = codes.split_once("<li><code>").expect("recovery codes");
    let other = pipit.browser();
    other.post("/signin", &[("email", &ann.email)]).expect(202);
    other.use_link(&link_to(pipit, &ann.email)).expect(303);
    let code = codes.split('<').next().unwrap_or_default();
    other.post("/signin/factor", &[("recovery_code", code)]).expect(303);
    assert!(other.is_signed_in());
}

fn change_the_address(pipit: &Pipit, ann: &Browser) {
    let new = "canary-new@example.com";
    ann.post("/settings/email", &[("email", new)]).expect(202);
    ann.post("/settings/email/proof", &[("code", &link_to(pipit, new).code())]).expect(303);
    link_to(pipit, &ann.email);
}

#[test]
fn nothing_secret_is_stored_in_memory() {
    take_log();
    let pipit = Pipit::in_memory();
    let memory = pipit.memory().expect("it is in memory");
    let (ann, mut kept) = join(&pipit);
    kept.push_str(&memory.everything_kept());
    for step in [let_apps_in, turn_on_a_second_factor, change_the_address] {
        write(&ann);
        step(&pipit, &ann);
        pipit.blog(&ann).get("/").expect(200);
        kept.push_str(&memory.everything_kept());
    }
    let log = take_log().join("\n");
    assert!(log.contains("signin-mail"), "the failure is logged:\n{log}");
    assert!(kept.contains(&ann.email) && kept.contains("A lark in flight"), "{kept}");
    let secrets = pipit.secrets();
    for kind in KINDS {
        assert!(secrets.iter().any(|(other, _)| other == kind), "no {kind} was seen");
    }
    for (kind, secret) in &secrets {
        assert!(!log.contains(secret), "{kind} {secret} is logged:\n{log}");
        let may_be_kept = PERSONAL.contains(kind);
        let line = kept.lines().find(|line| !may_be_kept && line.contains(secret));
        assert_eq!(line, None, "{kind} {secret} is kept");
    }
}

const KINDS: &[&str] = &[
    "cookie",
    "link token",
    "mail code",
    "app token",
    "app code",
    "totp",
    "recovery code",
    "address",
    "name",
];
