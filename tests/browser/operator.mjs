// The operator's pages of payments, as the operator comes upon them.

import { look } from "./_axe.mjs";
import { hold, name, open, origin, run, signUp } from "./_pipit.mjs";

const OPERATOR = "operator@localhost.example";
const stripe = process.env.PIPIT_STRIPE;

await run({ "the operator's pages of payments": payments });

/** Something happens at Stripe. */
async function tell(verb, said) {
  const answer = await fetch(`${stripe}/_stand/${verb}`, { method: "POST", body: JSON.stringify(said) });
  const text = await answer.text();
  hold(answer.ok, `${verb}: ${text}`);
  return JSON.parse(text);
}

async function payments(browser) {
  const person = await open(browser);
  const username = name("payer");
  await signUp(person.page, username);
  const form = { price: "price_premium_month" };
  const headers = { origin, "sec-fetch-site": "same-origin" };
  await person.page.request.post(`${origin}/settings/billing/checkout`, { form, headers, maxRedirects: 0 });
  await tell("pay", { username, method: "card" });
  await person.context.close();

  const { page, context, faults } = await open(browser);
  await signInAsOperator(page);
  await page.goto(`${origin}/operator`);
  await page.getByRole("link", { name: "Payments" }).click();
  await page.waitForURL(/\/operator\/billing$/);
  await look(page, "/operator/billing");
  const lookUp = async (words) => {
    await page.goto(`${origin}/operator/billing`);
    await page.getByLabel("Username, e-mail address or customer id").fill(words);
    await page.getByRole("button", { name: "Look up", exact: true }).click();
    await page.getByRole("heading", { name: "Subscriptions" }).waitFor();
  };
  await lookUp(username);
  await page.getByRole("button", { name: "Reconcile" }).click();
  await page.getByRole("status").waitFor();
  await look(page, "an account after reconciling");

  // One that was made by hand, first as a stranger's and then as this operator's.
  const made = await tell("make", { people: [{ username: name("hand"), reference: "by hand", price: "price_pro_month" }] });
  await lookUp(made.made[0].customer);
  await page.getByRole("heading", { name: "Nobody here" }).waitFor();
  await look(page, "a customer of nobody's");
  const other = await open(browser);
  const owner = name("owner");
  await signUp(other.page, owner);
  await other.context.close();
  await page.getByLabel("Username").fill(owner);
  await page.getByLabel("Why").fill("Agreed by phone");
  await page.getByRole("button", { name: "Link them" }).click();
  await page.getByText("Accept it", { exact: true }).click();
  await look(page, "a subscription that can be accepted");
  await page.getByLabel("Why").fill("Paid by transfer");
  await page.getByRole("button", { name: /^Accept sub_/ }).click();
  await page.getByText("Accepted.").waitFor();

  await page.goto(`${origin}/operator/billing`);
  await page.getByRole("button", { name: "Compare now" }).click();
  await page.locator("a[href^='/operator/billing/reconciliations/']").first().waitFor();
  await page.locator("a[href^='/operator/billing/reconciliations/']").first().click();
  await page.getByRole("heading", { name: "Compared with Stripe" }).waitFor();
  await look(page, "a reconciliation");
  await page.goto(`${origin}/operator/billing/report`);
  await page.locator("svg[role=img]").first().waitFor();
  await look(page, "/operator/billing/report");
  hold(faults.length === 0, faults.join("\n"));
  await context.close();
}

/** The newest first. */
async function mailsToOperator() {
  const mails = await (await fetch(`${process.env.PIPIT_MAILBOX}/messages.json`)).json();
  return mails.filter((mail) => mail.to.includes(OPERATOR));
}

/** By a sign-up, which is a sign-in for whoever has an account. */
async function signInAsOperator(page) {
  await page.goto(`${origin}/signup`);
  const before = await mailsToOperator();
  await page.getByLabel("Your name").fill("Chief");
  await page.getByLabel("E-mail address").fill(OPERATOR);
  await page.getByLabel("Username").fill(name("chief"));
  await page.getByRole("button", { name: "Send me the mail" }).click();
  await page.getByRole("heading", { name: "Look into your mail" }).waitFor();
  let mails = before;
  for (const end = Date.now() + 10_000; mails.length === before.length && Date.now() < end; ) {
    await new Promise((done) => setTimeout(done, 50));
    mails = await mailsToOperator();
  }
  const link = mails[0].text.match(/http\S+\/signin\/link#\S+/)?.[0];
  hold(link, "no link in the operator's mail");
  await page.goto(link);
  await page.getByRole("button", { name: /^Sign in/ }).click();
  await page.waitForURL(`${origin}/`);
}
