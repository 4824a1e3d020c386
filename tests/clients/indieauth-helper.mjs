// IndieAuth as an older client has it: the legacy rels of the blog's head, `me`, no PKCE. The client is npm's
// indieauth-helper. (Its PKCE is left out: it sends the challenge in hexadecimal, which RFC 7636 does not know.)

import IndieAuth from "indieauth-helper";
import { Person, hold, run } from "./_person.mjs";

const app = { clientId: "https://app.example/", redirectUri: "https://app.example/callback", secret: "x" };

await run({
  "finds the endpoints by the legacy rels": async () => {
    const person = await new Person().signUp();
    const client = new IndieAuth({ ...app, me: person.me });
    const rels = await client.getRelsFromUrl(person.me);
    hold(rels.authorization_endpoint.endsWith("/indieauth/auth"), JSON.stringify(rels));
    hold(rels.token_endpoint.endsWith("/indieauth/token"), JSON.stringify(rels));
  },

  "gets a token that works": async () => {
    const person = await new Person().signUp();
    const client = new IndieAuth({ ...app, me: person.me });
    const back = await person.allow(await client.getAuthUrl("code", ["create", "media"]));
    hold(back.href.startsWith(app.redirectUri), back.href);
    hold(client.validateState(back.searchParams.get("state")), "the state came back changed");
    const token = await client.getToken(back.searchParams.get("code"));
    client.options.indieAuthEndpoint = client.options.tokenEndpoint;
    hold(await client.verifyToken(token), "the token is worth nothing");
  },

  "learns who it is and gets no token": async () => {
    const person = await new Person().signUp();
    const client = new IndieAuth({ ...app, me: person.me });
    const back = await person.allow(await client.getAuthUrl());
    const me = await client.verifyCode(back.searchParams.get("code"));
    hold(me === person.me, `${me} is not ${person.me}`);
  },
});
