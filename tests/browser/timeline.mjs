// Reading: feeds and people on one timeline, what came since, how far one was, what one marks and mutes, and 500 entries back
// by keyboard alone.

import { createServer } from "node:http";
import { look } from "./_axe.mjs";
import { hold, name, open, origin, run, signUp } from "./_pipit.mjs";

const PORT = Number(process.env.PIPIT_FIXTURE_PORT || 8028);
const ENTRIES = 180;
const PATIENCE = 20_000;
const MINUTE = 60_000;

const feeds = createServer((request, response) => {
  const [title, kind] = request.url.slice(1).split(".");
  if (kind === "gone") return response.writeHead(410).end();
  if (kind === "site") return response.setHeader("content-type", "text/html").end(several(title));
  const items = Array.from({ length: ENTRIES }, (_, nth) => item(title, nth)).join("");
  response.setHeader("content-type", "application/rss+xml");
  response.end(`<?xml version="1.0"?><rss version="2.0"><channel><title>The ${title}</title><link>https://${title}.example/</link><description>x</description>${items}</channel></rss>`);
});

function several(title) {
  const links = ["posts", "comments"].map((what) => `<link rel="alternate" type="application/rss+xml" title="The ${what}" href="/${title}-${what}.xml">`);
  return `<!doctype html><title>${title}</title>${links.join("")}`;
}

function item(title, nth) {
  const date = new Date(Date.now() - (nth + 1) * 7 * MINUTE).toUTCString();
  const name = nth % 3 ? `<title>${title} ${nth}</title>` : "";
  return `<item><guid isPermaLink="false">${title}-${nth}</guid>${name}<link>https://${title}.example/${nth}</link><pubDate>${date}</pubDate><description>Words of ${title}, number ${nth}.</description></item>`;
}

await new Promise((done) => feeds.listen(PORT, "127.0.0.1", done));
await run({
  "subscribe, see entries appear, mark read, bookmark, mute, and back 500 entries by keyboard": reading,
  "a line says what has come since, and a conversation is one page": talking,
});
feeds.close();

async function reading(browser) {
  const { page, context, faults } = await open(browser);
  await signUp(page, name("ann"));
  const names = ["gulls", "boats", "tides"].map(name);
  for (const feed of names) await subscribe(page, `${feed}.xml`);
  for (const feed of names) await appears(page, "/", `The ${feed}`);
  // One after the other: a host that many ask at once is asked a minute later.
  await subscribe(page, `${name("wreck")}.gone`);
  await appears(page, "/subscriptions", "It is gone for good, says its site.");
  await subscribe(page, `${name("harbour")}.site`);
  await appears(page, "/subscriptions", "That site has several feeds.");
  await look(page, "the subscriptions, one of them over and one a choice");
  await page.goto(`${origin}/`);
  await look(page, "the timeline");

  const seen = new Set();
  for (let pages = 1; ; pages += 1) {
    for (const id of await page.locator("article.entry").evaluateAll((all) => all.map((one) => one.id))) seen.add(id);
    if (seen.size >= 500) break;
    hold(pages < 25, `${seen.size} entries on ${pages} pages`);
    await tabTo(page, "Older");
    await Promise.all([page.waitForURL(/before=/), page.waitForNavigation(), page.keyboard.press("Enter")]);
  }
  await look(page, "an older page");

  await page.goto(`${origin}/`);
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByText("You have read from here on").waitFor();
  const kept = page.locator("article.entry").first();
  const words = await kept.locator(".prose").innerText();
  await kept.getByRole("button", { name: "Bookmark" }).click();
  await page.goto(`${origin}/bookmarks`);
  hold((await page.locator("article.entry .prose").innerText()) === words, "the bookmark is another entry");
  await look(page, "the bookmarks");
  await page.getByRole("button", { name: "Remove bookmark" }).click();
  await page.getByText("Nothing here yet").waitFor();
  await look(page, "no bookmarks");

  await page.goto(`${origin}/`);
  const muted = page.locator("article.entry").first();
  const author = await muted.locator(".author").innerText();
  await muted.locator("summary").click();
  await muted.getByRole("button", { name: "Mute this feed" }).click();
  await page.waitForURL(`${origin}/`);
  hold(!(await page.locator("main").innerText()).includes(author), `${author} is still there`);
  await page.goto(`${origin}/mutes`);
  await look(page, "what is muted");
  await page.getByRole("button", { name: `Show ${author} again` }).click();
  await page.getByText("Nothing is muted").waitFor();
  await appears(page, "/", author);
  hold(faults.length === 0, faults.join("\n"));
  await context.close();
}

async function subscribe(page, path) {
  await page.goto(`${origin}/subscriptions`);
  await page.locator("#url").fill(`http://localhost:${PORT}/${path}`);
  await page.getByRole("button", { name: "Subscribe", exact: true }).click();
  await page.waitForURL(`${origin}/subscriptions`);
}

async function talking(browser) {
  const [ann, ben] = [await open(browser), await open(browser)];
  const [anns, bens] = [name("ann"), name("ben")];
  await signUp(ann.page, anns);
  await signUp(ben.page, bens);
  await post(ben.page, `Hello @${anns}, who are you?`);
  await ann.page.goto(`${origin}/subscriptions`);
  await ann.page.locator("#username").fill(bens);
  await ann.page.getByRole("button", { name: "Follow" }).click();
  await appears(ann.page, "/", "who are you?");
  await appears(ann.page, "/mentions", "who are you?");
  await look(ann.page, "the mentions");
  await ann.page.getByRole("link", { name: /^Reply to/ }).first().click();
  await ann.page.getByLabel("Text", { exact: true }).fill("Somebody who likes boats.");
  await ann.page.getByRole("button", { name: "Post", exact: true }).click();
  await appears(ben.page, "/mentions", "likes boats");
  await ben.page.getByRole("link", { name: "Conversation" }).first().click();
  hold((await ben.page.locator("article.entry").count()) === 2, "question and answer");
  await look(ben.page, "a conversation");
  await appears(ben.page, "/discover", "who are you?");
  // What others wrote in other tests is theirs: its headings may begin at any level.
  await look(ben.page, "what is new here", ".prose");

  await ann.page.clock.install();
  await ann.page.goto(`${origin}/`);
  await post(ben.page, "One thing more");
  const line = ann.page.getByRole("status").filter({ hasText: "1 new" });
  for (let tries = 0; tries < 40 && !(await line.isVisible()); tries += 1) {
    await ann.page.clock.fastForward(31_000);
    await new Promise((done) => setTimeout(done, 250));
  }
  await line.click();
  await ann.page.getByText("One thing more").waitFor();
  hold(ann.faults.length === 0, ann.faults.join("\n"));
  for (const one of [ann, ben]) await one.context.close();
}

async function post(page, text) {
  await page.goto(`${origin}/`);
  await page.getByLabel("A short post").fill(text);
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await page.waitForURL(/\/posts(\?|$)/);
}

/** Asks for the page until these words are on it. */
async function appears(page, path, words) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    await page.goto(origin + path);
    if ((await page.locator("main").innerText()).includes(words)) return;
    hold(Date.now() < end, `“${words}” does not come to ${path}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}

/** Presses Tab until a link of this name has the focus. */
async function tabTo(page, label) {
  for (let presses = 0; presses < 400; presses += 1) {
    await page.keyboard.press("Tab");
    if ((await page.evaluate(() => document.activeElement.textContent.trim())) === label) return;
  }
  throw new Error(`Tab never leads to “${label}”`);
}
