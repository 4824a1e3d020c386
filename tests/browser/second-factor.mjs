// Passkeys with Chromium's virtual authenticator, an authenticator app, recovery codes; and axe on each of their pages.

import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { hold, mailTo, name, open, origin, run, signUp } from "./_pipit.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

await run({
  "a passkey is made, and signs in alone": passkey,
  "an authenticator app is asked for, and a recovery code stands in once": authenticatorApp,
  "the keyboard is enough for an authenticator app": keyboard,
});

async function passkey(browser) {
  const { page, context, faults } = await open(browser);
  await authenticator(context, page);
  const username = name("key");
  await signUp(page, username);
  await page.goto(`${origin}/settings/security`);
  await look(page, "security, nothing set up");
  await page.getByLabel("Name").fill("This computer");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
  await look(page, "recovery codes");
  await page.getByRole("link", { name: "I have kept them" }).click();
  await page.getByText("This computer").waitFor();
  await page.getByText("Add a second one").waitFor();
  await look(page, "security with a passkey");

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${origin}/`);
  await page.goto(`${origin}/signin?next=/posts`);
  await look(page, "sign in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(`${origin}/posts`);

  await page.goto(`${origin}/settings/proof?next=/settings/security`);
  await look(page, "a fresh proof");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL(`${origin}/settings/security`);
  await page.getByText(/last used/).waitFor();
  await page.getByRole("button", { name: "Remove the passkey This computer" }).click();
  await page.getByText("Whoever can read your mail can sign in as you").waitFor();
  hold(faults.length === 0, faults.join("\n"));
  await context.close();
}

async function authenticatorApp(browser) {
  const first = await open(browser);
  const username = name("app");
  await signUp(first.page, username);
  await first.page.goto(`${origin}/settings/security`);
  await first.page.getByRole("link", { name: "Set up an app" }).click();
  await first.page.waitForURL(/totp/);
  await look(first.page, "setting up an app");
  const uri = await first.page.getByRole("link", { name: "open it here" }).getAttribute("href");
  const secret = new URL(uri).searchParams.get("secret");
  await first.page.getByLabel("The code that it shows").fill("000000");
  await first.page.getByRole("button", { name: "Turn it on" }).click();
  await first.page.locator("#code-error").waitFor();
  await look(first.page, "a wrong code of an app");
  await first.page.getByLabel("The code that it shows").fill(code(secret, 0));
  await first.page.getByRole("button", { name: "Turn it on" }).click();
  await first.page.getByRole("heading", { name: "Recovery codes" }).waitFor();
  const codes = await first.page.locator("li code").allTextContents();
  hold(codes.length === 10, `there are ${codes.length} recovery codes`);

  const second = await halfIn(browser, username);
  await look(second.page, "the second factor");
  await second.page.goto(`${origin}/posts`);
  hold(second.page.url().includes("/signin"), "the mail alone opened a page");
  await second.page.goto(`${origin}/signin/factor`);
  await second.page.getByLabel("Code of your authenticator app").fill(code(secret, 1));
  await second.page.getByRole("button", { name: "Sign in", exact: true }).click();
  await second.page.waitForURL(`${origin}/`);
  await second.page.getByRole("button", { name: "Sign out" }).waitFor();

  const third = await halfIn(browser, username);
  await recover(third.page, codes[0]);
  await third.page.waitForURL(`${origin}/`);
  await third.page.goto(`${origin}/settings/security`);
  await third.page.getByText("9 of ten are left").waitFor();
  await second.page.goto(`${origin}/settings/proof?next=/settings/security`);
  await look(second.page, "a fresh proof by an app");
  for (const { faults, context } of [first, second, third]) {
    const others = faults.filter((fault) => !/status of 4(22|03)/.test(fault));
    hold(others.length === 0, others.join("\n"));
    await context.close();
  }
}

async function keyboard(browser) {
  const { page, context } = await open(browser);
  await signUp(page, name("tab"));
  await page.goto(`${origin}/settings/security/totp`);
  const uri = await page.getByRole("link", { name: "open it here" }).getAttribute("href");
  await tabTo(page, (element) => element.id === "code");
  await page.keyboard.type(code(new URL(uri).searchParams.get("secret"), 0));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
  await tabTo(page, (element) => element.textContent === "I have kept them");
  await page.keyboard.press("Enter");
  await page.getByText("10 of ten are left").waitFor();
  await tabTo(page, (element) => element.textContent === "Turn it off");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Set up an app" }).waitFor();
  await context.close();
}

async function tabTo(page, isIt) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluateHandle(() => document.activeElement);
    if (await focus.evaluate(isIt)) return;
  }
  throw new Error(`40 presses of Tab did not get there on ${page.url()}`);
}

/** Another browser of the person, which has used the mail and is asked for more. */
async function halfIn(browser, username) {
  const opened = await open(browser);
  const { page } = opened;
  const known = (await mailTo(`${username}@example.com`)).text;
  await page.goto(`${origin}/signin`);
  await page.getByLabel("E-mail address").fill(`${username}@example.com`);
  await page.getByRole("button", { name: "Send me the mail" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  const isNew = (text) => text !== known && /[0-9A-Z]{4}-[0-9A-Z]{4}/.test(text);
  let mail = known;
  for (let tries = 0; !isNew(mail) && tries < 100; tries += 1) {
    await page.waitForTimeout(50);
    mail = (await mailTo(`${username}@example.com`)).text;
  }
  await page.getByLabel("Code").fill(mail.match(/[0-9A-Z]{4}-[0-9A-Z]{4}/)[0]);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { name: "One thing more" }).waitFor();
  return opened;
}

async function recover(page, recoveryCode) {
  await page.getByText("Use a recovery code").click();
  await page.getByLabel("Recovery code").fill(recoveryCode);
  await page.getByRole("button", { name: "Sign in with it" }).click();
}

/** What the device has that the person touches: a key store of its own that knows its person. */
async function authenticator(context, page) {
  const driver = await context.newCDPSession(page);
  await driver.send("WebAuthn.enable");
  await driver.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** The code of a step after this one (RFC 6238). */
function code(secret, later) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Looks at the page in both schemes, narrow and wide. */
async function look(page, what) {
  const problems = [];
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
  hold(problems.length === 0, problems.join("\n"));
}
