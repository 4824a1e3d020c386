//! Names that nobody may take: they would pass for us, for a machine, or for a page.

/// Sorted. Names under three characters are refused anyway and do not stand here.
#[rustfmt::skip]
pub const NAMES: &[&str] = &[
    "about", "abuse", "abuse-report", "account", "accounts", "acme-challenge", "activitypub", "admin",
    "administrator", "admins", "affiliates", "all", "alpha", "amazon", "analytics", "anonymous", "api",
    "api1", "api2", "apis", "app", "apple", "apps", "archive", "archives", "asset", "assets", "atom", "audio",
    "auth", "autoconfig", "autodiscover", "avatar", "avatars", "backup", "backups", "ban", "banned", "beta",
    "billing", "block", "blocked", "blog", "blogs", "bluesky", "bookmark", "bookmarks", "bounce", "bounces",
    "broadcasthost", "business", "cache", "calendar", "careers", "cart", "categories", "category", "cdn",
    "certificate", "certificates", "challenge", "challenges", "chat", "checkout", "cloud", "cloudflare",
    "code", "codes", "community", "company", "contact", "cookies", "copyright", "cvs", "daemon", "database",
    "de-at", "de-ch", "de-de", "default", "delete", "deletion", "demo", "design", "designs", "dev",
    "developer", "developers", "devs", "discover", "dmca", "dns", "dns1", "dns2", "docs", "documentation",
    "download", "downloads", "draft", "drafts", "e-mail", "edge", "edit", "email", "en-au", "en-ca", "en-gb",
    "en-us", "enterprise", "error", "errors", "es-es", "es-mx", "event", "events", "everyone", "example",
    "explore", "export", "exports", "facebook", "faq", "fastly", "favicon", "feature", "features", "feed",
    "feeds", "fermyon", "file", "files", "follow", "followers", "following", "forum", "forums", "fr-ca",
    "fr-fr", "ftp", "gateway", "gdpr", "ghost", "git", "github", "gitlab", "google", "guest", "guests",
    "guide", "guides", "health", "healthz", "hello", "help", "here", "home", "host", "hosting", "hostmaster",
    "hosts", "http", "https", "hub", "humans", "image", "images", "imap", "img", "import", "imports",
    "impressum", "imprint", "inbox", "index", "indieauth", "info", "instagram", "internal", "intranet",
    "invalid", "invoice", "invoices", "ipv4", "ipv6", "isatap", "it-it", "ja-jp", "job", "jobs", "join",
    "json", "ko-kr", "legal", "legal-notice", "license", "list", "lists", "local", "localdomain", "localhost",
    "log", "login", "logout", "logs", "mail", "mailer-daemon", "mailing", "malware", "map", "maps",
    "marketing", "mastercard", "mastodon", "media", "mention", "mentions", "message", "messages", "metrics",
    "micro-blog", "microblog", "micropub", "microsoft", "mod", "moderator", "moderators", "monitor",
    "monitoring", "mx1", "mx2", "new", "news", "newsletter", "newsletters", "nl-nl", "no-reply", "nobody",
    "noc", "nodeinfo", "none", "noreply", "notifications", "ns1", "ns2", "ns3", "ns4", "null", "oauth",
    "oauth2", "official", "openid", "operator", "opml", "outbox", "owner", "page", "pages", "partners",
    "passkey", "passkeys", "password", "passwords", "pay", "payment", "payments", "paypal", "phishing",
    "photo", "photos", "pictures", "ping", "pipit", "pipit-app", "pipit-blog", "pipit-help", "pipits", "plan",
    "plans", "plugin", "plugins", "podcast", "podcasts", "pop", "pop3", "popular", "portal", "post",
    "postmark", "postmaster", "posts", "preferences", "press", "preview", "price", "prices", "pricing",
    "privacy", "prod", "product", "production", "products", "profile", "profiles", "proxy", "pt-br", "pt-pt",
    "publication", "publications", "publish", "queue", "register", "registration", "replies", "reply",
    "report", "reports", "robots", "root", "rss", "safety", "sales", "saml", "sandbox", "search", "security",
    "self", "server", "servers", "service", "services", "session", "sessions", "setting", "settings", "sftp",
    "shop", "sign-in", "sign-out", "sign-up", "signin", "signout", "signup", "site", "sitemap", "sitemaps",
    "sites", "smtp", "spam", "spin", "sql", "ssh", "ssl", "ssladmin", "ssladministrator", "sslwebmaster",
    "sso", "staff", "stage", "staging", "start", "static", "statistics", "stats", "status", "store", "stripe",
    "subscribe", "subscribers", "subscription", "subscriptions", "superuser", "support", "svn", "sysadmin",
    "system", "tag", "tags", "tcp", "team", "template", "templates", "terms", "test", "testing", "tests",
    "theme", "themes", "threads", "timeline", "timelines", "tls", "token", "tokens", "tos", "tour",
    "trending", "trust", "twitter", "udp", "undefined", "unfollow", "unsubscribe", "upload", "uploads",
    "usenet", "user", "users", "uucp", "verified", "verify", "video", "videos", "visa", "vpn", "web",
    "webfinger", "webhook", "webhooks", "webmail", "webmaster", "webmention", "webmentions", "websub",
    "welcome", "well-known", "wiki", "wordpress", "worker", "workers", "wpad", "www", "www1", "www2", "www3",
    "x-com", "xml", "xmlrpc", "you", "zh-cn", "zh-tw",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_long_enough() {
        assert!(NAMES.is_sorted());
        assert!(NAMES.len() >= 250, "{}", NAMES.len());
    }
}
