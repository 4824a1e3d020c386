//! The files of a post: those that come with it, those of the library, and those elsewhere.

use crate::media;
use domain::{
    media::Clean,
    post::{Clip, Photo, Post},
};
use platform::{Context, Error, Result, Sql};
use url::Url;

/// A file of a post: one that arrives with it, or one that is somewhere already.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file without metadata, to be stored.
    New(Clean),
    /// An address: an object of one's own on our media host, or a file elsewhere.
    At(String),
}

/// A file of a post, with what it shows.
#[derive(Debug, Clone)]
pub struct File {
    /// Where it is.
    pub source: Source,
    /// What it shows, in words; where nothing is said here, the library's words for it count.
    pub alt: String,
}

/// What somebody called a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Among the photos.
    Photo,
    /// Among what is heard.
    Audio,
    /// Among what is seen move.
    Video,
}

/// The files of a post on their way: those that the library knows, and those to be stored.
pub struct Files {
    known: Vec<store::media::Media>,
    new: Vec<media::New>,
}

impl Files {
    /// Looks up what the library knows of these files.
    pub async fn find(
        cx: &Context,
        post: &Post,
        photos: &[File],
        audio: &[File],
        video: &[File],
    ) -> Result<Self> {
        let all = photos.iter().chain(audio).chain(video);
        let keys: Vec<String> = all
            .filter_map(|file| match &file.source {
                Source::At(address) => media::key_of(cx, address),
                Source::New(_) => None,
            })
            .take(200)
            .collect();
        let known = store::media::find_all(cx, &post.blog_id, &keys).await?;
        Ok(Self { known, new: vec![] })
    }

    /// Puts files where they belong: a file of ours by its kind, one elsewhere by what it is called.
    pub fn place(
        &mut self,
        cx: &Context,
        post: &mut Post,
        files: Vec<File>,
        place: Place,
    ) -> Result<()> {
        for file in files {
            let (key, alt, content_type, width, height) = match file.source {
                Source::New(clean) => {
                    let new = media::New::of(cx, &post.blog_id, clean, file.alt)?;
                    let media = new.media.clone();
                    self.new.push(new);
                    (media.key, media.alt, media.content_type, media.width, media.height)
                }
                Source::At(address) => self.at(cx, address, file.alt, place)?,
            };
            if content_type.starts_with("image/") {
                post.photos.push(Photo { key, alt, width, height });
            } else {
                let is_video = content_type.starts_with("video/");
                post.clips.push(Clip { key, alt, is_video, width, height });
            }
        }
        Ok(())
    }

    fn at(
        &self,
        cx: &Context,
        address: String,
        alt: String,
        place: Place,
    ) -> Result<(String, String, String, u32, u32)> {
        if let Some(key) = media::key_of(cx, &address) {
            let known = self.known.iter().find(|media| media.key == key).ok_or_else(|| {
                Error::invalid("There is no such file in your library. Upload it first.")
            })?;
            let alt = if alt.trim().is_empty() { known.alt.clone() } else { alt };
            let content_type = known.content_type.clone();
            return Ok((key, alt, content_type, known.width, known.height));
        }
        let is_address = address.len() <= 2000
            && Url::parse(&address).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        if !is_address {
            return Err(Error::invalid("A photo has to be a file or a web address."));
        }
        let kind = match place {
            Place::Photo => "image/",
            Place::Audio => "audio/",
            Place::Video => "video/",
        };
        Ok((address, alt, kind.to_owned(), 0, 0))
    }

    /// Stores the new ones; returns the statements that write them down.
    pub async fn store(self, cx: &Context) -> Result<Vec<Sql>> {
        media::store_all(cx, self.new).await
    }
}
