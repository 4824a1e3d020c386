// What a Worker in JavaScript would do with a post: Markdown to HTML, and sanitised when asked to.
import MarkdownIt from "markdown-it";
import sanitize from "sanitize-html";

const markdown = new MarkdownIt({ html: true, linkify: true });

export default {
  async fetch(request) {
    const html = markdown.render(await request.text());
    const body = new URL(request.url).pathname === "/sanitised" ? sanitize(html) : html;
    return new Response(body, { headers: { "content-type": "text/html; charset=utf-8" } });
  },
};
