// Two browsers of one person: the list shows both, the keyboard ends one, and axe looks at the pages of the settings.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hold, mailTo, name, open, origin, run, signUp } from "./_pipit.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["sessions", "proof", "security", "tokens", "profile", "email"];

await run({
  "two browsers are listed, and the keyboard ends the other one": endByKeyboard,
  "the pages of the settings": pages,
});

async function endByKeyboard(browser) {
  const [first, second] = [await open(browser), await open(browser)];
  const username = name("two");
  await signUp(first.page, username);
  await signIn(second.page, username);
  await first.page.goto(`${origin}/settings/sessions`);
  const sessions = first.page.locator("ul.rows").first().locator("li");
  hold((await sessions.count()) === 2, `the list has ${await sessions.count()} rows`);
  hold((await sessions.filter({ hasText: "this browser" }).count()) === 1, "not exactly one is this browser");

  await tabTo(first.page, (element) => element.textContent === "End");
  const outline = await first.page.evaluate(() => {
    const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== "none" || style.boxShadow !== "none";
  });
  hold(outline, "the focus is not to be seen");
  await first.page.keyboard.press("Enter");
  await first.page.waitForFunction(() => document.querySelector("ul.rows").children.length === 1);
  await second.page.goto(`${origin}/posts`);
  hold(new URL(second.page.url()).pathname === "/signin", `the ended browser is at ${second.page.url()}`);
  await first.page.goto(`${origin}/posts`);
  hold(new URL(first.page.url()).pathname === "/posts", "the browser that ended the other one is signed out");
  for (const { faults, context } of [first, second]) {
    hold(faults.length === 0, faults.join("\n"));
    await context.close();
  }
}

async function pages(browser) {
  const [first, second] = [await open(browser), await open(browser)];
  const username = name("axe");
  await signUp(first.page, username);
  await signIn(second.page, username);
  const problems = [];
  for (const path of PAGES.map((page) => `/settings/${page}`)) {
    await first.page.goto(origin + path);
    hold(new URL(first.page.url()).pathname === path, `${path} led to ${first.page.url()}`);
    problems.push(...(await look(first.page, path)));
  }
  hold(problems.length === 0, problems.join("\n"));
  hold(first.faults.length === 0, first.faults.join("\n"));
  await first.context.close();
  await second.context.close();
}

/** Signs a person in by the code of the mail that comes after the one there is. */
async function signIn(page, username) {
  const address = `${username}@example.com`;
  const known = (await mailTo(address)).text;
  await page.goto(`${origin}/signin`);
  await page.getByLabel("E-mail address").fill(address);
  await page.getByRole("button", { name: "Send me the mail" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  let mail = known;
  for (let tries = 0; mail === known && tries < 100; tries += 1) {
    await page.waitForTimeout(50);
    mail = (await mailTo(address)).text;
  }
  await page.getByLabel("Code").fill(mail.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.waitForURL(`${origin}/`);
}

async function tabTo(page, isIt) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluateHandle(() => document.activeElement);
    if (await focus.evaluate(isIt)) return;
  }
  throw new Error(`40 presses of Tab did not get there on ${page.url()}`);
}

/** What is wrong with the page in both schemes, narrow and wide. */
async function look(page, what) {
  const problems = [];
  // The driver's own way into the page, past its policy, which rightly lets no such script run.
  await page.evaluate(axe);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate(async () => {
        const { violations } = await window.axe.run(document, { resultTypes: ["violations"] });
        return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
      });
      problems.push(...found.map((problem) => `${what} at ${width}, ${colorScheme}: ${problem}`));
    }
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wider > 0) problems.push(`${what} at ${width}: ${wider} pixels wider than the window`);
  }
  return problems;
}
