//! A Pipit under test, wherever it runs.

use crate::{
    Answer, Ask, Browser, Mail, Memory,
    remote::Remote,
    secrets::{Secret, Seen},
};
use std::{
    cell::Cell,
    collections::hash_map::RandomState,
    hash::{BuildHasher, Hasher},
    net::{IpAddr, Ipv4Addr},
    rc::Rc,
    time::{Duration, Instant},
};

/// What Stripe and we know and nobody else; `cargo xtask test` gives it to the runtimes as
/// `STRIPE_WEBHOOK_SECRET`.
pub const STRIPE_SECRET: &str = "whsec_pipit_tests";

/// The hosts of a Pipit, with their ports.
pub(crate) struct Origins {
    pub(crate) app_host: String,
    pub(crate) blog_domain: String,
    pub(crate) media_host: String,
}

pub(crate) struct World {
    place: Place,
    seed: u64,
    count: Cell<u32>,
    seen: Seen,
}

pub(crate) enum Place {
    Memory(Box<Memory>),
    Remote(Remote),
}

impl World {
    /// A network address that no other browser of this test has, nor, most likely, one of another.
    pub(crate) fn new_address(&self) -> IpAddr {
        let count = self.count.replace(self.count.get() + 1);
        let [_, b, c, d] = (self.seed as u32).wrapping_add(count).to_be_bytes();
        Ipv4Addr::new(81, b, c, d).into()
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn send(&self, host: &str, address: IpAddr, ask: &Ask) -> Answer {
        self.seen.ask(ask);
        let answer = match &self.place {
            Place::Memory(memory) => memory.send(host, address, ask),
            Place::Remote(remote) => remote.send(host, address, ask),
        };
        self.seen.answer(&answer);
        answer
    }

    pub(crate) fn send_at_once(&self, from: &[IpAddr], host: &str, ask: &Ask) -> Vec<Answer> {
        self.seen.ask(ask);
        let answers = match &self.place {
            Place::Memory(memory) => memory.send_at_once(from, host, ask),
            Place::Remote(remote) => remote.send_at_once(from, host, ask),
        };
        answers.iter().for_each(|answer| self.seen.answer(answer));
        answers
    }

    pub(crate) fn mails_to(&self, email: &str, at_least: usize) -> Vec<Mail> {
        let mails = match &self.place {
            Place::Memory(memory) => memory.mails_to(email),
            Place::Remote(remote) => remote.mails_to(email, at_least),
        };
        mails.iter().for_each(|mail| self.seen.mail(mail));
        mails
    }

    /// The mail that comes after so many others to the same address.
    #[track_caller]
    pub(crate) fn mail_to(&self, email: &str, after: usize) -> Mail {
        let mails = self.mails_to(email, after + 1);
        assert!(mails.len() > after, "no mail to {email} after {after} others");
        mails[0].clone()
    }

    pub(crate) fn origins(&self) -> Origins {
        match &self.place {
            Place::Memory(memory) => memory.origins(),
            Place::Remote(remote) => remote.origins(),
        }
    }
}

/// A Pipit under test.
pub struct Pipit {
    world: Rc<World>,
}

impl Pipit {
    /// The Pipit that the environment names, or an empty one in memory.
    pub fn start() -> Self {
        Remote::from_env().map_or_else(Self::in_memory, |remote| Self::on(Place::Remote(remote)))
    }

    /// An empty one in memory, for what only that can show: a moved clock, faults, rows.
    pub fn in_memory() -> Self {
        Self::with(&[])
    }

    /// One in memory with other settings.
    pub fn with(settings: &[(&str, &str)]) -> Self {
        Self::on(Place::Memory(Box::new(Memory::new(settings))))
    }

    /// The one that the environment names, if it names one.
    pub fn remote() -> Option<Self> {
        Remote::from_env().map(|remote| Self::on(Place::Remote(remote)))
    }

    fn on(place: Place) -> Self {
        let seed = RandomState::new().build_hasher().finish();
        Self { world: Rc::new(World { place, seed, count: Cell::new(0), seen: Seen::default() }) }
    }

    /// The inside of one in memory.
    pub fn memory(&self) -> Option<&Memory> {
        match &self.world.place {
            Place::Memory(memory) => Some(memory),
            Place::Remote(_) => None,
        }
    }

    /// What the scenario has seen that must not be stored or logged.
    pub fn secrets(&self) -> Vec<Secret> {
        self.world.seen.all()
    }

    /// A name that nobody else has: over HTTP tests share one Pipit.
    pub fn name(&self, name: &str) -> String {
        match &self.world.place {
            Place::Memory(_) => name.to_owned(),
            Place::Remote(_) => {
                let World { seed, count, .. } = &*self.world;
                format!("{name}-{:x}{:x}", seed & 0xffff_ffff, count.get())
            }
        }
    }

    /// A stranger's browser on the app's host, in a network of its own.
    pub fn browser(&self) -> Browser {
        self.browser_on(&self.world.origins().app_host)
    }

    /// A stranger's browser on another host name.
    pub fn browser_on(&self, host: &str) -> Browser {
        Browser::new(self.world.clone(), host.to_owned(), self.world.new_address())
    }

    /// Sends a request to the app as a program does that nobody is signed in to: without anything of a browser's.
    pub fn program(&self, ask: Ask) -> Answer {
        self.world.send(&self.world.origins().app_host, self.world.new_address(), &ask)
    }

    /// A person with an account and a blog, signed in.
    #[track_caller]
    pub fn sign_up(&self, name: &str) -> Browser {
        let mut browser = self.browser();
        browser.username = self.name(name);
        browser.email = format!("{}@example.com", browser.username);
        let (_, mail) = browser.ask_to_sign_up(&browser.username, &browser.email);
        browser.use_link(&mail).expect(303);
        assert!(browser.cookie("__Host-pipit_session").is_some(), "signing in sets the session");
        browser
    }

    /// A visitor of somebody's blog.
    pub fn blog(&self, person: &Browser) -> Browser {
        self.browser_on(&format!("{}.{}", person.username, self.world.origins().blog_domain))
    }

    /// The address of somebody's blog, without a slash at its end.
    pub fn blog_url(&self, person: &Browser) -> String {
        format!("http://{}.{}", person.username, self.world.origins().blog_domain)
    }

    /// The app's host, with its port.
    pub fn app_host(&self) -> String {
        self.world.origins().app_host
    }

    /// The host names of the media.
    pub fn media_host(&self) -> String {
        self.world.origins().media_host
    }

    /// What stands behind the address of an uploaded file.
    #[track_caller]
    pub fn media(&self, url: &str) -> Answer {
        self.media_ask(url, Ask::get)
    }

    /// The same with a request that the test makes of the path.
    #[track_caller]
    pub fn media_ask(&self, url: &str, ask: impl FnOnce(&str) -> Ask) -> Answer {
        let host = self.media_host();
        let path = url.strip_prefix(&format!("http://{host}"));
        let path = path.unwrap_or_else(|| panic!("“{url}” is not on the media's host, {host}"));
        self.browser_on(&host).send(ask(path))
    }

    /// The newest mail to an address.
    #[track_caller]
    pub fn mail_to(&self, email: &str) -> Mail {
        self.world.mail_to(email, 0)
    }

    /// Every mail to an address that has arrived by now, the newest first.
    pub fn mails_to(&self, email: &str) -> Vec<Mail> {
        self.world.mails_to(email, 0)
    }

    /// Every mail to an address once there are so many and no more has come in the moment after.
    pub fn mails_settled(&self, email: &str, at_least: usize) -> Vec<Mail> {
        self.world.mails_to(email, at_least);
        // One mail more would be on its way by the time that another one, asked for later, is there.
        let marker = format!("{}@example.com", self.name("marker"));
        self.browser().ask_to_sign_in(&marker);
        self.world.mails_to(email, 0)
    }

    /// Runs due jobs in memory; over HTTP the runtime does.
    pub fn run_jobs(&self) {
        if let Some(memory) = self.memory() {
            memory.run_jobs();
        }
    }

    /// Asks again until the answer is as it should be, because jobs and caches take a moment on the
    /// runtimes: at most 30 s there, once in memory.
    #[track_caller]
    pub fn eventually(&self, ask: impl Fn() -> Answer, is_so: impl Fn(&Answer) -> bool) -> Answer {
        let began = Instant::now();
        loop {
            let answer = ask();
            if is_so(&answer) {
                return answer;
            }
            let is_late = began.elapsed() > Duration::from_secs(30) || self.memory().is_some();
            assert!(!is_late, "it did not come about: {} {}", answer.status, answer.text());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    pub(crate) fn world(&self) -> &World {
        &self.world
    }
}
