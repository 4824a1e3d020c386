// A plan, as somebody clicks through it: chosen here, paid for and cancelled on pages of the stand-in for Stripe, which the policy of
// our pages has to let the forms lead to; and every state of the page in every width and scheme.

import { look } from "./_axe.mjs";
import { hold, name, open, origin, run, signUp } from "./_pipit.mjs";

const stripe = process.env.PIPIT_STRIPE;
if (!stripe) throw new Error("PIPIT_STRIPE is missing: these tests pay at the stand-in for Stripe.");
const PAGE = `${origin}/settings/billing`;
const PATIENCE = 20_000;
const DAYS = 86_400;

await run({
  "a plan is chosen, paid for, cancelled and kept": life,
  "a blog beyond the plan is read-only, and says so": readOnly,
});

/** Does something at Stripe. */
async function tell(verb, said) {
  const answer = await fetch(`${stripe}/_stand/${verb}`, { method: "POST", body: JSON.stringify(said) });
  hold(answer.ok, `${verb}: ${answer.status} ${await answer.text()}`);
}

/** Looks at a page again until it says this. */
async function says(page, address, words) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    await page.goto(address);
    const text = await page.locator("main").textContent();
    if (text.includes(words)) return;
    hold(Date.now() < end, `no “${words}” on ${address}:\n${text}`);
    await page.waitForTimeout(200);
  }
}

/** What no page of ours may do; what Stripe's pages ask for is theirs. */
function ours(faults) {
  return faults.filter((fault) => !fault.includes(stripe));
}

/** Chooses a price, pays, and waits on the page to which Stripe leads back until it shows the plan by itself. */
async function buy(page, choice, words) {
  await page.goto(PAGE);
  // There is one of the same words that Stripe charges otherwise; it stands first.
  await page.getByRole("button", { name: choice }).last().click();
  await page.waitForURL(`${stripe}/c/pay/**`);
  await page.getByRole("button", { name: "Pay", exact: true }).click();
  await page.waitForURL(/\/settings\/billing\?said=paid/);
  await page.getByText(words).waitFor({ timeout: PATIENCE });
}

async function life(browser) {
  const { page, context, faults } = await open(browser);
  const username = name("pay");
  await signUp(page, username);
  await page.goto(PAGE);
  await page.getByText("You pay nothing.").waitFor();
  await look(page, "the plan, none chosen");

  await page.getByRole("button", { name: "Choose Premium, €5 a month" }).last().click();
  await page.waitForURL(`${stripe}/c/pay/**`);
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByText("Nothing was bought.").waitFor();

  await buy(page, "Choose Premium, €5 a month", "You are trying it until");
  await page.goto(PAGE);
  await look(page, "the plan, a trial");

  await page.getByRole("button", { name: "Manage payment and invoices" }).click();
  await page.waitForURL(`${stripe}/p/session/**`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("link", { name: "Back" }).click();
  await page.getByText("What you changed with Stripe shows here within a minute.").waitFor();
  await says(page, PAGE, "You cancelled, so nothing is paid");
  await look(page, "the plan, cancelled");

  await tell("keep", { username });
  await tell("manner", { username, payments: "fail" });
  await tell("advance", { username, seconds: 15 * DAYS });
  await says(page, PAGE, "The last payment did not go through.");
  await look(page, "the plan, past due");
  hold(ours(faults).length === 0, ours(faults).join("\n"));
  await context.close();
}

async function readOnly(browser) {
  const { page, context, faults } = await open(browser);
  await signUp(page, name("pay"));
  await page.goto(`${origin}/settings/blogs`);
  await page.getByLabel("Title").fill("Birds");
  await page.getByLabel("Name", { exact: true }).fill(name("birds"));
  await page.getByRole("button", { name: "Make the blog" }).click();
  await page.getByRole("button", { name: /^Write on/ }).click();
  await buy(page, "Choose Small, €1 a month", "These are read-only");
  await page.goto(PAGE);
  await look(page, "the plan, with a blog that is read-only");
  for (const path of ["/settings/blogs", "/settings/domain", "/posts/new"]) {
    await page.goto(origin + path);
    await look(page, `${path} of a blog that is read-only`);
  }
  await page.getByLabel("Text", { exact: true }).fill("Long thought about");
  await page.getByRole("button", { name: "Post", exact: true }).click();
  // The page before says so as well.
  await page.waitForURL(/\/posts$/);
  await page.getByRole("alert").getByText("this one is read-only").waitFor();
  hold((await page.getByLabel("Text", { exact: true }).inputValue()) === "Long thought about", "what was typed is lost");
  await look(page, "the composer of a blog that is read-only");
  // A refusal is a line on the console.
  const others = ours(faults).filter((fault) => !fault.includes("402"));
  hold(others.length === 0, others.join("\n"));
  await context.close();
}
