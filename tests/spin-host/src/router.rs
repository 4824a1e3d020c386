//! Routes as Spin understands them: exact paths, `:name` for a segment, `/...` for a whole subtree.

/// A table of routes, the most specific first.
pub struct Router {
    routes: Vec<Route>,
}

/// One route.
pub struct Route {
    /// As the manifest has it.
    pub raw: String,
    /// Which component answers.
    pub component: String,
    segments: Vec<String>,
    is_subtree: bool,
}

impl Router {
    /// A table of these routes and components.
    pub fn new(routes: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut routes: Vec<Route> =
            routes.into_iter().map(|(raw, component)| Route::new(raw, component)).collect();
        // A literal segment is more specific than a name, a longer route than a shorter one.
        let rank = |route: &Route| {
            let kinds = route.segments.iter().map(|s| if s.starts_with(':') { 1 } else { 0 });
            let end = if route.is_subtree { 3 } else { 0 };
            kinds.chain([end]).collect::<Vec<u8>>()
        };
        routes.sort_by_cached_key(rank);
        Self { routes }
    }

    /// The route of a path.
    pub fn find(&self, path: &str) -> Option<&Route> {
        let segments: Vec<&str> = segments(path).collect();
        self.routes.iter().find(|route| route.matches(&segments))
    }

    /// All routes.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }
}

impl Route {
    fn new(raw: String, component: String) -> Self {
        let prefix = raw.strip_suffix("/...");
        let is_subtree = prefix.is_some();
        let segments = segments(prefix.unwrap_or(&raw)).map(str::to_owned).collect();
        Self { raw, component, segments, is_subtree }
    }

    fn matches(&self, path: &[&str]) -> bool {
        let fits = if self.is_subtree {
            path.len() >= self.segments.len()
        } else {
            path.len() == self.segments.len()
        };
        fits && self.segments.iter().zip(path).all(|(own, is)| own.starts_with(':') || own == is)
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_specific_route_wins() {
        let table = [
            ("/...", "all"),
            ("/posts/...", "posts"),
            ("/posts/timeline", "timeline"),
            ("/posts/:name", "name"),
            ("/signin/link", "link"),
        ];
        let router = Router::new(table.map(|(route, to)| (route.to_owned(), to.to_owned())));
        let find = |path| router.find(path).map(|route| route.component.as_str());
        assert_eq!(find("/"), Some("all"));
        assert_eq!(find("/signin"), Some("all"));
        assert_eq!(find("/posts"), Some("posts"));
        assert_eq!(find("/posts/timeline"), Some("timeline"));
        assert_eq!(find("/posts/maria"), Some("name"));
        assert_eq!(find("/posts/1/edit"), Some("posts"));
    }
}
