// Writing with the composer's script, at the width of a telephone and of a desk: kept as it is typed, shown as it will be,
// photos that go ahead, all by keyboard, and nothing lost.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { blog, hold, name, open, origin, picture, run, signUp } from "./_pipit.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const text = (page) => page.getByLabel("Text", { exact: true });
const isSaved = (page) => page.getByText(/^Saved \d\d:\d\d$/).waitFor();
const EDIT = /\/posts\/(\d+)\/edit$/;
const LISTED = /\/(posts|pages)(\?|$)/;
const LONG = "Words that go on. ".repeat(20);

await run({
  "write, attach, describe and post by keyboard, at 360 pixels": (browser) => byKeyboard(browser, 360),
  "write, attach, describe and post by keyboard, at 1280 pixels": (browser) => byKeyboard(browser, 1280),
  "a title is asked for beyond 280 characters": longPost,
  "what was typed survives the killing of the tab": killedTab,
  "what was typed over a public post waits and can be restored": killedEdit,
  "photos are pasted and dropped, and a broken one says so": pasted,
  "a post is scheduled, and a draft discarded": scheduled,
  "axe finds nothing, whatever is open": accessible,
});

/** A page of somebody who is signed in. */
async function person(browser, width) {
  const window = await open(browser, { viewport: { width, height: 800 } });
  const username = name("ann");
  await signUp(window.page, username);
  await window.page.goto(`${origin}/posts/new`);
  return { ...window, username };
}

/** Presses Tab until what has the focus is of this name, or begins with it. */
async function tabTo(page, label, isWhole = true) {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const { activeElement: element } = document;
      return element.ariaLabel || element.labels?.[0]?.textContent.trim() || element.textContent.trim();
    });
    if (isWhole ? at === label : at.startsWith(label)) return;
  }
  throw new Error(`Tab never leads to “${label}”`);
}


async function byKeyboard(browser, width) {
  const { page, context, faults, username } = await person(browser, width);
  // Somebody listens from the beginning, so that no real window opens.
  const choice = new Promise((done) => page.once("filechooser", done));
  await tabTo(page, "Text");
  await page.keyboard.type("Hello ");
  await page.keyboard.press("Control+b");
  await page.keyboard.type("birds");
  await page.keyboard.press("End");
  hold((await text(page).inputValue()) === "Hello **birds**", `the text is “${await text(page).inputValue()}”`);
  await isSaved(page);
  await page.waitForURL(EDIT);

  const preview = page.locator("details[data-preview]");
  if (width < 1152) {
    await tabTo(page, "Preview");
    await page.keyboard.press("Enter");
  }
  await preview.locator("strong", { hasText: "birds" }).waitFor();

  await text(page).focus();
  await tabTo(page, "Photo files");
  await page.keyboard.press("Enter");
  await (await choice).setFiles(["one.png", "two.png"].map((name) => ({ name, mimeType: "image/png", buffer: picture() })));
  await page.getByLabel("What it shows").nth(1).waitFor();
  await text(page).focus();
  await tabTo(page, "What it shows");
  await page.keyboard.type("A first field");
  await tabTo(page, "What it shows");
  await page.keyboard.type("A second field");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(LISTED);

  await page.goto(`${blog(username)}/`);
  await page.locator(".e-content strong", { hasText: "birds" }).waitFor();
  const alts = await page.locator(".h-entry img").evaluateAll((images) => images.map((image) => image.alt));
  hold(["A first field", "A second field"].every((alt) => alts.includes(alt)), `the photos say ${alts}`);

  // Change it, then delete it.
  await page.goto(`${origin}/posts`);
  await tabTo(page, "Edit", false);
  await page.keyboard.press("Enter");
  await page.waitForURL(EDIT);
  await tabTo(page, "Text");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Other words");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(LISTED);
  await page.getByText("Other words").first().waitFor();
  await tabTo(page, "Delete “", false);
  await page.keyboard.press("Enter");
  await tabTo(page, "Delete this post");
  await page.keyboard.press("Enter");
  await page.getByText("is deleted.").waitFor();
  await page.goto(`${blog(username)}/`);
  hold((await page.getByText("Other words").count()) === 0, "the deleted post is still there");
  hold(faults.length === 0, faults.join("\n"));
  await context.close();
}

async function longPost(browser) {
  const { page, context, faults, username } = await person(browser, 360);
  const title = page.getByLabel("Title, if it has one");
  hold(await title.isHidden(), "a short post is not asked for a title");
  await text(page).pressSequentially("Short.");
  await page.getByText("6 characters").waitFor();
  await text(page).fill(LONG);
  await page.getByText(/The timeline shows the first 280 with a link/).waitFor();
  await title.fill("A title");
  hold((await page.getByText(/The timeline shows/).count()) === 0, "with a title all is well");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await page.waitForURL(LISTED);
  await page.goto(`${blog(username)}/`);
  await page.getByRole("link", { name: "A title" }).first().waitFor();
  hold(faults.length === 0, faults.join("\n"));
  await context.close();
}

async function killedTab(browser) {
  const { page, context } = await person(browser, 1280);
  await text(page).fill("A thought that must not be lost");
  await isSaved(page);
  const address = page.url();
  hold(EDIT.test(address), `the page's address became ${address}`);
  // The tab's process dies without a last word.
  const session = await context.newCDPSession(page);
  session.send("Page.crash").catch(() => {});
  await page.waitForEvent("crash");

  const next = await context.newPage();
  await next.goto(address);
  hold((await text(next).inputValue()) === "A thought that must not be lost", "the draft has the words");
  await next.goto(`${origin}/posts/new`);
  await next.getByRole("link", { name: "A thought that must not be lost" }).waitFor();
  await context.close();
}

async function killedEdit(browser) {
  const { page, context, faults, username } = await person(browser, 1280);
  await text(page).fill("As it was");
  await page.keyboard.press("Control+Enter");
  await page.waitForURL(LISTED);
  await page.getByRole("link", { name: /^Edit/ }).first().click();
  await page.waitForURL(EDIT);
  await text(page).fill("As it may be");
  await isSaved(page);
  const address = page.url();
  await page.goto(`${blog(username)}/`);
  await page.getByText("As it was").waitFor();
  await page.goto(address);
  await page.getByText("You have unsaved changes from").waitFor();
  await page.getByRole("link", { name: "Restore them" }).click();
  hold((await text(page).inputValue()) === "As it may be", "the words are restored");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL(LISTED);
  await page.goto(address);
  hold((await page.getByText("You have unsaved changes").count()) === 0, "they are saved now");
  hold(faults.length === 0, faults.join("\n"));
  await context.close();
}

async function pasted(browser) {
  const { page, context, username } = await person(browser, 1280);
  await text(page).fill("Look");
  const give = (event, file, bytes) =>
    text(page).evaluate(
      (element, [event, name, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
        const options = { bubbles: true, cancelable: true };
        const happens =
          event === "paste"
            ? new ClipboardEvent(event, { ...options, clipboardData: data })
            : new DragEvent(event, { ...options, dataTransfer: data });
        element.dispatchEvent(happens);
      },
      [event, file, bytes],
    );
  const bytes = [...picture(32, 20)];
  await give("paste", "pasted.png", bytes);
  await page.getByLabel("What it shows").nth(0).fill("Pasted");
  await give("drop", "dropped.png", bytes);
  await page.getByLabel("What it shows").nth(1).fill("Dropped");
  await give("drop", "broken.png", [1, 2, 3]);
  await page.locator(".files .error", { hasText: "broken.png: " }).waitFor();
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await page.waitForURL(LISTED);
  await page.goto(`${blog(username)}/`);
  await page.getByAltText("Pasted").waitFor();
  await page.getByAltText("Dropped").waitFor();
  await context.close();
}

async function scheduled(browser) {
  const { page, context, faults, username } = await person(browser, 1280);
  await text(page).fill("In another century");
  await page.getByText("Date", { exact: true }).click();
  await page.getByLabel("Published at").fill("2099-12-31T23:59");
  await page.getByRole("button", { name: "Schedule" }).click();
  await page.waitForURL(/said=scheduled/);
  await page.goto(`${blog(username)}/`);
  hold((await page.getByText("In another century").count()) === 0, "it waits");

  await page.goto(`${origin}/posts/new`);
  await text(page).fill("Not worth it");
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("The draft is saved.").waitFor();
  await page.getByRole("link", { name: "Preview on the blog" }).waitFor();
  const address = page.url();
  await page.getByText("Discard this draft").click();
  await page.getByRole("button", { name: "Discard the draft" }).click();
  await page.waitForURL(LISTED);
  hold(faults.length === 0, faults.join("\n"));
  hold((await page.goto(address)).status() === 404, "the draft is gone");
  await context.close();
}

async function accessible(browser) {
  const { page, context } = await person(browser, 1280);
  // For eyes: what it looks like.
  const take = async (what) => {
    const folder = process.env.PIPIT_PICTURES;
    for (const width of folder ? [360, 1280] : []) {
      await page.setViewportSize({ width, height: 800 });
      await page.screenshot({ path: `${folder}/${what.replaceAll(" ", "-")}-${width}.png`, fullPage: true });
    }
  };
  await page.getByText("Date", { exact: true }).waitFor();
  const look = async (what) => {
    await take(`${what} closed`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
    await page.evaluate(axe);
    for (const width of [360, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const found = await page.evaluate(async () => {
          const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
          return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
        });
        hold(found.length === 0, `${what} at ${width}, ${colorScheme}: ${found.join("\n")}`);
      }
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      hold(wider === 0, `${what} at ${width}: ${wider} pixels wider than the window`);
    }
    await take(what);
  };
  await look("a new post");
  await text(page).fill(LONG);
  await page.getByLabel("Photo files").setInputFiles({ name: "view.png", mimeType: "image/png", buffer: picture() });
  await page.getByLabel("What it shows").fill("A field under a summer sky");
  await page.getByLabel("Categories").fill("Birds, Boats");
  await page.getByRole("button", { name: "Save draft" }).click();
  await page.getByText("The draft is saved.").waitFor();
  await look("a draft");
  await page.goto(`${origin}/posts/new?channel=pages`);
  await look("a new page");
  await context.close();
}
