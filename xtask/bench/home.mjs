// What a Worker in JavaScript would do for the same home page: the same rows of the same database, the same
// HTML, made by Hono's templates.
import { Hono } from "hono";
import { html, raw } from "hono/html";

const BLOG = `select b.id, b.title, b.tagline, b.language, b.username, b.post_count, b.categories, a.name as author, a.site
  from blogs b join accounts a on a.id = b.account_id where b.username = ?1`;
const POSTS = `select p.id, p.path, p.title, p.html, p.photos, p.clips, p.categories, p.properties, p.published_at
  from posts p join blogs b on b.id = p.blog_id
  where b.username = ?1 and p.visibility = 'public' and p.deleted_at is null and p.status = 'published' and p.channel = 'posts'
  order by p.published_at desc, p.id desc limit 25`;
const APP = "http://localhost:8787";

const app = new Hono();

app.get("/", async (c) => {
  const host = c.req.header("host");
  const username = host.split(".")[0];
  const db = c.env.DB;
  const [blogs, posts] = await db.batch([db.prepare(BLOG).bind(username), db.prepare(POSTS).bind(username)]);
  const blog = { ...blogs.results[0], url: `http://${host}` };
  return c.html(home(blog, posts.results));
});

const home = (blog, posts) => html`<!doctype html>
<html lang="${blog.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${blog.title}</title>
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/blog.css">
<link rel="alternate" type="application/rss+xml" title="${blog.title}" href="${blog.url}/feed.xml">
<link rel="EditURI" type="application/rsd+xml" title="RSD" href="${blog.url}/rsd.xml" />
<link rel="indieauth-metadata" href="${APP}/.well-known/oauth-authorization-server">
<link rel="authorization_endpoint" href="${APP}/indieauth/auth">
<link rel="token_endpoint" href="${APP}/indieauth/token">
<link rel="micropub" href="${APP}/micropub">
<link rel="author" href="${blog.url}/">
<link rel="me" href="${APP}/@${blog.username}">
<link rel="canonical" href="${blog.url}/">
<link rel="next" href="${blog.url}/page/2">
<meta name="description" content="${blog.tagline}">
<meta property="og:type" content="website">
<meta property="og:title" content="${blog.title}">
<meta property="og:description" content="${blog.tagline}">
<meta property="og:url" content="${blog.url}/">
<meta property="og:site_name" content="${blog.title}">
</head>
<body class="home">
<a class="skip" href="#main">Skip to the text</a>
<header class="blog-head">
<p class="blog-title" dir="auto"><a href="${blog.url}/" rel="home">${blog.title}</a></p>
<p class="blog-tagline" dir="auto">${blog.tagline}</p>
</header>
<main id="main" tabindex="-1">
<div class="h-feed">
<h1 class="p-name unseen">${blog.title}</h1>
<p class="unseen">By <span class="p-author h-card"><bdi class="p-name">${blog.author}</bdi><data class="u-url" value="${blog.url}/"></data></span></p>
${posts.map((each) => post(blog, each))}
</div>
<nav class="pages" aria-label="Older and newer posts">
<a class="older" href="${blog.url}/page/2" rel="next">Older posts</a>
</nav>
</main>
<footer class="blog-foot">
<p class="h-card"><a class="p-name u-url u-uid" href="${blog.url}/" rel="me"><bdi>${blog.author}</bdi></a> · <a href="${blog.url}/feed.xml">Feed</a></p>
<p class="made"><a href="${APP}/"><span>Made with Pipit</span></a></p>
</footer>
</body>
</html>`;

const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

const post = (blog, { path, title, html: words, photos, clips, categories, properties, published_at }) => {
  const at = new Date(published_at * 1000);
  const files = JSON.parse(photos).length + JSON.parse(clips).length + Object.keys(JSON.parse(properties)).length;
  const names = JSON.parse(categories);
  return html`<article class="h-entry post">
<p class="post-date"><a class="u-url" href="${blog.url}${path}"><time class="dt-published" datetime="${at.toISOString()}">${day.format(at)}</time></a></p>
<div class="post-body">
${title ? html`<h2 class="p-name post-title" dir="auto"><a href="${blog.url}${path}">${title}</a></h2>` : ""}
<div class="e-content" dir="auto">${raw(words)}</div>
${files ? "…" : ""}${names.length ? html`<p class="post-cats">${names.join(" · ")}</p>` : ""}
</div>
</article>
`;
};

export default app;
