// What a Worker in JavaScript does that keeps its pages in the Cache API. A PUT stores a page, a GET answers with it.
export default {
  async fetch(request) {
    const { origin, pathname } = new URL(request.url);
    const cache = caches.default;
    if (request.method !== "PUT") {
      return (await cache.match(origin + pathname)) ?? new Response("Nothing is kept here.", { status: 404 });
    }
    const headers = { "content-type": request.headers.get("content-type"), "cache-control": "max-age=3600" };
    await cache.put(origin + pathname, new Response(await request.arrayBuffer(), { headers }));
    return new Response(null, { status: 204 });
  },
};
