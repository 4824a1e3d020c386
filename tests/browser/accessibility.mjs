// Every page at three widths, light and dark: axe finds nothing, and nothing has to be scrolled sideways.

import { look } from "./_axe.mjs";
import { app, askToSignUp, blog, name, open, origin, run, signUp, writeWithPhoto } from "./_pipit.mjs";

await run({
  "pages for strangers": strangers,
  "pages of a signed-in person": signedIn,
  "lists of what one has": lists,
  "pages of a blog": blogPages,
});

async function strangers(browser) {
  const { page, context } = await open(browser);
  for (const path of ["/", "/signup", "/signin", "/signin/link", "/about", "/privacy", "/terms", "/developers", "/help/domain", "/help/plans", "/none"]) {
    await page.goto(origin + path);
    await look(page, path);
  }
  await page.goto(`${origin}/signup`);
  await page.getByLabel("Your name").fill("Ann");
  await page.getByLabel("E-mail address").fill("ann@example.com");
  await page.getByLabel("Username").fill("www");
  await page.getByRole("button", { name: "Send me the mail" }).click();
  await page.locator("#username-error").waitFor();
  await look(page, "/signup with a mistake");
  await askToSignUp(page, name("axe"));
  await look(page, "the page that takes the code");
  await page.getByLabel("Code").fill("0000-0000");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.locator("#code-error").waitFor();
  await look(page, "a wrong code");
  await context.close();
}

async function signedIn(browser) {
  const { page, context } = await open(browser);
  await signUp(page, name("axe"));
  for (const path of ["/", "/posts", "/posts?show=drafts", "/posts?q=nothing", "/pages", "/media", "/settings/categories", "/posts/new", "/subscriptions", "/settings/profile", "/settings/billing", "/settings/domain"]) {
    await page.goto(origin + path);
    await look(page, `${path}, empty`);
  }
  await page.goto(`${origin}/`);
  await writeWithPhoto(page, "A [link](https://example.com), some `code` and\n\n> words of others\n\n- one\n- two", "A field");
  for (const path of ["/", "/posts"]) {
    await page.goto(origin + path);
    await look(page, path);
  }
  await page.getByRole("link", { name: /^Edit/ }).click();
  await page.waitForURL(/\/edit$/);
  await look(page, "/posts/…/edit");
  await page.goto(`${origin}/settings/profile`);
  await page.getByLabel("About you").fill("I paint birds.\nAnd boats.");
  await page.getByLabel("Web site").fill("https://birds.example");
  await page.getByLabel("Time zone").fill("Mars/Olympus");
  await page.getByRole("button", { name: "Save" }).click();
  await page.locator("#timezone-error").waitFor();
  await look(page, "/settings/profile with a mistake");
  await page.getByLabel("Time zone").fill("Europe/Lisbon");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").waitFor();
  await page.goto(`${origin}/settings/profile`);
  await page.getByRole("link", { name: "your page" }).click();
  await page.waitForURL(/\/@/);
  await look(page, "/@somebody");
  await page.goto(`${origin}/subscriptions`);
  await page.locator("#url").fill("http://10.0.0.1/feed");
  await page.getByRole("button", { name: "Subscribe" }).click();
  await page.locator("#url-error").waitFor();
  await look(page, "/subscriptions with a mistake");
  await page.goto(`${origin}/settings/domain`);
  await page.getByLabel("The name").fill("localhost");
  await page.getByRole("button", { name: "Add the domain" }).click();
  await page.locator("#host-error").waitFor();
  await look(page, "/settings/domain with a mistake");
  await page.getByLabel("The name").fill(`${name("bücher")}.example`);
  await page.getByRole("button", { name: "Add the domain" }).click();
  await page.getByRole("button", { name: "Check now" }).click();
  await page.getByRole("status").waitFor();
  await look(page, "/settings/domain while it is looked at");
  await page.goto(`${origin}/settings/blogs`);
  await look(page, "/settings/blogs, the first");
  await page.getByLabel("Title").fill("A blog about nothing but birds and boats, in all weathers, by somebody who paints them");
  await page.getByLabel("Name", { exact: true }).fill("www");
  await page.getByRole("button", { name: "Make the blog" }).click();
  await page.locator("#name-error").waitFor();
  await look(page, "/settings/blogs with a mistake");
  await page.getByLabel("Name", { exact: true }).fill(name("birds"));
  await page.getByRole("button", { name: "Make the blog" }).click();
  await page.getByRole("button", { name: /^Write on/ }).click();
  await page.getByText("You write there now").waitFor();
  for (const path of ["/settings/blogs", "/posts", "/posts/new", "/pages", "/media", "/settings/blog", "/settings/categories"]) {
    await page.goto(origin + path);
    await look(page, `${path} of one of two blogs`);
  }
  await context.close();
}

async function lists(browser) {
  const { page, context } = await open(browser);
  await signUp(page, name("axe"));
  await page.goto(`${origin}/settings/categories`);
  await page.getByLabel("A new category").fill("Tea & cake");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByRole("link", { name: /^Change/ }).click();
  await page.getByLabel("Words in title or text").fill("tea, cake");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("some come by themselves").waitFor();
  await look(page, "/settings/categories");
  await page.getByRole("link", { name: /^Change/ }).click();
  await page.getByText("Remove this category").click();
  await look(page, "/settings/categories/…");
  await page.goto(`${origin}/`);
  await writeWithPhoto(page, "A cup of tea", "A cup");
  await page.goto(`${origin}/posts?q=tea`);
  await look(page, "/posts, a search");
  await page.goto(`${origin}/posts/new?channel=pages`);
  await page.getByLabel(/^Title/).fill("Shop");
  await page.getByLabel("Text", { exact: true }).fill("https://shop.example/");
  await page.getByRole("button", { name: /^(Post|Publish)/ }).first().click();
  await page.waitForURL(/\/pages/);
  await page.getByRole("button", { name: /head$/ }).click();
  await page.locator("summary").first().click();
  await look(page, "/pages");
  await page.goto(`${origin}/media`);
  for (const summary of await page.locator("summary").all()) await summary.click();
  await look(page, "/media");
  await context.close();
}

async function blogPages(browser) {
  const { page, context } = await open(browser);
  const username = name("axe");
  await signUp(page, username);
  await page.goto(`${blog(username)}/`);
  await look(page, "an empty blog");
  await page.goto(`${origin}/`);
  await writeWithPhoto(page, "# A heading\n\nA [link](https://example.com) and `code`.\n\n```\na block\n```", "A field");
  await page.goto(`${blog(username)}/`);
  await look(page, "a blog");
  const permalink = await page.locator(".h-entry a.u-url").first().getAttribute("href");
  await page.goto(permalink);
  await look(page, "a post");
  await page.goto(`${blog(username)}/none`);
  await look(page, "a page that is not there");
  await kinds(page, username);
  await page.goto(`${origin}/posts`);
  await page.locator("summary").first().click();
  await look(page, "/posts, about to delete");
  await page.getByRole("button", { name: "Delete this post" }).click();
  await page.waitForURL((url) => url.searchParams.has("deleted"));
  await look(page, "/posts, just deleted");
  await page.goto(`${origin}/posts?show=deleted`);
  await look(page, "/posts, what was deleted");
  await page.goto(permalink);
  await look(page, "a deleted post");
  await context.close();
}

/** Answers, praise, clips, pages, categories, a preview. */
async function kinds(page, username) {
  const post = await app(page);
  const about = await post({ name: ["About me"], content: ["I am *Ann*."], "mp-channel": ["pages"] });
  await post({ content: ["Soon"], "post-status": ["draft"] });
  await post({ "like-of": ["https://others.example/1"], category: ["Green tea", "Cake"] });
  const clip = await post({
    "in-reply-to": ["https://others.example/1"], content: ["Listen"], category: ["Cake"], location: ["Lisbon"],
    audio: [`${origin}/none.mp3`], video: [`${origin}/none.mp4`], syndication: ["https://others.example/2"],
  });
  for (const address of [`${blog(username)}/`, about, clip, `${blog(username)}/categories`, `${blog(username)}/categories/cake`, `${origin}/`]) {
    await page.goto(address);
    await look(page, address);
  }
  await page.goto(`${origin}/posts?show=drafts`);
  await page.goto(await page.locator('a[href*="/preview/"]').first().getAttribute("href"));
  await look(page, "a preview");
}
