// A person without a browser, for tests of other people's clients: signs up, and says yes to an app.

import dns from "node:dns";

export const origin = setting("PIPIT_URL").replace(/\/$/, "");
const mailbox = setting("PIPIT_MAILBOX").replace(/\/$/, "");

// Not every system knows that all names under localhost are this machine (RFC 6761).
const lookup = dns.lookup;
dns.lookup = (name, options, done) => {
  const [how, then] = typeof options === "function" ? [{}, options] : [options, done];
  if (!name.endsWith(".localhost")) return lookup(name, how, then);
  const address = { address: "127.0.0.1", family: 4 };
  return how.all ? then(null, [address]) : then(null, address.address, address.family);
};

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing: these tests run against a running Pipit.`);
  return value;
}

/** Runs tests one after the other; ends with the line that the runner reads. */
export async function run(tests) {
  let failed = 0;
  for (const [what, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok      ${what}`);
    } catch (problem) {
      failed += 1;
      console.log(`FAILED  ${what}\n${problem?.stack ?? JSON.stringify(problem)}`);
    }
  }
  console.log(`${Object.keys(tests).length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

/** Fails with words. */
export function hold(isSo, words) {
  if (!isSo) throw new Error(words);
}

export class Person {
  #cookies = new Map();
  #address = [83, 0, 0, 0].map((part) => part || 1 + Math.floor(Math.random() * 250)).join(".");

  constructor() {
    this.username = `cl-${Date.now().toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;
    this.me = origin.replace("//", `//${this.username}.blogs.`) + "/";
  }

  /** With a mail, as everybody does. */
  async signUp() {
    const email = `${this.username}@example.com`;
    await this.#send("/signup", { name: "Ann Example", email, username: this.username, site: "" });
    const token = (await mailTo(email)).text.match(/\/signin\/link#([\w-]{43})/)?.[1];
    const answer = await this.#send("/signin/verify", { token });
    hold(answer.status === 303, `signing up ended with ${answer.status}`);
    return this;
  }

  /** Opens the page that an app sends people to, and presses the button. Returns where that leads. */
  async allow(url) {
    const page = await this.#send(url);
    const text = await page.text();
    hold(page.status === 200, `the page of consent answered ${page.status}:\n${text}`);
    const inputs = [...text.matchAll(/<input [^>]*name="([^"]*)" value="([^"]*)"/g)];
    const fields = inputs.map(([, name, value]) => [name, plain(value)]);
    const answer = await this.#send("/indieauth/consent", [...fields, ["decision", "allow"]]);
    hold(answer.status === 303, `consent ended with ${answer.status}:\n${await answer.text()}`);
    return new URL(answer.headers.get("location"));
  }

  async #send(path, fields) {
    const header = process.env.PIPIT_RUNTIME === "spin" ? "X-Forwarded-For" : "CF-Connecting-IP";
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { accept: "text/html", origin, cookie, [header]: this.#address };
    const body = fields && new URLSearchParams(fields);
    const how = { method: body ? "POST" : "GET", headers, body, redirect: "manual" };
    const answer = await fetch(new URL(path, origin), how);
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      this.#cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return answer;
  }
}

const plain = (text) => text.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(code)).replace(/&amp;/g, "&");

async function mailTo(address) {
  const end = Date.now() + 10_000;
  while (Date.now() < end) {
    const mails = await (await fetch(`${mailbox}/messages.json`)).json();
    const mail = mails.find((mail) => mail.to.includes(address));
    if (mail) return mail;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`no mail to ${address}`);
}
