//! The mails we send: plain text first, and simple HTML with the same words.
//!
//! No picture, no tracking, one link, and no address or name of a person in any URL.

use serde_json::{Value, json};

use crate::html::escape;

/// A mail to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The recipient's address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part: the same words.
    pub html: String,
}

/// What a mail with a link and a code is made of.
pub struct SignIn<'a> {
    /// The whole address of the link, from configuration.
    pub link: &'a str,
    /// `XXXX-XXXX`.
    pub code: &'a str,
    /// The site that was asked, as people know it.
    pub app: &'a str,
}

/// To an account's address: someone asked to sign in.
pub fn sign_in(to: &str, m: &SignIn) -> Mail {
    let asked = format!("You asked to sign in to {} with this address.", m.app);
    with_link(to, format!("Sign in to {}", m.app), &asked, "Sign in", m)
}

/// To a new address: someone asked for an account.
pub fn sign_up(to: &str, m: &SignIn) -> Mail {
    let asked = format!("You asked for an account on {} with this address.", m.app);
    with_link(to, format!("Finish signing up to {}", m.app), &asked, "Finish signing up", m)
}

/// To an address that has an account already: someone tried to sign up with it.
pub fn already(to: &str, m: &SignIn) -> Mail {
    let asked = format!(
        "You asked for an account on {} with this address. It has one already, so this link signs you in to it.",
        m.app
    );
    with_link(to, format!("You already have an account on {}", m.app), &asked, "Sign in", m)
}

/// To an account's address: someone asked to sign in with an app. Where the app cannot be opened by a
/// link, the link is empty and the code alone is in the mail.
pub fn app_sign_in(to: &str, app: &str, m: &SignIn) -> Mail {
    let minutes = crate::challenge::TTL_SECONDS.checked_div(60).unwrap_or_default();
    let asked = format!(
        "An app that calls itself “{app}” asked to sign in to {} with this address. It could then write, change and \
         delete posts for you.",
        m.app
    );
    let open = format!("Open this link within {minutes} minutes, on the device with the app:");
    let mut parts = vec![Part::Words(&asked)];
    if m.link.is_empty() {
        parts.push(Part::Words("Type this code in the app:"));
    } else {
        parts.push(Part::Words(&open));
        parts.push(Part::Link("Open the app", m.link));
        parts.push(Part::Words("Or type this code in the app:"));
    }
    parts.push(Part::Code(m.code));
    parts.push(Part::Words("They work once. Give the code to nobody."));
    parts.push(Part::Words("If you did not ask, do nothing: without this mail nobody gets in."));
    mail(to, format!("Sign in to {} with an app", m.app), &parts)
}

/// To an address without an account: someone asked to sign in with it.
pub fn unknown(to: &str, signup_url: &str) -> Mail {
    let paragraphs = [
        Part::Words("You asked to sign in with this address, but no account here uses it."),
        Part::Words("You may have signed up with another address. Or make a new account:"),
        Part::Link("Sign up", signup_url),
        Part::Words("If that was not you, do nothing: nothing has happened."),
    ];
    mail(to, "No account uses this address".to_string(), &paragraphs)
}

/// To an account's address: somebody signed in with a browser that has not been seen before. Its link
/// leads to the list of sessions and changes nothing by itself.
pub fn new_browser(to: &str, device: &str, when: &str, sessions_url: &str) -> Mail {
    let what = format!("Somebody signed in to your account with {device}, on {when} (UTC).");
    let paragraphs = [
        Part::Words("This browser has not signed in to your account before."),
        Part::Words(&what),
        Part::Words("If that was you, do nothing. If not, end that session and all others here:"),
        Part::Link("Look at my sessions", sessions_url),
    ];
    mail(to, "A new browser signed in to your account".to_string(), &paragraphs)
}

/// To an account's address: a passkey or an authenticator app was added or removed. Its link leads to
/// the settings and changes nothing by itself.
pub fn factors_changed(to: &str, when: &str, security_url: &str) -> Mail {
    let what = format!(
        "A passkey or an authenticator app of your account was added or removed, on {when} (UTC)."
    );
    let paragraphs = [
        Part::Words(&what),
        Part::Words(
            "If that was you, do nothing. If not, look here at once, and write to whoever runs this place:",
        ),
        Part::Link("Look at my security", security_url),
    ];
    mail(to, "The security of your account was changed".to_string(), &paragraphs)
}

/// To a new address: proof that it is its person's.
pub fn address_proof(to: &str, link: &str, code: &str) -> Mail {
    let minutes = crate::challenge::TTL_SECONDS.checked_div(60).unwrap_or_default();
    let open =
        format!("Open this link within {minutes} minutes, in the browser where you are signed in:");
    let paragraphs = [
        Part::Words("You asked to sign in with this address from now on."),
        Part::Words(&open),
        Part::Link("Change my address", link),
        Part::Words("Or type this code there:"),
        Part::Code(code),
        Part::Words("If you did not ask, do nothing: nothing has happened."),
    ];
    mail(to, "Prove your new address".to_string(), &paragraphs)
}

/// To an address that somebody wants for their account and another account has.
pub fn address_taken(to: &str) -> Mail {
    let paragraphs = [
        Part::Words(
            "Somebody asked to use this address for their account. It has an account already.",
        ),
        Part::Words("So nothing was changed. If that was you, sign in with this address instead."),
    ];
    mail(to, "This address has an account already".to_string(), &paragraphs)
}

/// To the old address: it was changed, and can be taken back. The link changes nothing by itself.
pub fn address_changed(to: &str, undo_url: &str) -> Mail {
    let paragraphs = [
        Part::Words(
            "Your account has another mail address now, and this one signs you in no more.",
        ),
        Part::Words(
            "If that was you, do nothing. If not, take your account back within seven days:",
        ),
        Part::Link("Take my account back", undo_url),
        Part::Words("The link opens a page with a button. Give it to nobody."),
    ];
    mail(to, "Your mail address was changed".to_string(), &paragraphs)
}

/// To somebody who asked to join: the operator said yes.
pub fn approved(to: &str, signin_url: &str) -> Mail {
    let paragraphs = [
        Part::Words("Your blog is there. Sign in with this address:"),
        Part::Link("Sign in", signin_url),
    ];
    mail(to, "Your account is ready".to_string(), &paragraphs)
}

/// To somebody who asked to join: the operator said no.
pub fn declined(to: &str) -> Mail {
    let paragraphs = [
        Part::Words("You asked for an account, and whoever runs this place decided against it."),
        Part::Words("What you had written in the form is deleted with this mail."),
    ];
    mail(to, "No account this time".to_string(), &paragraphs)
}

/// The body of a request to `POST /email` of Postmark's API, with all tracking off.
pub fn postmark_body(from: &str, mail: &Mail) -> Value {
    json!({
        "From": from,
        "To": mail.to,
        "Subject": mail.subject,
        "TextBody": mail.text,
        "HtmlBody": mail.html,
        "MessageStream": "outbound",
        "TrackOpens": false,
        "TrackLinks": "None",
    })
}

pub(crate) enum Part<'a> {
    Words(&'a str),
    Link(&'a str, &'a str),
    Code(&'a str),
}

fn with_link(to: &str, subject: String, asked: &str, label: &str, m: &SignIn) -> Mail {
    let minutes = crate::challenge::TTL_SECONDS.checked_div(60).unwrap_or_default();
    let open = format!(
        "Open this link within {minutes} minutes, in the browser that you asked from, and press the button there:"
    );
    mail(
        to,
        subject,
        &[
            Part::Words(asked),
            Part::Words(&open),
            Part::Link(label, m.link),
            Part::Words(
                "In any other browser you also need this code, which you can type instead of opening the link:",
            ),
            Part::Code(m.code),
            Part::Words("Link and code work once. Give the code to nobody."),
            Part::Words("If you did not ask, do nothing: without this mail nobody gets in."),
        ],
    )
}

pub(crate) fn mail(to: &str, subject: String, parts: &[Part]) -> Mail {
    let text: Vec<String> = parts.iter().map(text).collect();
    let html: String = parts.iter().map(html).collect();
    Mail {
        to: to.to_string(),
        html: page(&subject, &html),
        subject,
        text: format!("{}\n", text.join("\n\n")),
    }
}

fn text(part: &Part) -> String {
    match part {
        Part::Words(words) => words.to_string(),
        Part::Link(_, url) => url.to_string(),
        Part::Code(code) => format!("    {code}"),
    }
}

fn html(part: &Part) -> String {
    match part {
        Part::Words(words) => format!("<p>{}</p>\n", escape(words)),
        Part::Link(label, url) => {
            format!("<p><a href=\"{}\">{}</a></p>\n", escape(url), escape(label))
        }
        Part::Code(code) => {
            format!("<p style=\"font:1.4em monospace;letter-spacing:.1em\">{}</p>\n", escape(code))
        }
    }
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{}</title></head>\n\
         <body style=\"font:17px/1.6 system-ui,sans-serif;max-width:34rem;margin:1rem auto;padding:0 1rem\">\n\
         {body}</body>\n</html>\n",
        escape(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str = "https://app.example/signin/link#c=1&t=abc";

    fn ask() -> SignIn<'static> {
        SignIn { link: LINK, code: "A0B1-C1D2", app: "Pipit <app.example>" }
    }

    #[test]
    fn both_parts_carry_link_code_and_minutes() {
        for build in [sign_in, sign_up, already] {
            let mail = build("maria@example.com", &ask());
            assert!(mail.text.contains(LINK), "{}", mail.text);
            assert!(mail.html.contains(&LINK.replace('&', "&amp;")), "{}", mail.html);
            for part in [&mail.text, &mail.html] {
                assert!(part.contains("A0B1-C1D2") && part.contains("10 minutes"), "{part}");
                assert_eq!(part.matches("https://").count(), 1, "{part}");
                assert!(!part.contains("maria"), "{part}");
            }
        }
    }

    #[test]
    fn the_html_part_has_no_markup_of_others_and_loads_nothing() {
        let mails = [
            sign_in("m@example.com", &ask()),
            unknown("m@example.com", "https://app.example/signup?\"><script>"),
        ];
        for mail in mails {
            for forbidden in ["<script", "<app.example", "<img", " src=", "url("] {
                assert!(!mail.html.contains(forbidden), "{forbidden} in {}", mail.html);
            }
        }
    }

    #[test]
    fn the_provider_is_told_not_to_track() {
        let mail = unknown("m@example.com", "https://app.example/signup");
        let body = postmark_body("Pipit <hello@app.example>", &mail);
        for (name, expected) in [
            ("From", json!("Pipit <hello@app.example>")),
            ("To", json!("m@example.com")),
            ("MessageStream", json!("outbound")),
            ("TrackOpens", json!(false)),
            ("TrackLinks", json!("None")),
        ] {
            assert_eq!(body[name], expected, "{name}");
        }
        assert_eq!(body["TextBody"], json!(mail.text));
        assert_eq!(body["HtmlBody"], json!(mail.html));
    }
}
