//! Scopes: what a token lets its app do.

/// One scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The word that apps ask for.
    pub name: &'static str,
    /// What it allows, for the person who is asked.
    pub words: &'static str,
}

/// Every scope that is known here, as the person is shown them. There is none for the mail address:
/// no app ever learns it.
pub const SCOPES: &[Scope] = &[
    scope("profile", "See your name and your picture"),
    scope("read", "Read your posts and your timeline"),
    scope("follow", "Follow, mute and bookmark for you"),
    scope("draft", "Write drafts"),
    scope("create", "Publish posts"),
    scope("update", "Change your posts"),
    scope("delete", "Delete your posts"),
    scope("undelete", "Bring deleted posts back"),
    scope("media", "Upload photos and other files"),
    scope(POST, "Publish posts"),
];

/// What `create` was called in older clients.
const POST: &str = "post";

const fn scope(name: &'static str, words: &'static str) -> Scope {
    Scope { name, words }
}

/// Those of the words that are known, each once. What is not known is not granted.
pub fn known<'a>(asked: impl IntoIterator<Item = &'a str>) -> Vec<Scope> {
    let asked: Vec<&str> = asked.into_iter().flat_map(str::split_whitespace).collect();
    SCOPES.iter().copied().filter(|scope| asked.contains(&scope.name)).collect()
}

/// As they are stored and as apps are told.
pub fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(|scope| scope.name).collect::<Vec<_>>().join(" ")
}

/// All of them but the old name, for an app that acts for its person in everything.
pub fn everything() -> String {
    join(&offered())
}

/// What a person who makes a token is offered.
pub fn offered() -> Vec<Scope> {
    SCOPES.iter().copied().filter(|scope| scope.name != POST).collect()
}

/// Whether granted scopes hold the wanted one.
pub fn allows(granted: &str, wanted: &str) -> bool {
    granted.split_whitespace().any(|name| name == wanted || (name == POST && wanted == "create"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_words_are_granted_and_each_once() {
        assert_eq!(join(&known(["create admin", "profile create email"])), "profile create");
        assert_eq!(join(&known(["CREATE", ""])), "");
    }

    #[test]
    fn a_scope_allows_itself_and_the_old_name_publishes() {
        for (granted, wanted, expected) in [
            ("create update", "update", true),
            ("create update", "delete", false),
            ("post", "create", true),
            ("post", "update", false),
            ("create", "post", false),
            ("undelete", "delete", false),
            ("", "create", false),
        ] {
            assert_eq!(allows(granted, wanted), expected, "{granted} {wanted}");
        }
    }
}
