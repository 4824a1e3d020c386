// Micropub as a client written elsewhere has it: npm's micropub-helper, from a person's address to a post that is
// gone and back.

import { createReadStream, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Person, hold, run } from "./_person.mjs";

// It is of a time when Node had no FormData, and takes one of its own where there is none.
delete globalThis.FormData;
const { default: Micropub } = await import("micropub-helper");

const app = { clientId: "https://app.example/", redirectUri: "https://app.example/callback", state: "x" };
const scope = "create update delete undelete media";

/** A client that was allowed in. */
async function client() {
  const person = await new Person().signUp();
  const client = new Micropub({ ...app, scope, me: person.me });
  const back = await person.allow(await client.getAuthUrl());
  hold(back.searchParams.get("state") === app.state, "the state came back changed");
  await client.getToken(back.searchParams.get("code"));
  hold(await client.verifyToken(), "the endpoint knows the token");
  client.options.mediaEndpoint = (await client.query("config"))["media-endpoint"];
  return client;
}

const entry = (properties) => ({ type: ["h-entry"], properties });

async function page(url, status = 200) {
  // What changes is seen at once, save where a runtime takes a moment to run a job or to forget a copy.
  const end = Date.now() + 5_000;
  for (;;) {
    const answer = await fetch(url);
    const text = await answer.text();
    if (answer.status === status) return text;
    hold(Date.now() < end, `${url} answered ${answer.status} and not ${status}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

// One grey pixel.
const PNG = join(mkdtempSync(join(tmpdir(), "pipit-")), "pixel.png");
writeFileSync(
  PNG,
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
    "base64",
  ),
);

await run({
  "posts, edits, deletes and brings back": async () => {
    const micropub = await client();
    const url = await micropub.create(entry({ content: ["Hello from a helper"], category: ["one"] }));
    hold((await page(url)).includes("Hello from a helper"), "the post is on its page");

    await micropub.update(url, {
      replace: { content: ["Changed by a helper"] },
      add: { category: ["two"], name: ["A title"] },
    });
    const { properties } = await micropub.querySource(url);
    hold(properties.content[0] === "Changed by a helper", JSON.stringify(properties));
    hold(properties.category.join() === "one,two", JSON.stringify(properties));
    await micropub.update(url, { delete: { category: ["one"] } });
    const some = await micropub.querySource(url, ["category", "name"]);
    hold(JSON.stringify(some) === '{"properties":{"category":["two"],"name":["A title"]}}', JSON.stringify(some));

    await micropub.delete(url);
    await page(url, 410);
    await micropub.undelete(url);
    hold((await page(url)).includes("Changed by a helper"), "the post is back");
    const list = await micropub.querySource({ limit: 1 });
    hold(list.items[0].properties.url[0] === url, JSON.stringify(list));
  },

  "uploads a photo and posts it": async () => {
    const micropub = await client();
    const photo = await micropub.postMedia(createReadStream(PNG));
    const answer = await fetch(photo);
    hold(answer.headers.get("content-type") === "image/png", `the photo answered ${answer.status}`);
    const url = await micropub.create(entry({ content: ["A pixel"], photo: [{ value: photo, alt: "Grey" }] }));
    const text = await page(url);
    hold(text.includes(`src="${photo}"`) && text.includes('alt="Grey"'), text);
  },

  "posts forms with and without a file": async () => {
    const micropub = await client();
    const form = { h: "entry", content: "From a form", category: ["one", "two"] };
    const plain = await micropub.create(form, "form");
    const { properties } = await micropub.querySource(plain);
    hold(properties.category.join() === "one,two", JSON.stringify(properties));
    const file = createReadStream(PNG);
    const url = await micropub.create({ h: "entry", content: "With a file", photo: file }, "multipart");
    hold((await page(url)).includes("u-photo"), "the photo is on the page");
  },

  "is told what it may not": async () => {
    const [one, other] = [await client(), await client()];
    const url = await one.create(entry({ content: ["Mine"] }));
    const problem = await other.delete(url).catch((problem) => problem);
    hold(problem?.status === 404, JSON.stringify(problem?.status));
    hold((await page(url)).includes("Mine"), "somebody else's token deleted it");
  },
});
