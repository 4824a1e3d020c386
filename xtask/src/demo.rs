//! Demo content, made through the front door as people would: sign up, read the mail, follow, post.

use crate::{
    Result,
    args::Args,
    clock,
    http::{Answer, Client, form},
    mailbox,
    multipart::Form,
    progress::Step,
    project::{self, Project},
};
use serde_json::Value;
use std::{
    fs,
    path::PathBuf,
    thread::sleep,
    time::{Duration, Instant},
};

/// What `demo --help` prints.
pub const HELP: &str = "
cargo xtask demo [--url URL] [--mailbox URL]

Signs two people up on a running local Pipit, lets them follow each other and write a dozen posts
each, with photos. `dev` does this by itself when its state is empty.

  --url URL       the app (default http://localhost:8787)
  --mailbox URL   the development mailbox (default http://localhost:8025)";

const PEOPLE: [&str; 2] = ["mara", "teo"];
const FORM: &str = "application/x-www-form-urlencoded";
const MAIL_LIMIT: Duration = Duration::from_secs(30);

/// Runs `demo`.
pub fn command(mut args: Args) -> Result<()> {
    let url = args.value("--url")?.unwrap_or_else(|| "http://localhost:8787".to_owned());
    let usual = format!("http://localhost:{}", mailbox::PORT);
    let mailbox = args.value("--mailbox")?.unwrap_or(usual);
    args.finish()?;
    fill(&Project::find()?, url.trim_end_matches('/'), mailbox.trim_end_matches('/'))
}

/// Makes the demo content.
pub fn fill(project: &Project, origin: &str, mailbox: &str) -> Result<()> {
    let mut step = Step::begin("making demo content");
    match make(project, origin, mailbox, &mut step) {
        Ok(count) => {
            step.done(&format!("{} people, {count} posts", PEOPLE.len()));
            Ok(())
        }
        Err(problem) => {
            step.failed();
            Err(problem)
        }
    }
}

fn make(project: &Project, origin: &str, mailbox: &str, step: &mut Step) -> Result<usize> {
    let folder = project.path("xtask/demo");
    let mut people = Vec::new();
    for name in PEOPLE {
        let path = folder.join(format!("{name}.txt"));
        let text = project::read(&path).ok_or_else(|| format!("{} is missing", path.display()))?;
        let script = Script::read(&text, &folder)?;
        let fields = [
            ("name", &*script.name),
            ("email", &*script.email),
            ("username", &*script.username),
            ("site", &*script.site),
        ];
        let client = Client::new(Duration::from_secs(30));
        let visitor = Visitor::sign_up(client, origin, mailbox, &fields)?;
        people.push((visitor, script));
    }
    let mut count = 0;
    for (visitor, script) in &mut people {
        for other in PEOPLE.iter().filter(|other| **other != script.username) {
            visitor.follow(other)?;
        }
        for post in &script.posts {
            visitor.post(post)?;
            count += 1;
            step.beat(|| format!("{count} posts"));
        }
    }
    Ok(count)
}

/// A person and what that person writes.
struct Script {
    name: String,
    username: String,
    email: String,
    site: String,
    posts: Vec<Post>,
}

struct Post {
    ago_seconds: i64,
    title: String,
    text: String,
    photo: Option<(PathBuf, String)>,
}

impl Script {
    /// Reads a script: blocks between lines `---`, each with lines `name: value`, an empty line and text.
    fn read(text: &str, folder: &std::path::Path) -> Result<Self> {
        let mut blocks = text.split("\n---\n").map(Block::read);
        let person = blocks.next().ok_or("the script is empty")?;
        let posts = blocks.map(|block| block.into_post(folder)).collect::<Result<Vec<_>>>()?;
        Ok(Self {
            name: person.field("name"),
            username: person.field("username"),
            email: person.field("email"),
            site: person.field("site"),
            posts,
        })
    }
}

struct Block<'a> {
    fields: Vec<(&'a str, &'a str)>,
    text: &'a str,
}

impl<'a> Block<'a> {
    fn read(block: &'a str) -> Self {
        let (head, text) = block.trim().split_once("\n\n").unwrap_or((block.trim(), ""));
        Self { fields: head.lines().filter_map(|line| line.split_once(": ")).collect(), text }
    }

    fn field(&self, name: &str) -> String {
        let found = self.fields.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    }

    fn into_post(self, folder: &std::path::Path) -> Result<Post> {
        let ago = self.field("ago");
        let mut ago_seconds = 0;
        for part in ago.split_whitespace() {
            ago_seconds += clock::span(part)?;
        }
        let photo = Some(self.field("photo")).filter(|name| !name.is_empty());
        Ok(Post {
            ago_seconds,
            title: self.field("title"),
            text: self.text.trim().to_owned(),
            photo: photo.map(|name| (folder.join(name), self.field("alt"))),
        })
    }
}

/// A browser with somebody in front of it.
pub struct Visitor {
    client: Client,
    origin: String,
}

impl Visitor {
    /// Signs somebody up with what the form asks for, `email` among it, and waits for the mail.
    pub fn sign_up(
        client: Client,
        origin: &str,
        mailbox: &str,
        fields: &[(&str, &str)],
    ) -> Result<Self> {
        let mut visitor = Self { client, origin: origin.to_owned() };
        let email = fields.iter().find(|(name, _)| *name == "email").map_or("", |(_, email)| email);
        let before = mails(mailbox, email)?.len();
        visitor.send("/signup", fields)?;
        let mail = wait_for_mail(mailbox, email, before)?;
        let token = token(&mail).ok_or("the sign-up mail has no link to /signin/link")?;
        visitor.send("/signin/verify", &[("token", &token)])?;
        Ok(visitor)
    }

    /// Follows somebody.
    pub fn follow(&mut self, username: &str) -> Result<()> {
        self.send("/follows", &[("username", username)])
    }

    /// Makes a token for an app with these scopes.
    pub fn token(&mut self, scopes: &[&str]) -> Result<String> {
        let mut fields = vec![("name", "App")];
        fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
        let url = format!("{}/settings/tokens", self.origin);
        let page = self.client.post(&url, FORM, &self.origin, &form(&fields))?.text;
        let (_, rest) = page.split_once("<code class=\"address\">").ok_or("no token is shown")?;
        Ok(rest.split('<').next().unwrap_or_default().to_owned())
    }

    fn post(&mut self, post: &Post) -> Result<()> {
        let mut body = Form::new()?;
        body.field("title", &post.title);
        body.field("text", &post.text);
        body.field("published_at", &clock::rfc3339(clock::now() - post.ago_seconds));
        if let Some((path, alt)) = &post.photo {
            let bytes = fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            body.file("photo", &name, "image/jpeg", &bytes);
            body.field("alt", alt);
        }
        self.send_form("/posts", body)
    }

    /// Sends a form with files.
    pub fn send_form(&mut self, path: &str, body: Form) -> Result<()> {
        let (kind, bytes) = body.finish();
        let url = format!("{}{path}", self.origin);
        let answer = self.client.post(&url, &kind, &self.origin, &bytes)?;
        expect(&answer, path)
    }

    /// GET of a page.
    pub fn get(&mut self, url: &str) -> Result<Answer> {
        self.client.get(url)
    }

    /// Sends what a form holds; an answer of 400 or more is an error.
    pub fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<()> {
        let url = format!("{}{path}", self.origin);
        let answer = self.client.post(&url, FORM, &self.origin, &form(fields))?;
        expect(&answer, path)
    }
}

fn expect(answer: &Answer, path: &str) -> Result<()> {
    if answer.status < 400 {
        return Ok(());
    }
    let begin: String = answer.text.chars().take(300).collect();
    Err(format!("POST {path} answers {}: {begin}", answer.status))
}

/// The mails to an address, newest first.
pub fn mails(mailbox: &str, to: &str) -> Result<Vec<Value>> {
    let url = format!("{mailbox}/messages.json");
    let answer = Client::new(Duration::from_secs(10)).get(&url)?;
    let all: Vec<Value> = serde_json::from_str(&answer.text)
        .map_err(|_| format!("{url} does not answer as the development mailbox does"))?;
    Ok(all.into_iter().filter(|mail| mail["to"].as_str().is_some_and(|s| s.contains(to))).collect())
}

fn wait_for_mail(mailbox: &str, to: &str, before: usize) -> Result<Value> {
    let began = Instant::now();
    while began.elapsed() < MAIL_LIMIT {
        let mut found = mails(mailbox, to)?;
        if found.len() > before {
            return Ok(found.swap_remove(0));
        }
        sleep(Duration::from_millis(150));
    }
    Err(format!("no mail to {to} arrived within {} s", MAIL_LIMIT.as_secs()))
}

fn token(mail: &Value) -> Option<String> {
    let text = mail["text"].as_str()?;
    let (_, after) = text.split_once("/signin/link#")?;
    let token: String = after.chars().take_while(|c| !c.is_whitespace()).collect();
    (!token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::{Block, PEOPLE, Script, token};
    use crate::project::Project;

    #[test]
    fn the_scripts_can_be_played() {
        let project = Project::find().unwrap();
        let folder = project.path("xtask/demo");
        for name in PEOPLE {
            let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
            let script = Script::read(&text, &folder).unwrap();
            assert_eq!(script.username, name);
            assert!(script.posts.len() >= 12, "{name} has {} posts", script.posts.len());
            for post in &script.posts {
                assert!(post.ago_seconds > 0 && !post.text.contains("\nago: "));
                if let Some((path, alt)) = &post.photo {
                    assert!(path.is_file(), "{} is missing", path.display());
                    assert!(!alt.is_empty(), "{} has no alternative text", path.display());
                }
            }
        }
    }

    #[test]
    fn a_block_is_fields_and_text() {
        let block = Block::read("ago: +1d\ntitle: A: b\n\nText: one\n\ntwo\n");
        assert_eq!(block.field("title"), "A: b");
        assert_eq!(block.text, "Text: one\n\ntwo");
        assert_eq!(block.field("photo"), "");
    }

    #[test]
    fn the_token_of_a_mail() {
        let mail = serde_json::json!({ "text": "Hi\nhttp://localhost:1/signin/link#aB-9_\nCode" });
        assert_eq!(token(&mail).as_deref(), Some("aB-9_"));
    }
}
