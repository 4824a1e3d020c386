//! The route table: what exists, who may call it, its limits and its body size.

use crate::Visit;
use platform::{Context, Local, Policy, Response, Result, Site};

/// A function: a name that is also its folder and its Spin component, its routes and its jobs.
pub struct Function {
    /// The name of the folder, the package, the component.
    pub name: &'static str,
    /// Everything that it answers. What is not here does not exist.
    pub routes: &'static [Route],
    /// The kinds of jobs that it carries out.
    pub jobs: &'static [Job],
    /// Whose answers its jobs wait for.
    pub lane: Lane,
}

/// Whose answers the jobs of a function wait for. Where one runner works for all functions, each lane
/// has a runner of its own: no mail waits for a stranger's slow feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Our own and those of the few services that the operator chose.
    Own,
    /// Anybody's, each as slow as it likes.
    Strangers,
}

/// What answers a request that passed the route's rules.
pub type Handler = for<'a> fn(Visit<'a>) -> Local<'a, Result<Response>>;
/// What carries out one job. An error is tried again later; so it must be safe to repeat.
pub type Run = for<'a> fn(&'a Context, &'a store::job::Job) -> Local<'a, Result<()>>;

/// A kind of job and what carries it out.
pub struct Job {
    /// The value of `jobs.kind`.
    pub kind: &'static str,
    /// What carries it out.
    pub run: Run,
}

/// Who may call a route. There is no default that lets anyone in: each route says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Anyone; the handler may look at [`Visit::session`].
    Anyone,
    /// A signed-in browser; others are sent to the sign-in page.
    Session,
    /// A program with a live token that has one of these scopes, or any token where there is none.
    Token(&'static [&'static str]),
    /// A caller that signs the body; the handler checks the signature before anything else.
    Signature,
}

/// A method, as routes have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// GET, and HEAD with it.
    Get,
    /// POST.
    Post,
    /// DELETE.
    Delete,
}

impl Verb {
    /// Whether a request of this method is meant.
    pub(crate) fn answers(self, method: &http::Method) -> bool {
        match self {
            Self::Get => matches!(*method, http::Method::GET | http::Method::HEAD),
            Self::Post => *method == http::Method::POST,
            Self::Delete => *method == http::Method::DELETE,
        }
    }

    /// As `Allow` names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Get => "GET, HEAD",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// What a limit counts by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Per {
    /// The client's IPv4 address or IPv6 /64.
    Address,
    /// The account, of the session or of the token; where the route is anyone's the handler takes it.
    Account,
    /// The mail address in the form; the handler takes it with [`Visit::take`], because only it can parse.
    Mail,
}

/// A limit of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What it counts by.
    pub per: Per,
    /// How many in which time.
    pub policy: Policy,
}

/// One route.
pub struct Route {
    /// Which of our hosts.
    pub site: Site,
    /// The method.
    pub verb: Verb,
    /// Segments, where `{name}` stands for one: `/posts/{id}/edit`.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// Checked in order before the handler runs.
    pub limits: &'static [Limit],
    /// The most bytes of a body.
    pub body_bytes_max: usize,
    /// True when a mail or a secret hangs on it: then it must have a limit by address and another one.
    pub guards_a_secret: bool,
    /// True when the person must have proven within ten minutes who they are.
    pub wants_fresh_proof: bool,
    /// True when programs call it and not pages: no cookie counts, and errors are JSON.
    pub for_programs: bool,
    /// True when pages of any origin may call it, which only a route that looks at no cookie can allow.
    pub from_anywhere: bool,
    /// What answers.
    pub handler: Handler,
}

impl Route {
    const fn new(site: Site, verb: Verb, path: &'static str, who: Who, handler: Handler) -> Self {
        Self {
            site,
            verb,
            path,
            who,
            limits: &[],
            body_bytes_max: 0,
            guards_a_secret: false,
            wants_fresh_proof: false,
            for_programs: matches!(who, Who::Token(_)),
            from_anywhere: matches!(who, Who::Token(_)),
            handler,
        }
    }

    /// A page or document of the app.
    pub const fn get(path: &'static str, who: Who, handler: Handler) -> Self {
        Self::new(Site::App, Verb::Get, path, who, handler)
    }

    /// A form or call of the app that changes something; forms are at most 64 KiB unless it says more.
    pub const fn post(path: &'static str, who: Who, handler: Handler) -> Self {
        Self { body_bytes_max: 64 << 10, ..Self::new(Site::App, Verb::Post, path, who, handler) }
    }

    /// A program's call that takes something away.
    pub const fn delete(path: &'static str, who: Who, handler: Handler) -> Self {
        Self::new(Site::App, Verb::Delete, path, who, handler)
    }

    /// The same route on another of our hosts.
    pub const fn on(self, site: Site) -> Self {
        Self { site, ..self }
    }

    /// The limits of the route.
    pub const fn limits(self, limits: &'static [Limit]) -> Self {
        Self { limits, ..self }
    }

    /// The most bytes of a body.
    pub const fn body(self, body_bytes_max: usize) -> Self {
        Self { body_bytes_max, ..self }
    }

    /// Marks a route on which a mail or a secret hangs.
    pub const fn guards_a_secret(self) -> Self {
        Self { guards_a_secret: true, ..self }
    }

    /// Marks a route that wants a fresh proof of who this is.
    pub const fn wants_fresh_proof(self) -> Self {
        Self { wants_fresh_proof: true, ..self }
    }

    /// Marks a route that programs call. One for sessions cannot be: that does not compile.
    pub const fn for_programs(self) -> Self {
        assert!(!matches!(self.who, Who::Session), "programs have no session");
        Self { for_programs: true, ..self }
    }

    /// Marks a route that programs call, and pages of any origin.
    pub const fn from_anywhere(self) -> Self {
        Self { from_anywhere: true, ..self.for_programs() }
    }
}
