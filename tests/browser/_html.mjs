// Whether a page keeps to the HTML standard, and a feed to what readers of RSS need.

import { HtmlValidate, StaticConfigLoader } from "html-validate";

const validator = new HtmlValidate(
  new StaticConfigLoader({ root: true, extends: ["html-validate:standard"], elements: ["html5"] }),
);

/** What is wrong with a page as it was sent, one line each. */
export async function faultsOfPage(html, what) {
  const { results } = await validator.validateString(html);
  return results
    .flatMap((result) => result.messages)
    .map(({ ruleId, message, line, column }) => `${what}, ${line}:${column}: ${message} (${ruleId})`);
}

/** What is wrong with an RSS feed; `page` is any page of a browser, whose parser reads it. */
export async function faultsOfFeed(page, xml, what) {
  const faults = await page.evaluate(look, xml);
  return faults.map((fault) => `${what}: ${fault}`);
}

/** RSS 2.0 and the RSS profile of the RSS Advisory Board, with content, atom and dc. */
function look(xml) {
  const feed = new DOMParser().parseFromString(xml, "application/xml");
  const broken = feed.querySelector("parsererror");
  if (broken) return [`it is not well-formed: ${broken.textContent}`];
  const faults = [];
  const hold = (isSo, words) => isSo || faults.push(words);
  const children = (of, name) => [...of.children].filter((child) => child.nodeName === name);
  const text = (of, name) => children(of, name)[0]?.textContent ?? "";
  const isWeb = (address) => URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
  const isDate = (date) => /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} (\+0000|GMT)$/.test(date) && !Number.isNaN(Date.parse(date));

  const rss = feed.documentElement;
  hold(rss.nodeName === "rss" && rss.getAttribute("version") === "2.0", "it is not RSS 2.0");
  const channel = children(rss, "channel")[0];
  if (!channel) return [...faults, "it has no channel"];
  for (const name of ["title", "link", "description"]) hold(children(channel, name).length === 1, `the channel has not one ${name}`);
  hold(isWeb(text(channel, "link")), "the channel's link is no address");
  const self = children(channel, "atom:link").find((link) => link.getAttribute("rel") === "self");
  hold(self && isWeb(self.getAttribute("href")), "it does not say where it is");
  if (children(channel, "lastBuildDate").length) hold(isDate(text(channel, "lastBuildDate")), "lastBuildDate is no date");
  const once = ["title", "link", "description", "guid", "pubDate", "enclosure", "content:encoded", "author", "comments", "source"];
  const guids = new Set();
  for (const item of children(channel, "item")) {
    const name = text(item, "link");
    const says = (isSo, words) => hold(isSo, `${name}: ${words}`);
    for (const element of once) says(children(item, element).length <= 1, `more than one ${element}`);
    for (const child of item.children) says([...once, "category", "dc:creator"].includes(child.nodeName), `an element that nobody knows: ${child.nodeName}`);
    says(text(item, "title") || text(item, "description"), "neither a title nor a description");
    says(isWeb(name), "its link is no address");
    says(isDate(text(item, "pubDate")), "its pubDate is no date");
    const guid = text(item, "guid");
    says(guid && !guids.has(guid), "its guid is missing or another's");
    guids.add(guid);
    for (const file of children(item, "enclosure")) {
      says(isWeb(file.getAttribute("url")) && /^\d+$/.test(file.getAttribute("length")) && /^\w+\/[\w.+-]+$/.test(file.getAttribute("type")), "its enclosure is not complete");
    }
    const content = new DOMParser().parseFromString(text(item, "content:encoded"), "text/html");
    for (const element of content.querySelectorAll("[src], [href]")) {
      const address = element.getAttribute("src") ?? element.getAttribute("href");
      says(URL.canParse(address), `an address that depends on the page: ${address}`);
    }
    says(!content.querySelector("script, style, iframe, form"), "an element that readers refuse");
    says(![...content.querySelectorAll("*")].some((element) => [...element.attributes].some(({ name }) => name.startsWith("on"))), "a script in an attribute");
  }
  return faults;
}
