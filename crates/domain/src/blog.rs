//! A hosted blog: who writes it, what it is called, and how often it has changed.

use crate::{post::Post, slug};
use serde::{Deserialize, Serialize};

/// A page that the blog's head leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// On the blog's host.
    pub path: String,
    /// Text, not HTML.
    pub title: String,
}

/// What has become of a category since posts were put into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// Of its address; it stays.
    pub slug: String,
    /// What it is called now.
    pub name: String,
    /// What posts may still call it.
    pub former: Vec<String>,
    /// 1 where it is removed.
    pub is_removed: u8,
}

/// A blog as its pages and feeds need it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Blog {
    /// Time-first id.
    pub id: String,
    /// The account that owns it.
    pub account_id: String,
    /// The user name of that account: the name of its first blog.
    #[serde(default)]
    pub owner: String,
    /// Its own name, in `<username>.<BLOG_DOMAIN>`.
    pub username: String,
    /// The host name of its own that it lives on, where it lives on one.
    #[serde(default)]
    pub domain: Option<String>,
    /// Shown at the top of every page; text, not HTML.
    pub title: String,
    /// One line under the title; may be empty.
    pub tagline: String,
    /// The author's name as readers see it.
    pub author: String,
    /// The author's own web site.
    pub site: Option<String>,
    /// BCP 47 tag of the language it is written in.
    pub language: String,
    /// Changes with every change that a visitor could see.
    pub epoch: i64,
    /// How many public posts it has, so that paging needs no look-ahead.
    pub post_count: i64,
    /// When its epoch last moved, in unix seconds.
    pub changed_at: i64,
    /// The pages that its head leads to.
    #[serde(default)]
    pub navigation: Vec<Link>,
    /// Whether readers are not told which app a post was written with.
    #[serde(default)]
    pub hides_app: bool,
    /// Its categories that were renamed or removed.
    #[serde(default)]
    pub categories: Vec<Changed>,
    /// How it looks, as [`crate::look::Look`] reads it.
    #[serde(default)]
    pub look: String,
    /// JSON: the names of its own texts, and what is noted of each ([`crate::look::note`]).
    #[serde(default)]
    pub own: String,
    /// Own texts that are tried out and stored nowhere; then those in the database do not count.
    #[serde(skip)]
    pub draft: Option<Vec<(String, String)>>,
}

impl Blog {
    /// The user name of whoever writes it. A copy of a row from before there were several blogs does not
    /// say it: then it is the blog's own name.
    pub fn person(&self) -> &str {
        if self.owner.is_empty() { &self.username } else { &self.owner }
    }

    /// The categories of a post as readers see them: slug and name.
    pub fn categories_of(&self, post: &Post) -> Vec<(String, String)> {
        post.categories.iter().filter_map(|name| self.category(name)).collect()
    }

    fn category(&self, name: &str) -> Option<(String, String)> {
        let slug = slug::of_category(name);
        let is_named = |changed: &&Changed| {
            let mut known = changed.former.iter().chain([&changed.name]);
            known.any(|known| known.eq_ignore_ascii_case(name))
        };
        let changed = self.categories.iter().find(is_named);
        let changed = changed.or_else(|| self.categories.iter().find(|other| other.slug == slug));
        match changed {
            None => Some((slug, name.to_owned())),
            Some(changed) if changed.is_removed > 0 => None,
            Some(changed) => Some((changed.slug.clone(), changed.name.clone())),
        }
    }
}
