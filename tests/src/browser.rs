//! A person's browser: an address, cookies, and the headers that browsers send by themselves.

use crate::{Answer, Ask, Mail, Upload, pipit::World};
use std::{cell::RefCell, collections::BTreeMap, net::IpAddr, rc::Rc};

/// A post that was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its id, for `/posts/<id>/edit`.
    pub id: String,
    /// Its path on the blog.
    pub path: String,
}

/// A browser. Its cookies are kept by hand, because they are `Secure` and the tests speak plain HTTP.
#[derive(Clone)]
pub struct Browser {
    pub(crate) world: Rc<World>,
    /// The host it speaks to.
    pub host: String,
    /// The network address that it comes from.
    pub address: IpAddr,
    /// Its person's user name; empty for a stranger.
    pub username: String,
    /// Its person's mail address; empty for a stranger.
    pub email: String,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser {
    pub(crate) fn new(world: Rc<World>, host: String, address: IpAddr) -> Self {
        let cookies = RefCell::default();
        Self { world, host, address, username: String::new(), email: String::new(), cookies }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path))
    }

    /// HEAD.
    pub fn head(&self, path: &str) -> Answer {
        self.send(Ask::head(path))
    }

    /// POST of a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(Ask::form(path, fields))
    }

    /// POST of a form with a file.
    pub fn upload(&self, path: &str, fields: &[(&str, &str)], file: Upload) -> Answer {
        self.send(Ask::upload(path, fields, &[file]))
    }

    /// Sends a request and keeps the cookies of the answer.
    pub fn send(&self, ask: Ask) -> Answer {
        let answer = self.world.send(&self.host, self.address, &self.dressed(ask));
        self.keep(&answer);
        answer
    }

    /// Sends the same request so many times at the same moment, each time from another network.
    pub fn send_at_once(&self, times: usize, ask: Ask) -> Vec<Answer> {
        let addresses: Vec<IpAddr> = (0..times).map(|_| self.world.new_address()).collect();
        self.world.send_at_once(&addresses, &self.host, &self.dressed(ask))
    }

    /// The same browser in another network.
    pub fn from_address(&self, address: &str) -> Self {
        let address = address.parse().expect("an address of the test parses");
        Self { address, ..self.clone() }
    }

    /// The value of a cookie that it holds.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Puts a cookie into it.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }

    /// Takes all cookies off it.
    pub fn forget(&self) {
        self.cookies.borrow_mut().clear();
    }

    /// Asks for a sign-up mail and returns it with the page that says so.
    #[track_caller]
    pub fn ask_to_sign_up(&self, username: &str, email: &str) -> (Answer, Mail) {
        let before = self.world.mails_to(email, 0).len();
        let fields = [("name", username), ("email", email), ("username", username), ("site", "")];
        let answer = self.post("/signup", &fields).expect(202);
        (answer, self.world.mail_to(email, before))
    }

    /// Asks for a sign-in mail and returns it with the page that says so.
    #[track_caller]
    pub fn ask_to_sign_in(&self, email: &str) -> (Answer, Mail) {
        let before = self.world.mails_to(email, 0).len();
        let answer = self.post("/signin", &[("email", email), ("next", "")]).expect(202);
        (answer, self.world.mail_to(email, before))
    }

    /// The mail that comes to an address after so many others.
    #[track_caller]
    pub fn mail_after(&self, email: &str, after: usize) -> Mail {
        self.world.mail_to(email, after)
    }

    /// Posts what the link's page posts.
    pub fn use_link(&self, mail: &Mail) -> Answer {
        self.post("/signin/verify", &[("token", &mail.token())])
    }

    /// Posts what the page for the code posts.
    pub fn use_code(&self, code: &str) -> Answer {
        self.post("/signin/verify", &[("code", code)])
    }

    /// True when a page that needs a session shows itself.
    pub fn is_signed_in(&self) -> bool {
        let answer = self.get("/posts");
        match answer.status {
            200 => true,
            303 if answer.header("location").starts_with("/signin") => false,
            other => panic!("/posts answered {other}:\n{}", answer.text()),
        }
    }

    /// Writes a post and returns where it stands.
    #[track_caller]
    pub fn write(&self, title: &str, text: &str) -> Written {
        self.post("/posts", &[("title", title), ("text", text)]).expect(303);
        self.newest_post()
    }

    /// The post that stands first in the list of one's posts.
    #[track_caller]
    pub fn newest_post(&self) -> Written {
        let page = self.get("/posts").expect(200);
        let origin = format!("http://{}.{}/", self.username, self.world.origins().blog_domain);
        let links = page.attributes("href");
        let url = links.iter().find(|link| link.starts_with(&origin) && **link != origin);
        let edit = links.iter().find(|link| link.starts_with("/posts/") && link.ends_with("/edit"));
        let (Some(url), Some(edit)) = (url, edit) else {
            panic!("no post in the list of posts:\n{}", page.text())
        };
        let id = edit.trim_start_matches("/posts/").trim_end_matches("/edit").to_owned();
        Written { id, path: format!("/{}", url.get(origin.len()..).unwrap_or_default()) }
    }

    fn dressed(&self, ask: Ask) -> Ask {
        let mut ask = ask.with_default("accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        ask = ask.with_default("user-agent", "Mozilla/5.0 (tests)");
        if ask.method == http::Method::POST && !ask.has("sec-fetch-site") && !ask.has("origin") {
            let origin = format!("http://{}", self.host);
            ask = ask.with("origin", &origin).with("sec-fetch-site", "same-origin");
        }
        let pairs: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if pairs.is_empty() { ask } else { ask.with_default("cookie", &pairs.join("; ")) }
    }

    fn keep(&self, answer: &Answer) {
        for line in answer.set_cookies() {
            let pair = line.split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            if line.contains("Max-Age=0") {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
    }
}
