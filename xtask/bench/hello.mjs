// The least that a Worker can do: what Pipit's pages are compared with.
const page = "<!doctype html><html lang=en><title>Hello</title><p>Hello from the edge.</p></html>";

export default {
  fetch() {
    return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};
