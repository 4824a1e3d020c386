//! The blogs that are asked for: the same posts, ten of them, a thousand and a hundred thousand.

use crate::{
    Result, process,
    project::{self, Project},
};
use std::path::Path;

/// User names, and how many posts each has written.
pub const BLOGS: [(&str, u32); 3] = [("ten", 10), ("thousand", 1_000), ("many", 100_000)];

/// Noon, 1 January 2020; the posts are ten minutes apart.
const FIRST: i64 = 1_577_880_000;
const WORDS: &str = "<p>The ferry was late again, and so the whole quay stood in the rain and talked. \
    I learned that the <em>old</em> harbour light is for sale, that <a href=\"https://boats.example/mary\">the Mary</a> \
    has a new engine, and that nobody remembers who painted the bench green.</p>";

/// Writes accounts, blogs and posts into a local D1.
pub fn fill(project: &Project, data: &Path, state: &Path) -> Result<()> {
    let file = data.join("blogs.sql");
    let text: Vec<String> = BLOGS.iter().map(|(name, posts)| blog(name, *posts)).collect();
    project::write(&file, &text.join("\n"))?;
    let mut command = project.wrangler();
    command
        .env("WRANGLER_LOG_PATH", data.join("logs/wrangler"))
        .args(["d1", "execute", "DB", "--local", "--yes", "--persist-to"])
        .arg(state)
        .arg("--file")
        .arg(&file);
    process::run("writing 101,010 posts", &mut command, &data.join("logs/blogs.log")).map(drop)
}

/// The path of a post, by its number in the blog.
pub fn path(number: u32) -> String {
    format!("/2020/01/01/post-{number}")
}

fn blog(name: &str, posts: u32) -> String {
    let last = FIRST + i64::from(posts) * 600;
    format!(
        "insert into accounts (id, username, email, name, created_at)
           values ('account-{name}', '{name}', '{name}@example.org', 'Mara {name}', {FIRST});
         insert into blogs (id, account_id, username, title, tagline, post_count, changed_at, created_at)
           values ('blog-{name}', 'account-{name}', '{name}', 'Harbour notes, {name}', 'What the tide leaves behind', {posts}, {last}, {FIRST});
         with recursive n (i) as (select 1 union all select i + 1 from n where i < {posts})
         insert into posts (id, blog_id, account_id, path, title, text, html, published_at, created_at, updated_at)
           select printf('%013d%05d', ({FIRST} + i * 600) * 1000, length('{name}')), 'blog-{name}', 'account-{name}', '/2020/01/01/post-' || i,
             case when i % 5 = 0 then 'Tides of day ' || i end, '', '{WORDS}<p>Entry ' || i || '.</p>',
             {FIRST} + i * 600, {FIRST} + i * 600, {FIRST} + i * 600 from n;
         insert into archives (blog_id, months)
           select 'blog-{name}', json_group_object(month, posts) from (
             select strftime('%Y-%m', published_at, 'unixepoch') as month, count(*) as posts from posts
             where blog_id = 'blog-{name}' group by 1);"
    )
}
