// From an e-mail address to a published page, as a person does it: with scripts, and without.

import { askToSignUp, blog, hold, mailTo, name, open, origin, run, signUp, writeWithPhoto } from "./_pipit.mjs";

const TEXT = "Hello from the edge";
const ALT = "A field under a summer sky";
const PATIENCE = 2000;

await run({
  "sign up by link, write with a photo, and it is on the blog": (browser) => firstLight(browser, true),
  "the same without scripts, by the code": (browser) => firstLight(browser, false),
  "the link in another browser asks for the code": foreign,
  "sign out, and the way back leads where one was going": wayBack,
  "edit and delete": editAndDelete,
  "the keyboard is enough to sign in": keyboard,
});

async function firstLight(browser, javaScriptEnabled) {
  const { page, context, faults } = await open(browser, { javaScriptEnabled });
  const username = name("ann");
  if (javaScriptEnabled) {
    await signUp(page, username);
  } else {
    const mail = await askToSignUp(page, username);
    const code = mail.text.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0];
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.waitForURL(`${origin}/`);
  }
  await writeWithPhoto(page, TEXT, ALT);
  const began = Date.now();

  await page.goto(`${blog(username)}/`);
  await page.locator(".e-content", { hasText: TEXT }).waitFor({ timeout: PATIENCE });
  const image = page.getByAltText(ALT);
  await image.scrollIntoViewIfNeeded();
  await image.waitFor({ timeout: PATIENCE });
  if (javaScriptEnabled) {
    const isDrawn = (element) => element.complete && element.naturalWidth === 320;
    for (let tries = 0; !(await image.evaluate(isDrawn)) && tries < 40; tries += 1) await page.waitForTimeout(50);
    hold(await image.evaluate(isDrawn), "the photo is not drawn");
  }
  await page.locator(".h-entry a.u-url").first().click();
  await page.locator(".e-content", { hasText: TEXT }).waitFor();
  hold(faults.length === 0, faults.join("\n"));
  // The last thing: for a bare document the browser asks for a favicon of its own accord.
  const feed = await (await page.goto(`${blog(username)}/feed.xml`)).text();
  hold(feed.includes(TEXT) && feed.includes(ALT), `the feed does not have it:\n${feed}`);
  const took = Date.now() - began;
  hold(took < PATIENCE, `it took ${took} ms until blog and feed had it`);
  await context.close();
}

async function foreign(browser) {
  const asking = await open(browser);
  const other = await open(browser);
  const username = name("ann");
  const mail = await askToSignUp(asking.page, username);
  const link = mail.text.match(/http\S+\/signin\/link#\S+/)[0];
  await other.page.goto(link);
  await other.page.getByLabel("Code").fill(mail.text.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]);
  await other.page.getByRole("button", { name: /^Sign in/ }).click();
  await other.page.waitForURL(`${origin}/`);
  await other.page.getByRole("button", { name: "Sign out" }).waitFor();

  await asking.page.goto(`${origin}/posts`);
  hold(asking.page.url().includes("/signin"), "the browser that asked was not signed in by the other");
  hold(other.faults.length === 0, other.faults.join("\n"));
  await asking.context.close();
  await other.context.close();
}

async function wayBack(browser) {
  const { page, context } = await open(browser);
  const username = name("ann");
  await signUp(page, username);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${origin}/`);
  await page.goto(`${origin}/posts/new`);
  hold(page.url().startsWith(`${origin}/signin?next=`), `one is asked to sign in, not shown ${page.url()}`);
  const known = (await mailTo(`${username}@example.com`)).text;
  await page.getByLabel("E-mail address").fill(`${username}@example.com`);
  await page.getByRole("button", { name: "Send me the mail" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  let mail = known;
  for (let tries = 0; mail === known && tries < 100; tries += 1) {
    await page.waitForTimeout(50);
    mail = (await mailTo(`${username}@example.com`)).text;
  }
  await page.getByLabel("Code").fill(mail.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(`${origin}/posts/new`);
  await context.close();
}

async function editAndDelete(browser) {
  const { page, context, faults } = await open(browser);
  const username = name("ann");
  await signUp(page, username);
  await writeWithPhoto(page, "The first words", ALT);
  await page.getByRole("link", { name: /^Edit/ }).click();
  await page.getByLabel("Text", { exact: true }).fill("The second words");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(/\/posts(\?|$)/);
  await page.goto(`${blog(username)}/`);
  await page.getByText("The second words").waitFor({ timeout: PATIENCE });
  const permalink = await page.locator(".h-entry a.u-url").first().getAttribute("href");

  await page.goto(`${origin}/posts`);
  await page.locator("summary").first().click();
  await page.getByRole("button", { name: "Delete this post" }).click();
  await page.waitForURL((url) => url.searchParams.has("deleted"));
  await page.getByRole("button", { name: /^Bring .* back$/ }).click();
  await page.waitForURL(`${origin}/posts`);
  const back = await page.goto(permalink);
  hold(back.status() === 200, `a post that was brought back answers ${back.status()}`);
  await page.goto(`${origin}/posts`);
  await page.locator("summary").first().click();
  await page.getByRole("button", { name: "Delete this post" }).click();
  await page.waitForURL((url) => url.searchParams.has("deleted"));
  hold(faults.length === 0, faults.join("\n"));
  const gone = await page.goto(permalink);
  hold(gone.status() === 410, `a deleted post answers ${gone.status()}`);
  await page.getByRole("heading", { name: "This post is gone" }).waitFor();
  await context.close();
}

async function keyboard(browser) {
  const { page, context } = await open(browser);
  await page.goto(`${origin}/signin`);
  await page.keyboard.press("Tab");
  const first = await page.evaluate(() => document.activeElement.textContent.trim());
  hold(first === "Skip to the text", `the first Tab leads to “${first}”`);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  const field = await page.evaluate(() => document.activeElement.id);
  hold(field === "email", `after the skip link the first field is “${field}”`);
  const outline = await page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
  hold(outline, "the focus is not to be seen");
  await page.keyboard.type(`${name("key")}@example.com`);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  await context.close();
}
