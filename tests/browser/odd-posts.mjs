// Odd posts on every page that shows them: each page keeps to the HTML standard, each feed to what readers need,
// nothing of a post runs, and nothing makes a page wider than its window.

import { get } from "node:http";
import { app, blog, hold, name, open, origin, picture, run, signUp } from "./_pipit.mjs";
import { faultsOfFeed, faultsOfPage } from "./_html.mjs";

const SCRIPT = "<script>document.title = 'odd'</script>";
const OTHERS = "https://others.example/\"><script>alert(1)</script>";

/** What apps send, as Micropub has it. */
const ODD = [
  { content: ["x"] },
  { name: ["🐦‍⬛ 🏳️‍🌈 👩‍👩‍👧"], content: ["👋🏽"], category: ["🐦", "Grüner Tee", "tea & <b>cake</b>"] },
  { name: ["مرحبا بالعالم (1)"], content: ["שלום עולם. Then English, `code` and مرحبا."] },
  { name: ["\u202etxet sdrawkcab"], content: ["\u2066\u202e]", "\u0000\ufffe"] },
  { name: ["w".repeat(500)], content: ["o".repeat(5_000)] },
  { content: [words(10_000)], name: ["Ten thousand words"] },
  { content: ["Many"], category: Array.from({ length: 200 }, (_, place) => `No. ${place} ${"long ".repeat(place % 12)}`) },
  { content: ["Old"], published: ["1999-12-31T23:59:00Z"] },
  { content: ["Later"], published: ["2099-01-01T00:00:00Z"] },
  { content: ["A draft"], "post-status": ["draft"] },
  { name: ["Psst"], content: ["Unlisted"], visibility: ["unlisted"] },
  {
    name: [SCRIPT], content: [`${SCRIPT}<p>a<div>b</p><ul><li>c<table><tr><td>d<p><b><i>e</b></i><a href="x"><a href="y">f\n\n${SCRIPT}`], summary: [SCRIPT], category: [SCRIPT],
    photo: [{ value: `${OTHERS}.jpg`, alt: SCRIPT }], audio: [`${OTHERS}.mp3`], video: [`${OTHERS}.mp4`], location: [SCRIPT],
    checkin: [{ type: ["h-card"], properties: { name: [SCRIPT], url: [OTHERS] } }], syndication: [OTHERS],
    "in-reply-to": [{ type: ["h-cite"], properties: { url: [OTHERS], name: [SCRIPT] } }],
  },
  { "in-reply-to": ["https://others.example/1"], content: ["Yes"] },
  { "in-reply-to": ["https://others.example/1"], rsvp: ["maybe"] },
  { "like-of": ["https://others.example/1"] },
  { "repost-of": ["https://others.example/1"] },
  { "bookmark-of": ["https://others.example/1", "https://others.example/2"] },
  { content: ["# One\n\n#### Four\n\n- [ ] x\n- y\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\nA note[^1] ~~and~~ more.\n\n[^1]: Below.\n\n![](https://others.example/a.png)\n\n```rust\nfn main() {}\n```"] },
  { content: ["Another note[^1] [^2].\n\n[^1]: Below, too.\n[^2]: And <b id=\"main\" class=\"skip\">here"] },
  { name: ["About"], content: ["Me"], "mp-channel": ["pages"], "mp-slug": ["about"] },
  { name: [`Bidi مرحبا ${SCRIPT}`], content: ["Me"], "mp-channel": ["pages"] },
];

function words(count) {
  return Array.from({ length: count }, (_, place) => `word${place}${place % 90 === 89 ? "\n\n" : " "}`).join("");
}

await run({
  "odd posts leave every page whole": odd,
});

async function odd(browser) {
  const { page, context, faults } = await open(browser);
  const username = name("odd");
  await signUp(page, username);
  const post = await app(page);
  const made = [];
  for (const properties of ODD) made.push(await post(properties));
  made.push(await post({ photo: Array.from({ length: 20 }, () => ({ value: "https://others.example/a.jpg", alt: "" })) }));
  made.push(await post({ h: "entry", "mp-photo-alt": SCRIPT, photo: { name: "view.png", mimeType: "image/png", buffer: picture() } }, "multipart"));

  await page.goto(`${origin}/pages`);
  for (let shown = 0; shown < 2; shown += 1) {
    await page.getByRole("button", { name: /in the blog’s head$/ }).and(page.getByText("Show in the head")).first().click();
    await page.waitForURL(`${origin}/pages`);
  }

  const home = blog(username);
  const found = [];
  for (const start of [`${home}/`, `${home}/categories`, `${origin}/`, `${origin}/posts`, `${origin}/posts?show=drafts`, `${origin}/posts?show=scheduled`, `${origin}/pages`, `${origin}/@${username}`]) {
    await look(page, start, found);
    const links = await page.locator("a[href]").evaluateAll((links) => links.map((link) => link.href.split("#")[0]));
    const isMore = (link) => (link.startsWith(home) && !link.endsWith(".xml")) || /\/posts\/\d+\/edit$/.test(link);
    made.push(...links.filter(isMore));
  }
  hold(made.some((address) => address.includes("/preview/")), "no list leads to a preview");
  hold(made.some((address) => address.includes("/categories/")), "no post leads to its categories");
  const addresses = [...new Set(made)].filter((address) => !/\/categories\/no-\d/.test(address));
  for (const address of [...addresses, `${home}/none`, `${home}/categories/none`]) await look(page, address, found);

  found.push(...(await faultsOfFeed(page, await text(`${home}/feed.xml`), "the feed")));
  // Pictures elsewhere do not answer here, and that is all that a browser may find amiss.
  found.push(...faults.filter((fault) => !/others\.example|Failed to load resource: the server responded with a status of 404/.test(fault)));
  hold(!found.length, found.join("\n"));
  await context.close();
}

/** Loads a page and looks at what was sent, at what runs, and at its width. */
async function look(page, address, found) {
  const response = await page.goto(address);
  found.push(...(await faultsOfPage(await response.text(), `${response.status()} ${address}`)));
  if ((await page.title()) === "odd") found.push(`${address}: a script of a post ran`);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wider > 0) found.push(`${address} at ${width}: ${wider} pixels wider than the window`);
  }
}

/** What stands at an address, as it is sent; not every system knows that names under localhost are this machine. */
function text(address) {
  const { host, port, pathname } = new URL(address);
  return new Promise((done, failed) => {
    const read = (answer) => answer.toArray().then((parts) => done(Buffer.concat(parts).toString()), failed);
    get({ host: "127.0.0.1", port, path: pathname, headers: { host } }, read).on("error", failed);
  });
}
