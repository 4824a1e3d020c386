//! Which component answers what: Spin routes by path alone, Pipit by site and path.

use platform::Site;
use web::Function;

/// Some paths of a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paths {
    /// This one path.
    Exactly(&'static str),
    /// Every path that begins so.
    Below(&'static str),
}

/// Paths that a component may receive and another one answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forward {
    /// Where the request was for.
    pub site: Site,
    /// Which paths.
    pub paths: Paths,
    /// The component that answers them.
    pub component: &'static str,
}

/// What the triggers of `spin.toml` cannot say, first match first. The rest of the app's paths are
/// triggers of the component that has them among its `ROUTES`.
pub const FORWARDS: &[Forward] = &[
    Forward { site: Site::App, paths: Paths::Exactly("/"), component: "feeds" },
    Forward { site: Site::App, paths: Paths::Below("/@"), component: "signin" },
    Forward { site: Site::Media, paths: Paths::Below("/"), component: "posting" },
    Forward { site: Site::Blog, paths: Paths::Exactly("/xmlrpc.php"), component: "posting" },
    Forward { site: Site::Blog, paths: Paths::Below("/"), component: "blog" },
];

/// The component that answers instead of this function, if it is another one's path.
pub fn target(function: &Function, site: Site, path: &str) -> Option<&'static str> {
    let forward = FORWARDS.iter().find(|forward| {
        forward.site == site
            && match forward.paths {
                Paths::Exactly(exact) => path == exact,
                Paths::Below(prefix) => path.starts_with(prefix),
            }
    })?;
    // Blogs have a page for every path that is nobody else's: of one path that is, its owner has the say.
    if matches!(forward.paths, Paths::Below(_)) && web::has_route(function, site, path) {
        return None;
    }
    (forward.component != function.name).then_some(forward.component)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Function =
        Function { name: "posting", routes: &[], jobs: &[], lane: web::Lane::Own };

    #[test]
    fn blogs_and_media_have_their_components_whatever_the_path() {
        assert_eq!(target(&NOTHING, Site::Blog, "/posts/new"), Some("blog"));
        assert_eq!(target(&NOTHING, Site::Media, "/t/a.jpg"), None, "posting has them itself");
        assert_eq!(target(&NOTHING, Site::App, "/"), Some("feeds"));
        assert_eq!(target(&NOTHING, Site::App, "/@maria"), Some("signin"));
        assert_eq!(target(&NOTHING, Site::App, "/nowhere"), None);
        assert_eq!(target(&NOTHING, Site::Blog, "/xmlrpc.php"), None, "posting has it");
        let blog = Function { name: "blog", ..NOTHING };
        assert_eq!(target(&blog, Site::Blog, "/xmlrpc.php"), Some("posting"));
    }
}
