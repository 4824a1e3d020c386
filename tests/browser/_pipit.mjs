// What the browser tests share: a browser, the mailbox, a picture, and a count of what passed.

import { chromium } from "playwright-core";
import { crc32, deflateSync } from "node:zlib";
import { faultsOfPage } from "./_html.mjs";

export const origin = setting("PIPIT_URL").replace(/\/$/, "");
const mailbox = setting("PIPIT_MAILBOX").replace(/\/$/, "");
const program = process.env.PIPIT_BROWSER || "/usr/bin/chromium";

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: these tests run against a running Pipit.`);
  return value;
}

/** The address of a blog. */
export const blog = (username) => origin.replace("//", `//${username}.blogs.`);

/** A name that nobody else has. */
export const name = (prefix) => `${prefix}-${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;

/** Runs tests one after the other; ends with the line that the runner reads. */
export async function run(tests) {
  const browser = await chromium.launch({
    executablePath: program,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  let failed = 0;
  for (const [what, test] of Object.entries(tests)) {
    try {
      await test(browser);
      await keptToTheStandard();
      console.log(`ok      ${what}`);
    } catch (problem) {
      failed += 1;
      console.log(`FAILED  ${what}\n${problem.stack ?? problem}`);
    }
  }
  await browser.close();
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Fails with words. */
export function hold(isSo, words) {
  if (!isSo) throw new Error(words);
}

const documents = [];

/** Notes each page that a test loads, so that the validator sees them all. */
function note(response) {
  const isPage = response.request().resourceType() === "document" && /^text\/html/.test(response.headers()["content-type"] ?? "");
  // Pages of others are theirs to keep right.
  if (!isPage || new URL(response.url()).port !== new URL(origin).port) return;
  // The browser may have left the page before its text was asked for.
  const text = response.text().catch(() => "");
  documents.push(text.then((html) => ({ html, what: `${response.status()} ${response.url()}` })));
}

async function keptToTheStandard() {
  const pages = new Map();
  for (const { html, what } of await Promise.all(documents.splice(0))) if (html) pages.set(html, what);
  const faults = await Promise.all([...pages].map(([html, what]) => faultsOfPage(html, what)));
  hold(!faults.flat().length, faults.flat().join("\n"));
}

/**
 * A page in a browser of its own that notes what no page of ours may do: errors on the console, and
 * requests to hosts that are not ours.
 */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", extraHTTPHeaders: address(), ...options });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const faults = [];
  const port = new URL(origin).port;
  context.on("request", (request) => {
    const url = new URL(request.url());
    const isOurs = url.protocol === "data:" || (url.hostname.endsWith("localhost") && url.port === port);
    if (!isOurs) faults.push(`a request to ${url.href}`);
  });
  context.on("response", note);
  context.on("console", (message) => {
    if (message.type() === "error") faults.push(`on the console of ${page.url()}: ${message.text()} ${message.location().url}`);
  });
  context.on("weberror", (error) => faults.push(`a script failed: ${error.error()}`));
  return { page, context, faults };
}

/** Each browser comes from a network of its own, so that limits do not see them all as one. */
function address() {
  const header = process.env.PIPIT_RUNTIME === "spin" ? "X-Forwarded-For" : "CF-Connecting-IP";
  const part = () => 1 + Math.floor(Math.random() * 250);
  return { [header]: `82.${part()}.${part()}.${part()}` };
}

/** The newest mail to an address, as soon as there is one. */
export async function mailTo(address) {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const mails = await (await fetch(`${mailbox}/messages.json`)).json();
    const mail = mails.find((mail) => mail.to.includes(address));
    if (mail) return mail;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no mail to ${address}`);
}

/** Fills in the sign-up form and sends it. */
export async function askToSignUp(page, username) {
  await page.goto(`${origin}/`);
  await page.getByRole("link", { name: "Start a blog" }).first().click();
  await page.getByLabel("Your name").fill("Ann Example");
  await page.getByLabel("E-mail address").fill(`${username}@example.com`);
  await page.getByLabel("Username").fill(username);
  await page.getByRole("button", { name: "Send me the mail" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  return mailTo(`${username}@example.com`);
}

/** Signs somebody up by the link of the mail, in the same browser. */
export async function signUp(page, username) {
  const mail = await askToSignUp(page, username);
  const link = mail.text.match(/http\S+\/signin\/link#\S+/)?.[0];
  hold(link, `no link in the mail:\n${mail.text}`);
  await page.goto(link);
  await page.getByRole("button", { name: /^Sign in/ }).click();
  await page.waitForURL(`${origin}/`);
}

/** Writes a post with a photo in the composer. */
export async function writeWithPhoto(page, text, alt) {
  await page.getByRole("link", { name: "Write" }).first().click();
  await page.getByLabel("Text", { exact: true }).fill(text);
  await page.getByLabel("Photo files").setInputFiles({ name: "view.png", mimeType: "image/png", buffer: picture() });
  // With scripts the file has gone ahead and has a field of its own.
  await page.getByLabel(/^What (it shows|they show)/).fill(alt);
  await page.getByRole("button", { name: "Post", exact: true }).click();
  await page.waitForURL(/\/posts(\?|$)/);
}

/** An app with a token of the person; it creates, or does what a form says, and returns the address of what it created. */
export async function app(page) {
  await page.goto(`${origin}/settings/tokens`);
  await page.locator("#name").fill("Quill");
  for (const scope of await page.locator("input[name=scope]").all()) await scope.check();
  await page.getByRole("button", { name: /token/i }).click();
  const token = await page.locator("code.address").textContent();
  const headers = { authorization: `Bearer ${token}` };
  return async (properties, how = "data") => {
    const body = how === "data" ? { type: ["h-entry"], properties } : properties;
    const answer = await page.request.post(`${origin}/micropub`, { headers, [how]: body });
    hold(answer.ok(), `${answer.status()} ${await answer.text()} for ${JSON.stringify(properties).slice(0, 200)}`);
    return answer.headers().location;
  };
}

/** A PNG of 320 by 200 pixels: a sky over a field (PNG, second edition, section 5). */
export function picture(width = 320, height = 200) {
  const rows = [];
  for (let y = 0; y < height; y += 1) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x += 1) {
      const colour = y < height * 0.6 ? [150, 180 + (y >> 2), 220] : [110, 130 + (x % 40), 70];
      row.set(colour, 1 + x * 3);
    }
    rows.push(row);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.concat(rows))), chunk("IEND", Buffer.alloc(0))]);
}

function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
