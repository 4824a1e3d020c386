//! Every method that there is: its name, where its user name stands, what its token must allow, and
//! what it does. What is not in this table does not exist.

use super::{
    Call, Result, library,
    post::{self, Change},
    shape::{self, Shape},
    site, term,
    value::{Value, record},
};
use domain::post::Channel;

/// A method.
pub struct Method {
    /// As calls name it.
    pub name: &'static str,
    /// The place of the user name among its parameters, the password's being the next; None where
    /// anybody may call it.
    pub login: Option<usize>,
    /// Whether the parameter before the user name is what the call is about.
    pub has_id_before: bool,
    /// One of these is enough.
    pub scopes: &'static [&'static str],
    what: What,
}

impl Method {
    /// Whether its call carries the bytes of a file.
    pub fn takes_file(&self) -> bool {
        matches!(self.what, What::Upload)
    }
}

enum What {
    Methods,
    Capabilities,
    Filters,
    Says(fn(&Call<'_>) -> Value),
    Blogs,
    Options,
    Get(Shape),
    Recent(Channel, Shape),
    Search,
    /// Whether it stays a draft where the call does not say.
    Create(Channel, bool),
    Edit,
    Delete,
    Publish,
    Terms(Shape),
    TermsBy,
    NewTerm,
    EditTerm,
    DeleteTerm,
    PostTerms,
    SetPostTerms,
    Upload,
    Library,
    Item,
    DeleteItem,
}

const READ: &[&str] = &["read", "create", "update", "delete", "undelete", "media", "draft"];
const WRITE: &[&str] = &["create", "draft"];
const UPDATE: &[&str] = &["update"];
const DELETE: &[&str] = &["delete"];
const SORT: &[&str] = &["create", "update"];
const MEDIA: &[&str] = &["media", "create", "draft"];
const DROP: &[&str] = &["media", "delete"];

const POSTS: Channel = Channel::Posts;
const PAGES: Channel = Channel::Pages;

#[rustfmt::skip]
const METHODS: &[Method] = &[
    open("system.listMethods", What::Methods),
    open("system.getCapabilities", What::Capabilities),
    open("mt.supportedMethods", What::Methods),
    open("mt.supportedTextFilters", What::Filters),

    of("blogger.getUsersBlogs", 1, READ, What::Blogs),
    of("blogger.getUserInfo", 1, READ, What::Says(site::user_info)),
    on("blogger.getPost", 2, READ, What::Get(shape::BLOGGER)),
    of("blogger.getRecentPosts", 2, READ, What::Recent(POSTS, shape::BLOGGER)),
    of("blogger.newPost", 2, WRITE, What::Create(POSTS, false)),
    on("blogger.editPost", 2, UPDATE, What::Edit),
    on("blogger.deletePost", 2, DELETE, What::Delete),

    on("metaWeblog.getPost", 1, READ, What::Get(shape::META_WEBLOG)),
    of("metaWeblog.getRecentPosts", 1, READ, What::Recent(POSTS, shape::META_WEBLOG)),
    of("metaWeblog.newPost", 1, WRITE, What::Create(POSTS, false)),
    on("metaWeblog.editPost", 1, UPDATE, What::Edit),
    on("metaWeblog.deletePost", 2, DELETE, What::Delete),
    of("metaWeblog.getCategories", 1, READ, What::Terms(shape::CATEGORY)),
    of("metaWeblog.newMediaObject", 1, MEDIA, What::Upload),
    of("metaWeblog.getUsersBlogs", 1, READ, What::Blogs),

    of("mt.getRecentPostTitles", 1, READ, What::Recent(POSTS, shape::TITLE)),
    of("mt.getCategoryList", 1, READ, What::Terms(shape::MT_CATEGORY)),
    on("mt.getPostCategories", 1, READ, What::PostTerms),
    on("mt.setPostCategories", 1, UPDATE, What::SetPostTerms),
    on("mt.publishPost", 1, UPDATE, What::Publish),

    of("wp.getUsersBlogs", 0, READ, What::Blogs),
    of("wp.getOptions", 1, READ, What::Options),
    of("wp.getProfile", 1, READ, What::Says(site::profile)),
    of("wp.getUsers", 1, READ, What::Says(site::users)),
    of("wp.getAuthors", 1, READ, What::Says(site::authors)),
    of("wp.getPostFormats", 1, READ, What::Says(site::formats)),
    of("wp.getPostTypes", 1, READ, What::Says(site::types)),
    of("wp.getPostStatusList", 1, READ, What::Says(site::statuses)),
    of("wp.getPageStatusList", 1, READ, What::Says(site::statuses)),
    of("wp.getTaxonomies", 1, READ, What::Says(site::taxonomies)),
    of("wp.getTerms", 1, READ, What::TermsBy),
    of("wp.newTerm", 1, SORT, What::NewTerm),
    of("wp.editTerm", 1, UPDATE, What::EditTerm),
    of("wp.deleteTerm", 1, UPDATE, What::DeleteTerm),
    of("wp.getCategories", 1, READ, What::Terms(shape::CATEGORY)),
    of("wp.newCategory", 1, SORT, What::NewTerm),
    of("wp.getTags", 1, READ, What::Terms(shape::TAG)),
    of("wp.getPosts", 1, READ, What::Search),
    of("wp.getPost", 1, READ, What::Get(shape::WORDPRESS)),
    of("wp.newPost", 1, WRITE, What::Create(POSTS, true)),
    of("wp.editPost", 1, UPDATE, What::Edit),
    of("wp.deletePost", 1, DELETE, What::Delete),
    of("wp.getPages", 1, READ, What::Recent(PAGES, shape::PAGE)),
    of("wp.getPageList", 1, READ, What::Recent(PAGES, shape::PAGE_TITLE)),
    on("wp.getPage", 2, READ, What::Get(shape::PAGE)),
    of("wp.newPage", 1, WRITE, What::Create(PAGES, false)),
    on("wp.editPage", 2, UPDATE, What::Edit),
    of("wp.deletePage", 1, DELETE, What::Delete),
    of("wp.getMediaLibrary", 1, READ, What::Library),
    of("wp.getMediaItem", 1, READ, What::Item),
    of("wp.uploadFile", 1, MEDIA, What::Upload),
    of("wp.deleteFile", 1, DROP, What::DeleteItem),
    of("wp.getComments", 1, READ, What::Says(site::nothing)),
    of("wp.getCommentCount", 1, READ, What::Says(site::comment_count)),

    on("microblog.getPost", 1, READ, What::Get(shape::MICROBLOG)),
    of("microblog.getPosts", 1, READ, What::Recent(POSTS, shape::MICROBLOG)),
    of("microblog.newPost", 1, WRITE, What::Create(POSTS, false)),
    on("microblog.editPost", 1, UPDATE, What::Edit),
    on("microblog.deletePost", 1, DELETE, What::Delete),
    of("microblog.getCategories", 1, READ, What::Terms(shape::MICROBLOG_CATEGORY)),
    of("microblog.newMediaObject", 1, MEDIA, What::Upload),
    on("microblog.getPage", 1, READ, What::Get(shape::MICROBLOG_PAGE)),
    of("microblog.getPages", 1, READ, What::Recent(PAGES, shape::MICROBLOG_PAGE)),
    of("microblog.newPage", 1, WRITE, What::Create(PAGES, false)),
    on("microblog.editPage", 1, UPDATE, What::Edit),
    on("microblog.deletePage", 1, DELETE, What::Delete),
];

const fn open(name: &'static str, what: What) -> Method {
    Method { name, login: None, has_id_before: false, scopes: &[], what }
}

/// A method of the blog, or one that says behind the password what it is about.
const fn of(
    name: &'static str,
    login: usize,
    scopes: &'static [&'static str],
    what: What,
) -> Method {
    Method { name, login: Some(login), has_id_before: false, scopes, what }
}

/// A method that says before the user name what it is about.
const fn on(
    name: &'static str,
    login: usize,
    scopes: &'static [&'static str],
    what: What,
) -> Method {
    Method { has_id_before: true, ..of(name, login, scopes, what) }
}

/// The method of this name.
pub fn find(name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.name == name)
}

/// What anybody may know.
pub fn of_nobody(method: &Method) -> Value {
    match method.what {
        What::Methods => Value::Array(METHODS.iter().map(|method| method.name.into()).collect()),
        What::Filters => {
            Value::Array(vec![record![("key", "markdown".into()), ("label", "Markdown".into())]])
        }
        _ => {
            let spec = |url: &str| record![("specUrl", url.into()), ("specVersion", Value::Int(1))];
            record![
                ("xmlrpc", spec("http://www.xmlrpc.com/spec")),
                (
                    "faults_interop",
                    spec("http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php"),
                ),
            ]
        }
    }
}

/// Carries a call out.
pub async fn run(call: &Call<'_>, method: &Method) -> Result<Value> {
    match method.what {
        What::Methods | What::Capabilities | What::Filters => Ok(of_nobody(method)),
        What::Says(says) => Ok(says(call)),
        What::Blogs => site::blogs(call).await,
        What::Options => site::options(call).await,
        What::Get(shape) => post::get(call, shape).await,
        What::Recent(channel, shape) => post::recent(call, channel, shape).await,
        What::Search => post::search(call).await,
        What::Create(channel, is_draft) => post::create(call, channel, is_draft).await,
        What::Edit => post::change(call, &Change::Content).await,
        What::Delete => post::delete(call).await,
        What::Publish => post::change(call, &Change::Publication).await,
        What::Terms(shape) => term::list(call, shape).await,
        What::TermsBy => term::search(call).await,
        What::NewTerm => term::create(call).await,
        What::EditTerm => term::edit(call).await,
        What::DeleteTerm => term::delete(call).await,
        What::PostTerms => term::of_post(call).await,
        What::SetPostTerms => term::set(call).await,
        What::Upload => library::upload(call).await,
        What::Library => library::list(call).await,
        What::Item => library::show(call).await,
        What::DeleteItem => library::delete(call).await,
    }
}
