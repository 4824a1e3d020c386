//! Really Simple Discovery 1.0: where editors find the API by which they write on this blog.

use crate::{
    cache::{self, Rendered},
    theme, validators,
};
use http::StatusCode;
use platform::{Response, Result};
use web::Visit;

const RSD: &str = "application/rsd+xml; charset=utf-8";
/// The first one is what editors should take.
const APIS: [&str; 5] = ["WordPress", "Movable Type", "MetaWeblog", "Blogger", "Micro.blog"];

/// `GET /rsd.xml`
pub async fn show(v: Visit<'_>) -> Result<Response> {
    let blog = cache::blog(&v).await?;
    let home = theme::origin(&v.cx.config, &blog);
    let api = |(at, name): (usize, &&str)| {
        let (id, is_first) = (&blog.id, at == 0);
        format!(
            "<api name=\"{name}\" blogID=\"{id}\" preferred=\"{is_first}\" apiLink=\"{home}/xmlrpc.php\"/>\n"
        )
    };
    let apis: String = APIS.iter().enumerate().map(api).collect();
    let document = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <rsd version=\"1.0\" xmlns=\"http://archipelago.phrasewise.com/rsd\">\n<service>\n\
         <engineName>Pipit</engineName>\n<engineLink>{}</engineLink>\n<homePageLink>{home}/</homePageLink>\n\
         <apis>\n{apis}</apis>\n</service>\n</rsd>\n",
        v.cx.config.app_url("/"),
    );
    validators::respond(&v, Rendered::new(StatusCode::OK, RSD, &blog, document))
}
