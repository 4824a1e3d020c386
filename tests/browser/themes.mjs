// Themes: each looks like itself and is in order, and a look is tried out in a frame before it is saved.

import { look } from "./_axe.mjs";
import { app, blog, hold, name, open, origin, run, signUp, writeWithPhoto } from "./_pipit.mjs";

const themes = ["Plain", "Journal", "Photos"];

// Runs, and may keep nothing that other blogs would be sent.
const OWN = `<script>
document.documentElement.dataset.ran = 'own';
try { document.cookie = 'a=b'; document.documentElement.dataset.kept = document.cookie ? 'yes' : 'no'; }
catch { document.documentElement.dataset.kept = 'no'; }
</script>`;

await run({
  "every theme is in order on every page": everyTheme,
  "a look is tried out in a frame, and saved": preview,
  "scripts of the owner's run, and no others": scripts,
  "from right to left": rightToLeft,
  "the author's picture and replies come from the app, without a cookie": fromTheApp,
});

async function everyTheme(browser) {
  const { page, context, faults } = await open(browser);
  const username = name("themes");
  await signUp(page, username);
  await writeWithPhoto(page, "# A heading\n\nA [link](https://example.com) and `code`.\n\n> words of others", "A field");
  await page.goto(`${origin}/`);
  const create = await app(page);
  const article = await create({ name: ["On walking"], content: ["Some words.\n\nMore of them.\n\n---\n\n| a | b |\n|---|---|\n| 1 | 2 |"], category: ["Walking"] });
  const faces = new Set();
  for (const theme of themes) {
    await page.goto(`${origin}/settings/blog`);
    await page.getByRole("radio", { name: new RegExp(`^${theme}`) }).check();
    await page.getByLabel("Search", { exact: true }).check();
    await page.getByLabel("At the foot of every page").fill("© Ann");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").waitFor();
    for (const path of ["/", article, "/categories", "/categories/walking", "/archive", "/photos", "/search?q=words", "/nothing"]) {
      await page.goto(new URL(path, blog(username)).href);
      await look(page, `${theme}, ${path}`);
      hold((await page.locator("script").count()) === 0, `${theme}, ${path} has a script`);
    }
    await page.goto(`${blog(username)}/`);
    faces.add(await page.evaluate(() => getComputedStyle(document.body).fontFamily + getComputedStyle(document.body).backgroundColor));
    hold(await page.getByText("© Ann").isVisible(), `${theme} has no foot`);
  }
  hold(faces.size === themes.length, "the themes look alike");
  const ours = faults.filter((fault) => !fault.includes("404"));
  hold(!ours.length, ours.join("\n"));
  await context.close();
}

async function preview(browser) {
  const { page, context, faults } = await open(browser);
  const username = name("themes");
  await signUp(page, username);
  await page.goto(`${origin}/settings/blog`);
  await look(page, "/settings/blog");
  const frame = page.frameLocator("iframe");
  await frame.locator(".theme-plain").waitFor();
  await page.getByLabel("Title", { exact: true }).fill("Low Tide");
  await page.getByRole("radio", { name: /^Journal/ }).check();
  await page.getByLabel("Links in a colour of my own").check();
  await page.getByLabel("The colour").fill("#00aa00");
  await page.getByText("Style sheet, HTML and templates").click();
  await page.getByLabel("Your own CSS").fill("body { outline: 7px solid red }");
  await page.getByRole("button", { name: "Preview" }).click();
  const body = frame.locator("body.theme-journal");
  await body.waitFor();
  hold(page.url().endsWith("/settings/blog"), "the form stays where it is");
  hold((await body.evaluate((of) => getComputedStyle(of).outlineWidth)) === "7px", "the frame has the style sheet");
  hold(await frame.getByText("Low Tide").first().isVisible(), "the frame has the title");
  await page.goto(`${blog(username)}/`);
  hold((await page.locator("body.theme-plain").count()) === 1, "nobody else sees it");

  await page.goto(`${origin}/settings/blog/templates/home.html`);
  await look(page, "/settings/blog/templates/…");
  await page.locator("#text").fill("{% extends 'base.html' %}\n{% block main %}{{ nothing }}{% endblock %}");
  await page.getByRole("button", { name: "Preview" }).click();
  await frame.getByText("home.html, line 2: There is no such name.").waitFor();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("home.html, line 2").waitFor();
  await look(page, "a broken template");
  await page.getByRole("link", { name: "All templates" }).click();
  await page.waitForURL(/\/templates$/);
  await look(page, "/settings/blog/templates");
  await page.goto(`${origin}/help/themes`);
  await look(page, "/help/themes");
  hold(!faults.length, faults.join("\n"));
  await context.close();
}

async function scripts(browser) {
  const { page, context } = await open(browser);
  const username = name("themes");
  await signUp(page, username);
  await page.goto(`${origin}/settings/blog`);
  await page.getByText("Style sheet, HTML and templates").click();
  await page.getByLabel("HTML at the end of the head").fill(OWN);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").waitFor();
  await page.goto(`${origin}/settings/blog/templates/foot.html`);
  await page.locator("#text").fill("<script>document.documentElement.dataset.other = 'no';</script><p onclick='x()'>Foot</p>");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("status").waitFor();
  await page.goto(`${blog(username)}/`);
  const ran = await page.evaluate(() => ({ ...document.documentElement.dataset }));
  hold(ran.ran === "own" && ran.kept === "no" && !ran.other, JSON.stringify(ran));
  const margin = await page.evaluate(() => getComputedStyle(document.body).margin);
  hold(margin !== "8px", "the style sheet is not loaded");
  await context.close();
}

async function rightToLeft(browser) {
  const { page, context } = await open(browser);
  const username = name("themes");
  await signUp(page, username);
  await writeWithPhoto(page, "שלום עולם", "שדה");
  for (const theme of themes) {
    await page.goto(`${origin}/settings/blog`);
    await page.getByRole("radio", { name: new RegExp(`^${theme}`) }).check();
    await page.getByLabel("Language", { exact: true }).fill("he");
    await page.getByLabel("Title", { exact: true }).fill("יומן");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").waitFor();
    await page.goto(`${blog(username)}/`);
    await look(page, `${theme} from right to left`);
    const [title, width] = await page.evaluate(() => [document.querySelector(".blog-title").getBoundingClientRect(), innerWidth].map((of) => of.right ?? of));
    hold(title > width / 2, `${theme}: the title stands on the left`);
  }
  await context.close();
}

async function fromTheApp(browser) {
  const { page, context } = await open(browser);
  const username = name("themes");
  await signUp(page, username);
  const create = await app(page);
  const post = await create({ content: ["Who comes along?"] });
  const permalink = new URL(post, blog(username)).href;
  await create({ content: ["I do, with *pleasure*."], "in-reply-to": [permalink] });
  for (const theme of themes) {
    await page.goto(`${origin}/settings/blog`);
    await page.getByRole("radio", { name: new RegExp(`^${theme}`) }).check();
    await page.getByLabel("Your picture beside the title").check();
    await page.getByLabel("Replies of people here, below each post").check();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("status").waitFor();
    const visitor = await open(browser);
    await visitor.page.goto(permalink);
    for (let tries = 0; tries < 20 && !(await visitor.page.locator(".microblog_post").count()); tries += 1) {
      await visitor.page.reload({ waitUntil: "networkidle" });
    }
    await visitor.page.locator(".microblog_text", { hasText: "with pleasure" }).waitFor();
    await visitor.page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth));
    await look(visitor.page, `${theme}, a post with replies`);
    const cookies = await visitor.context.cookies();
    hold(!cookies.length, `a cookie was set: ${JSON.stringify(cookies)}`);
    hold(!visitor.faults.length, visitor.faults.join("\n"));
    await visitor.context.close();
  }
  await context.close();
}
