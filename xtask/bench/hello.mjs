// The least that a Worker can do, with a page of a usual size: what Pipit's pages are compared with.
const lines = "<p>Hello from the edge.</p>".repeat(500);
const page = `<!doctype html><html lang=en><title>Hello</title>${lines}</html>`;

export default {
  fetch() {
    return new Response(page, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};
