//! The composer: writing a post or a page, and changing one.

use crate::{
    draft::{ANSWERS, Draft, POINTERS, Placed},
    micropub_media, own_blog,
    publish::{self, Writer},
};
use askama::Template;
use domain::post::{Channel, Post, Status, Visibility};
use http::StatusCode;
use platform::{Error, Response, Result};
use store::edit::Edit;
use web::{Form, Layout, Visit};

/// How many categories have a box of their own; the others are written.
const BOXES_MAX: usize = 40;
const LABEL_CHARS: usize = 60;

#[derive(Template)]
#[template(path = "compose.html")]
struct Compose<'a> {
    layout: Layout,
    draft: &'a Draft,
    id: &'a str,
    blog: &'a str,
    status: Option<Status>,
    is_page: bool,
    zone: &'a str,
    key: String,
    revision: i64,
    shown: Vec<Shown<'a>>,
    boxes: Vec<(String, bool)>,
    others: String,
    preview: Option<String>,
    aside: &'a Aside,
}

/// A file of the post, as the form shows it.
struct Shown<'a> {
    file: &'a Placed,
    is_picture: bool,
}

/// What the page says beside the form.
#[derive(Default)]
struct Aside {
    error: Option<String>,
    /// With which status the page comes, where that is not said by the rest.
    status: Option<StatusCode>,
    is_saved: bool,
    /// When unsaved words were typed over the post, while they are not in the form.
    unsaved: Option<String>,
    /// A draft that was begun before: id, label, when.
    begun: Option<(String, String, String)>,
    /// What somebody else has made of the post in the meantime: title, text, when.
    stored: Option<(String, String, String)>,
}

impl Compose<'_> {
    fn pointers(&self) -> [(&'static str, &'static str); 5] {
        POINTERS
    }

    fn answers(&self) -> [&'static str; 4] {
        ANSWERS
    }

    fn visibilities(&self) -> [(Visibility, &'static str); 3] {
        [
            (Visibility::Public, "Everyone"),
            (Visibility::Unlisted, "Whoever has its address; no list or feed shows it"),
            (Visibility::Private, "You alone"),
        ]
    }

    fn is_draft(&self) -> bool {
        self.status == Some(Status::Draft)
    }

    fn is_out(&self) -> bool {
        self.status == Some(Status::Published)
    }
}

/// `GET /posts/new`, with `channel=pages` for a page, with `reply` and the id of a post for an answer.
pub async fn new(v: Visit<'_>) -> Result<Response> {
    let channel = Channel::of_word(&v.query("channel")).unwrap_or_default();
    let mut draft = Draft { channel, ..Draft::default() };
    if let Some((path, name, domain)) = store::post::find_public(v.cx, &v.query("reply")).await? {
        let origin = v.cx.config.blog_origin(&name, domain.as_deref());
        (draft.pointer, draft.target) = ("in-reply-to".to_owned(), format!("{origin}{path}"));
    }
    let drafts = match channel {
        Channel::Posts => {
            let blog_id = &v.session()?.blog_id;
            store::own::list(v.cx, blog_id, Status::Draft, None, 1).await?
        }
        Channel::Pages => vec![],
    };
    let begun = drafts
        .first()
        .map(|post| (post.id.clone(), post.label(LABEL_CHARS), v.human(post.updated_at)));
    let aside = Aside { begun, ..read_only(&v).await? };
    compose(&v, None, &draft, &aside).await
}

/// That nothing can be written on this blog, where that is so.
async fn read_only(v: &Visit<'_>) -> Result<Aside> {
    match web::may_write(v.cx, &v.session()?.blog_id).await {
        Ok(()) => Ok(Aside::default()),
        Err(Error::Payment(words)) => Ok(refusal(&words, StatusCode::OK)),
        Err(error) => Err(error),
    }
}

/// The place that the words name at their end is a link of the page.
fn refusal(words: &str, status: StatusCode) -> Aside {
    let words = words.rsplit_once(": http").map_or(words, |(words, _)| words);
    Aside { error: Some(format!("{words}.")), status: Some(status), ..Aside::default() }
}

/// `POST /posts`
pub async fn create(mut v: Visit<'_>) -> Result<Response> {
    let mut form = v.form_of_blog().await?;
    let writer = Writer::of_session(&v)?;
    let mut draft = Draft::default().with(&mut form);
    if draft.key.is_empty() {
        draft.key = v.header("idempotency-key").to_owned();
    }
    let made = match draft.entry(v.cx, writer.timezone.as_deref(), None) {
        Ok(entry) => publish::create(v.cx, &writer, entry, draft.once().as_ref()).await,
        Err(problem) => Err(Error::invalid(problem)),
    };
    match made {
        Ok(post) => done(&post, None),
        Err(Error::Invalid(problem)) => again(&v, &writer, None, &mut draft, &problem).await,
        Err(Error::Payment(words)) => {
            compose(&v, None, &draft, &refusal(&words, StatusCode::PAYMENT_REQUIRED)).await
        }
        Err(error) => Err(error),
    }
}

/// `GET /posts/{id}/edit`, with `restore=1` for the words that were not saved.
pub async fn edit(mut v: Visit<'_>) -> Result<Response> {
    own_blog::of_post(&mut v).await?;
    let post = find(&v).await?;
    let draft = Draft::of_post(v.cx, v.session()?.timezone.as_deref(), &post);
    let mut aside = Aside { is_saved: v.query("said") == "saved", ..read_only(&v).await? };
    match store::edit::find(v.cx, &post.blog_id, &post.id).await? {
        Some(Edit { form, .. }) if v.query("restore") == "1" => {
            let draft = draft.with(&mut Form::of_urlencoded(form.as_bytes())?);
            compose(&v, Some(&post), &draft, &aside).await
        }
        edit => {
            aside.unsaved = edit.map(|edit| v.human(edit.saved_at));
            compose(&v, Some(&post), &draft, &aside).await
        }
    }
}

/// `POST /posts/{id}`
pub async fn update(mut v: Visit<'_>) -> Result<Response> {
    own_blog::of_post(&mut v).await?;
    let writer = Writer::of_session(&v)?;
    let zone = writer.timezone.clone();
    let post = find(&v).await?;
    let mut draft = Draft::of_post(v.cx, zone.as_deref(), &post).with(&mut v.form().await?);
    if draft.revision.is_some_and(|revision| revision != post.revision) {
        return differ(&v, &writer, &post, &mut draft).await;
    }
    let made = match draft.entry(v.cx, zone.as_deref(), Some(&post)) {
        Ok(entry) => publish::update(v.cx, &writer, &post, entry).await,
        Err(problem) => Err(Error::invalid(problem)),
    };
    match made {
        Ok(new) => {
            if post.status != Status::Draft {
                store::edit::delete(v.cx, &post.blog_id, &post.id).await?;
            }
            done(&new, Some(&post))
        }
        Err(Error::Invalid(problem)) => again(&v, &writer, Some(&post), &mut draft, &problem).await,
        Err(Error::Payment(words)) => {
            let aside = refusal(&words, StatusCode::PAYMENT_REQUIRED);
            compose(&v, Some(&post), &draft, &aside).await
        }
        Err(Error::Conflict) => {
            let post = find(&v).await?;
            differ(&v, &writer, &post, &mut draft).await
        }
        Err(error) => Err(error),
    }
}

/// A post of one's own that is not deleted.
pub async fn find(v: &Visit<'_>) -> Result<Post> {
    let post = store::post::find(v.cx, &v.session()?.blog_id, v.param("id")).await?;
    post.filter(|post| post.deleted_at.is_none()).ok_or(Error::NotFound)
}

/// On to the list, which says what has happened; a draft stays where it can be written on.
fn done(post: &Post, old: Option<&Post>) -> Result<Response> {
    let said = match (post.status, old.map(|old| old.status)) {
        (Status::Draft, _) => {
            return web::see_other(&format!("/posts/{}/edit?said=saved", post.id));
        }
        (Status::Scheduled, _) => "scheduled",
        (Status::Published, Some(Status::Published)) => "changed",
        (Status::Published, _) => "published",
    };
    web::see_other(&match (post.channel, post.status) {
        (Channel::Pages, _) => format!("/pages?said={said}"),
        (_, Status::Scheduled) => format!("/posts?show=scheduled&said={said}"),
        _ => format!("/posts?said={said}"),
    })
}

/// The sentence for a word that an address says after it was posted.
pub fn said(word: &str) -> Option<&'static str> {
    match word {
        "published" => Some("It is out."),
        "scheduled" => Some("It is scheduled, and comes out by itself."),
        "changed" => Some("Your changes are saved."),
        _ => None,
    }
}

/// The form again, with all that was typed and what is wrong with it.
async fn again(
    v: &Visit<'_>,
    writer: &Writer,
    post: Option<&Post>,
    draft: &mut Draft,
    problem: &str,
) -> Result<Response> {
    let error = match rescue(v, writer, draft).await? {
        true => problem.to_owned(),
        // No browser lets a page fill in a file.
        false => format!("{problem} The file has to be chosen again."),
    };
    compose(v, post, draft, &Aside { error: Some(error), ..Aside::default() }).await
}

/// Somebody has changed the post since the form was made: both are shown, and the next save is one
/// of what is here now. A form that was sent twice has changed it itself.
async fn differ(
    v: &Visit<'_>,
    writer: &Writer,
    post: &Post,
    draft: &mut Draft,
) -> Result<Response> {
    if draft.is_already(Draft::of_post(v.cx, writer.timezone.as_deref(), post)) {
        return done(post, Some(post));
    }
    rescue(v, writer, draft).await?;
    let title = post.title.clone().unwrap_or_default();
    let stored = Some((title, post.text.clone(), v.human(post.updated_at)));
    let error = Some(
        "This post was changed somewhere else while you wrote. Nothing is lost: what is stored now \
         stands first, what you wrote below it. Saving puts yours in its place."
            .to_owned(),
    );
    compose(v, Some(post), draft, &Aside { error, stored, ..Aside::default() }).await
}

/// Keeps the files that came with a form that is shown again, in the library. False when one of them
/// is none that we take.
async fn rescue(v: &Visit<'_>, writer: &Writer, draft: &mut Draft) -> Result<bool> {
    let mut is_whole = true;
    let alts: Vec<String> = draft.alts().take(draft.chosen.len()).collect();
    for (file, alt) in std::mem::take(&mut draft.chosen).into_iter().zip(alts) {
        match file {
            Ok(file) => {
                let media = micropub_media::store(v.cx, writer, file, &alt).await?;
                let url = v.cx.config.media_url(&media.key);
                draft.files.push(Placed { url, alt, is_removed: false });
            }
            Err(_) => is_whole = false,
        }
    }
    if is_whole {
        draft.alt.clear();
    }
    Ok(is_whole)
}

async fn compose(
    v: &Visit<'_>,
    post: Option<&Post>,
    draft: &Draft,
    aside: &Aside,
) -> Result<Response> {
    let session = v.session()?;
    let is_page = draft.channel == Channel::Pages;
    let (boxes, others) = if is_page {
        (vec![], String::new())
    } else {
        categories(v, &session.blog_id, draft).await?
    };
    let preview = post.filter(|post| post.status != Status::Published);
    let title = match (post, is_page) {
        (None, false) => "Write a post",
        (None, true) => "Write a page",
        (Some(_), false) => "Edit the post",
        (Some(_), true) => "Edit the page",
    };
    let key = u128::from_le_bytes(v.cx.random::<16>()?);
    let page = Compose {
        layout: Layout::of(v, title),
        id: post.map_or("", |post| &post.id),
        blog: &session.blog_name,
        status: post.map(|post| post.status),
        is_page,
        zone: session.timezone.as_deref().unwrap_or("UTC"),
        key: if draft.key.is_empty() { format!("{key:032x}") } else { draft.key.clone() },
        // What was typed over an older revision says so, unless the newer one is shown beside it.
        revision: match (draft.revision, &aside.stored) {
            (Some(revision), None) => revision,
            _ => post.map_or(0, |post| post.revision),
        },
        shown: draft.files.iter().map(shown).collect(),
        boxes,
        others,
        preview: preview
            .map(|post| web::preview_url(v.cx, &session.blog_origin(&v.cx.config), &post.id))
            .transpose()?,
        draft,
        aside,
    };
    let status = match aside {
        Aside { status: Some(status), .. } => *status,
        Aside { stored: Some(_), .. } => StatusCode::CONFLICT,
        Aside { error: Some(_), .. } => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    web::page_with_status(status, &page)
}

/// A file's kind stands at the end of its name, which is ours; what is elsewhere is a picture.
fn shown(file: &Placed) -> Shown<'_> {
    let is_heard = [".mp3", ".m4a", ".mp4"].iter().any(|end| file.url.ends_with(end));
    Shown { file, is_picture: !is_heard }
}

/// The categories that have a box, and those that are written, with commas between them.
async fn categories(
    v: &Visit<'_>,
    blog_id: &str,
    draft: &Draft,
) -> Result<(Vec<(String, bool)>, String)> {
    let known = store::category::list(v.cx, blog_id).await?;
    let is_same = |a: &str, b: &str| a.to_lowercase() == b.to_lowercase();
    let mut others = draft.categories.clone();
    let mut boxes = Vec::new();
    for category in known.into_iter().take(BOXES_MAX) {
        let at = others.iter().position(|name| is_same(name, &category.name));
        boxes.push((at.map_or(category.name, |at| others.remove(at)), at.is_some()));
    }
    // What has a comma in it cannot be written.
    let (with_comma, written): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|name| name.contains(','));
    boxes.extend(with_comma.into_iter().map(|name| (name, true)));
    Ok((boxes, written.join(", ")))
}
