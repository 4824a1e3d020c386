// Every page of a blog, as a stranger finds it by following links: no cookie on any answer, no script, nothing loaded
// from elsewhere, valid, axe clean, readable in a text browser, and light.

import { spawnSync } from "node:child_process";
import { request } from "node:http";
import { gzipSync } from "node:zlib";
import { look } from "./_axe.mjs";
import { faultsOfFeed, faultsOfPage } from "./_html.mjs";
import { app, blog, hold, name, open, origin, picture, run, signUp } from "./_pipit.mjs";

/** What readers and programs ask for, and no page links to. */
const MORE = [
  "/none", "/none.html", "/2020/01/01/none", "/categories/none", "/page/0", "/page/2", "/archive/2020/01", "/preview/x", "/uploads/2026/none.jpg",
  "/feed", "/rss", "/rss.xml", "/index.xml", "/other.xml", "/feed.json", "/atom.xml", "/replies.xml", "/replies.json", "/photos/feed.xml",
  "/photos/index.json", "/archive/index.json", "/sitemap.xml", "/sitemap/pages.xml", "/robots.txt", "/rsd.xml", "/favicon.ico", "/xmlrpc.php",
  "/search", "/search?q=one", "/search?q=%3Cb%3E", "/search?q=*", "/signin", "/%00", "/%2e%2e/", "/static/none.css",
];
const HOME_BYTES_MAX = 14_000;
const THEMES = ["plain", "journal", "photos"];

let made;
/** A network of its own, so that limits do not see it as somebody else. */
const from = { [process.env.PIPIT_RUNTIME === "spin" ? "X-Forwarded-For" : "CF-Connecting-IP"]: `84.1.${Math.floor(Math.random() * 250)}.1` };

await run({
  "no answer of a blog sets a cookie or loads from elsewhere, and every page is valid": crawl,
  "every kind of page of every theme is for everybody": (browser) => inEachTheme(browser, everybody),
  "a blog can be read in a text browser, whatever its theme": (browser) => inEachTheme(browser, textBrowser),
  "the home page of short posts is light": light,
});

async function inEachTheme(browser, test) {
  for (const theme of THEMES) {
    await choose((await filled(browser)).owner, theme);
    await test(browser, theme);
  }
}

/** Gives the blog of a signed-in person another theme. */
async function choose(page, theme) {
  await page.goto(`${origin}/settings/blog`);
  await page.locator(`input[name=theme][value=${theme}]`).check();
  await page.getByRole("button", { name: /^Save/ }).first().click();
  await page.getByText("Your blog is saved").waitFor();
}

/** A blog with everything that a blog can have; made once. */
async function filled(browser) {
  if (made) return made;
  const { page } = await open(browser);
  const username = name("crawl");
  await signUp(page, username);
  const post = await app(page);
  const home = blog(username);
  const gone = await post({ content: ["Soon gone"] });
  for (let nth = 1; nth <= 26; nth += 1) await post({ content: [`Short post number ${nth}, as people write them every day.`], category: ["Tea"] });
  const article = await post({ name: ["A long way"], content: ["# One\n\nWords, *more* words.\n\n> Said\n\n```\ncode\n```"], category: ["Tea & cake"] });
  const photo = await post({ h: "entry", content: "A view", "mp-photo-alt": "A field under the sky", photo: { name: "view.png", mimeType: "image/png", buffer: picture() } }, "multipart");
  const reply = await post({ content: ["Yes"], "in-reply-to": ["https://others.example/1"] });
  await post({ name: ["About"], content: ["I am Ann."], "mp-channel": ["pages"] });
  await page.goto(`${origin}/pages`);
  await page.getByRole("button", { name: /in the blog’s head$/ }).first().click();
  await page.waitForURL(`${origin}/pages`);
  await post({ action: "delete", url: gone }, "form");
  made = { home, gone, article, photo, reply, owner: page };
  return made;
}

async function crawl(browser) {
  const { home, gone, article } = await filled(browser);
  const { page, context } = await open(browser);
  const faults = [];
  const queue = [`${home}/`, gone, ...MORE.map((path) => home + path)];
  const seen = new Map();
  const hold = (isSo, words) => isSo || faults.push(words);
  while (queue.length) {
    const url = queue.shift();
    if (seen.has(url)) continue;
    const answer = await ask(url);
    seen.set(url, answer);
    const what = `${answer.status} ${url}`;
    for (const method of ["HEAD", "POST", "OPTIONS"]) {
      const other = await ask(url, method);
      hold(!other.headers["set-cookie"], `${method} ${url} sets a cookie`);
      if (method === "HEAD") hold(other.status === answer.status && !other.body.length, `${what}: HEAD answers ${other.status}`);
    }
    hold(!answer.headers["set-cookie"], `${what} sets a cookie`);
    hold(answer.headers["x-content-type-options"] === "nosniff", `${what} may be sniffed`);
    hold(answer.status < 500, what);
    const type = answer.headers["content-type"] ?? "";
    const text = answer.body.toString();
    if (type.startsWith("application/rss")) faults.push(...(await faultsOfFeed(page, text, what)));
    if (type.includes("json") && answer.status === 200) JSON.parse(text);
    if (!type.startsWith("text/html") || !text) continue;
    faults.push(...(await faultsOfPage(text, what)));
    hold(!/<script|<style|<iframe|<object|<embed|javascript:| style=/i.test(text), `${what} has a script, a style or a frame`);
    for (const [, address] of text.matchAll(/(?:src|poster|data)="([^"]*)"/g)) hold(isOurs(new URL(address, url), url), `${what} loads ${address}`);
    for (const [link] of text.matchAll(/<link [^>]*rel="(?:stylesheet|icon|preload|prefetch|preconnect|dns-prefetch)"[^>]*>/g)) {
      hold(isOurs(new URL(link.match(/href="([^"]*)"/)[1], url), url), `${what} loads ${link}`);
    }
    for (const [, address] of text.matchAll(/href="([^"]*)"/g)) {
      const next = new URL(address.replaceAll("&#38;", "&").replaceAll("&amp;", "&"), url);
      next.hash = "";
      if (next.origin === home) queue.push(next.href);
    }
  }
  const found = (status, part) => [...seen].some(([url, answer]) => answer.status === status && url.includes(part));
  for (const part of ["/page/2", "/archive/20", "/categories/tea", "/photos", "/about", article, ".json", "/static/blog.css"]) hold(found(200, part), `no link leads to ${part}`);
  hold(found(410, gone), "the deleted post is not gone");
  hold(found(404, "/none"), "what is not there is there");
  hold(seen.size < 400, `${seen.size} addresses: does a page lead to ever new ones?`);
  await loads(browser, [...seen.keys()].filter((url) => /^text\/html/.test(seen.get(url).headers["content-type"] ?? "")), faults);
  if (faults.length) throw new Error(faults.join("\n"));
  await context.close();
}

/** What a browser asks for, and what it keeps. */
async function loads(browser, urls, faults) {
  const { page, context } = await open(browser);
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (!request.isNavigationRequest() && !isOurs(url, page.url())) faults.push(`${page.url()} asks for ${url.href}`);
  });
  const kinds = new Map(urls.map((url) => [new URL(url).pathname.replace(/\d+|[a-z-]+$/g, ""), url]));
  for (const url of kinds.values()) await page.goto(url);
  const cookies = await context.cookies();
  if (cookies.length) faults.push(`the browser keeps ${JSON.stringify(cookies)}`);
  await context.close();
}

/** The blog itself, or the place of uploaded files. */
function isOurs(url, page) {
  return url.protocol === "data:" || [new URL(page).host, `media.${new URL(origin).host}`].includes(url.host);
}

async function everybody(browser, theme) {
  const { home, gone, article, photo, reply } = await filled(browser);
  const { page, context } = await open(browser);
  const paths = ["/", "/page/2", "/archive", "/categories", "/categories/tea", "/photos", "/search", "/search?q=short", "/search?q=zzz", "/search?q=*", "/about", "/none"];
  const month = `/archive/${new Date().toISOString().slice(0, 7).replace("-", "/")}`;
  for (const url of [...[...paths, month].map((path) => home + path), gone, article, photo, reply]) {
    await page.goto(url);
    await look(page, `${url} (${theme})`);
  }
  await context.close();
}

async function textBrowser(browser, theme) {
  if (spawnSync("w3m", ["-version"]).error) return console.log("w3m is missing, so nothing was read in a text browser");
  const { home, article, photo } = await filled(browser);
  for (const [url, parts] of [
    [`${home}/`, ["Skip to the text", "About", "A long way", "Short post number 26", "Older posts", "Archive", "A field under the sky"]],
    [article, ["A long way", "Words, more words.", "Tea & cake", "By Ann Example", "All posts"]],
    [photo, ["A view", "A field under the sky"]],
    [`${home}/archive`, ["Archive", "Words to look for", "Search"]],
    [`${home}/categories`, ["Tea & cake"]],
    [`${home}/photos`, ["A field under the sky"]],
    [`${home}/search?q=long`, ["Words to look for", "A long way"]],
    [`${home}/none`, ["There is no such page", "All posts"]],
  ]) {
    const page = (await ask(url)).body;
    const { stdout } = spawnSync("w3m", ["-dump", "-cols", "80", "-T", "text/html", "-I", "UTF-8", "-O", "UTF-8"], { input: page, encoding: "utf8" });
    const text = stdout.replaceAll(/\s+/g, " ");
    for (const part of parts) hold(text.includes(part), `${theme}, ${url}: “${part}” is not in\n${stdout}`);
    hold(stdout.split("\n").every((line) => line.length <= 82), `${url}: a line is wider than the window:\n${stdout}`);
  }
}

async function light(browser) {
  const { page, context } = await open(browser);
  const username = name("light");
  await signUp(page, username);
  const post = await app(page);
  for (let nth = 1; nth <= 25; nth += 1) await post({ content: [`Short post number ${nth}, as people write them every day.`] });
  const sizes = [];
  for (const theme of THEMES) {
    await choose(page, theme);
    sizes.push(await weigh(`${blog(username)}/`, theme));
  }
  console.log(`        bytes of HTML and CSS: ${sizes.join(", ")}`);
  await context.close();
}

/** What a home page weighs with its style sheets, compressed. */
async function weigh(address, theme) {
  const home = await ask(address);
  const html = home.body.toString();
  hold(html.match(/class="h-entry/g)?.length === 25, "there are not 25 posts on it");
  const sheets = [...html.matchAll(/<link rel="stylesheet" href="([^"]*)"/g)].map(([, link]) => new URL(link, address).href);
  hold(sheets.length, "it has no style sheet");
  const bodies = [home.body, ...(await Promise.all(sheets.map(async (sheet) => (await ask(sheet)).body)))];
  const bytes = bodies.map((body) => gzipSync(body).length);
  const total = bytes.reduce((sum, one) => sum + one, 0);
  hold(total < HOME_BYTES_MAX, `${theme}: ${total} bytes of HTML and CSS`);
  return `${theme} ${bytes.join(" + ")}`;
}

/** An answer as it is sent; not every system knows that names under localhost are this machine. */
function ask(url, method = "GET") {
  const { host, port, pathname, search } = new URL(url);
  // The address parser would tidy these up.
  const path = url.endsWith("/%2e%2e/") ? "/%2e%2e/" : pathname + search;
  return new Promise((done, failed) => {
    const read = (answer) => answer.toArray().then((parts) => done({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts) }), failed);
    request({ host: "127.0.0.1", port, path, method, headers: { host, accept: "text/html,*/*;q=0.8", ...from } }, read).on("error", failed).end();
  });
}
