"""Every feed of a blog with difficult posts, as a reader written elsewhere takes it: PyPI's feedparser. Atom is held to
RFC 4287's own rules, JSON Feed to its schema (npm's jsonfeed-schema)."""

import json
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import requests

sys.dont_write_bytecode = True

import feedparser  # noqa: E402
import jsonschema  # noqa: E402

from _person import ADDRESS_HEADER, ORIGIN, Person, run  # noqa: E402

# What is sent is looked at, not what a kind reader makes of it.
feedparser.SANITIZE_HTML = False
feedparser.RESOLVE_RELATIVE_URIS = False

SCHEMA = Path(__file__).parents[2] / "node_modules/jsonfeed-schema/schema-v1.1.json"
ATOM = "{http://www.w3.org/2005/Atom}"
# One grey pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c63600000000200014aa9147100000000"
    "49454e44ae426082"
)
SONG = "https://others.example/song.mp3?a=1&b=2"
# The text of a post may have 500 KB; as HTML these are 1.2 MB.
LONG = "& " * 200_000
DIFFICULT = {
    "untitled": {"content": ["Just words"]},
    "emoji": {"name": ["🐦‍⬛ 🏳️‍🌈"], "content": ["👋🏽 👩‍👩‍👧"], "category": ["🐦", "Grüner Tee"]},
    "bidi": {"name": ["مرحبا (1) \u202etxet"], "content": ["שלום עולם, and \u2066English\u2069."]},
    "cdata": {"name": ["]]> & <![CDATA["], "content": ["a ]]> b `]]>` <![CDATA[ c ]]]]>\n\n```\n]]>\n```"], "category": ["]]>"]},
    "markup": {"name": ["<b>Bold</b> &amp; &lt;"], "content": ["<script>alert(1)</script>&nbsp;&amp;lt; <b>x<i>y</b>z"]},
    "controls": {"content": ["bell\u0007 nothing\u0000 \ufffe\uffff end\r\nline"]},
    "links": {"content": ["[a](/about) [b](x/y?z=1&w=2) [c](#top) [d](//others.example/) ![e](pic.png)\n\n<img src='/f.png' alt=''>"]},
    "sound": {"content": ["Listen"], "audio": [SONG], "photo": [{"value": "https://others.example/a.jpg", "alt": "A \"bird\""}]},
    "reply": {"content": ["Yes"], "in-reply-to": ["https://others.example/1?a&b"]},
    "photo": {"photo": [{"value": "https://others.example/b", "alt": "Only a picture"}]},
    "old": {"content": ["Before all others"], "published": ["1970-01-02T00:00:00Z"]},
    "long": {"content": [LONG]},
}


class Writer:
    """A person with an app."""

    def __init__(self):
        self.person = Person().sign_up()
        self.blog = self.person.me.rstrip("/")
        token = self.person.token("create", "update", "media")
        # Limits count by network: each person is in one of their own.
        self.headers = {"authorization": f"Bearer {token}", ADDRESS_HEADER: f"85.{self.person.address}"}
        self.posts = {}

    def send(self, body):
        answer = requests.post(f"{ORIGIN}/micropub", headers=self.headers, json=body)
        assert answer.status_code in (200, 201, 202, 204), answer.text
        return answer.headers.get("location")

    def write(self, name, properties):
        self.posts[name] = self.send({"type": ["h-entry"], "properties": properties})

    def write_all(self):
        for name, properties in DIFFICULT.items():
            self.write(name, properties)
        media = requests.post(
            f"{ORIGIN}/micropub/media", headers=self.headers, files={"file": ("a.png", PNG, "image/png")}
        )
        assert media.status_code == 201, media.text
        self.own = media.headers["location"]
        self.write("own", {"content": ["Ours"], "photo": [self.own]})
        return self

    def feed(self, path):
        feed = feedparser.parse(self.blog + path)
        assert not feed.bozo, f"{path}: {feed.get('bozo_exception')}"
        assert feed.status == 200, f"{path}: {feed.status}"
        return feed


class Links(HTMLParser):
    """What a piece of HTML leads to and loads, and its elements."""

    def __init__(self, html):
        super().__init__()
        self.urls, self.tags = [], set()
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.urls += [value for name, value in attributes if name in ("href", "src", "poster")]


def readers_take_every_feed():
    writer = Writer().write_all()
    tee = "/categories/gr%C3%BCner-tee"
    for path, names in {
        "/feed.xml": writer.posts,
        "/atom.xml": writer.posts,
        f"{tee}/feed.xml": ["emoji"],
        f"{tee}/atom.xml": ["emoji"],
        "/replies.xml": ["reply"],
        "/photos/feed.xml": ["sound", "photo", "own"],
    }.items():
        feed = writer.feed(path)
        assert feed.version == ("atom10" if "atom" in path else "rss20"), feed.version
        assert feed.feed.title and feed.feed.link.startswith(writer.blog), path
        own = [link.href for link in feed.feed.links if link.rel == "self"]
        hub = [link.href for link in feed.feed.links if link.rel == "hub"]
        assert own == [writer.blog + path] and hub == [f"{ORIGIN}/hub"], feed.feed.links
        entries = {entry.link: entry for entry in feed.entries}
        assert set(entries) == {writer.posts[name] for name in names}, path
        assert len({entry.id for entry in feed.entries}) == len(entries), path
        for name in names:
            look(writer, path, name, entries[writer.posts[name]])


def look(writer, path, name, entry):
    says = f"{path}: {name}: {str(entry)[:2000]}"
    properties = DIFFICULT.get(name, {})
    assert re.fullmatch(r"urn:pipit:post:\d{18}", entry.id), says
    assert entry.get("title", "") == properties.get("name", [""])[0], says
    if "atom" not in path:
        assert ("title" in entry) == ("name" in properties), says
    assert entry.published_parsed and ("atom" in path or not entry.guidislink), says
    if name == "old":
        assert entry.published_parsed[:3] == (1970, 1, 2), says
    html = entry.content[0].value
    assert [tag.term for tag in entry.get("tags", [])] == properties.get("category", []), says
    links = Links(html)
    assert all(urlsplit(url).scheme in ("http", "https") for url in links.urls), links.urls
    assert "script" not in links.tags, says
    for part in {"cdata": ["]]&gt; b <code>]]&gt;</code>"], "emoji": ["👩‍👩‍👧"], "bidi": ["שלום"]}.get(name, []):
        assert part in html, says
    if name == "links":
        assert f"{writer.blog}/about" in links.urls and f"{entry.link}#top" in links.urls, links.urls
        assert any(url.startswith(f"{writer.blog}/19") or url.startswith(f"{writer.blog}/20") for url in links.urls)
    if name == "long":
        assert html.count("&amp;") == 200_000, len(html)
    files = {file.href: (file.type, int(file.get("length", 0))) for file in entry.enclosures}
    if name == "sound":
        assert files[SONG] == ("audio/mpeg", 0), files
        assert next(iter(files)) == SONG, "sound comes first where a feed has one file"
    if name == "own":
        assert files[writer.own][0] == "image/png" and files[writer.own][1] > 30, files


def atom_keeps_to_its_rules():
    writer = Writer().write_all()
    root = ElementTree.fromstring(requests.get(f"{writer.blog}/atom.xml").content)
    assert root.tag == f"{ATOM}feed", root.tag
    once = {"id", "title", "updated", "author"}
    at_most_once = {"subtitle", "generator", "published", "content", "summary"}
    for element, more in [(root, {"entry", "link"})] + [(e, {"link", "category"}) for e in root.iter(f"{ATOM}entry")]:
        names = [child.tag.removeprefix(ATOM) for child in element]
        wanted = once if element is root else once - {"author"}
        assert all(names.count(name) == 1 for name in wanted), names
        assert all(names.count(name) <= 1 for name in at_most_once), names
        assert set(names) <= once | at_most_once | more, names
        links = [link.attrib for link in element.findall(f"{ATOM}link")]
        assert sum(link["rel"] == "alternate" for link in links) == 1, links
        assert all(urlsplit(link["href"]).scheme.startswith("http") for link in links), links
        for name in ("updated", "published"):
            for date in element.findall(f"{ATOM}{name}"):
                assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date.text), date.text
        assert urlsplit(element.findtext(f"{ATOM}id")).scheme, "an id is an IRI"
        for content in element.findall(f"{ATOM}content"):
            assert content.attrib == {"type": "html"} and not len(content), content.attrib


def json_keeps_to_its_schema():
    writer = Writer().write_all()
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text()), format_checker=jsonschema.FormatChecker())
    same = {entry.id: entry for entry in writer.feed("/feed.xml").entries}
    for path in ("/feed.json", "/categories/gr%C3%BCner-tee/feed.json", "/replies.json", "/photos/index.json", "/archive/index.json"):
        answer = requests.get(writer.blog + path)
        assert answer.headers["content-type"] == "application/feed+json", answer.headers
        feed = answer.json()
        problems = [f"{list(problem.path)}: {problem.message}"[:500] for problem in validator.iter_errors(feed)]
        assert not problems, f"{path}: {problems}"
        assert feed["feed_url"] == writer.blog + path and feed["hubs"][0]["url"] == f"{ORIGIN}/hub", feed["feed_url"]
        assert feed["items"], path
        for item in feed["items"]:
            assert item.get("title") == same[item["id"]].get("title"), item["url"]
            assert item["url"] == same[item["id"]].link, item["url"]
            if "content_html" in item:
                assert printable(item["content_html"]).strip() == same[item["id"]].content[0].value, item["url"]


def printable(text):
    """XML has no way to write these; JSON has."""
    return re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", text)


def a_guid_stays_when_the_slug_changes():
    writer = Writer()
    writer.write("one", {"content": ["Hello"], "mp-slug": ["hello"]})
    before = [writer.feed(path).entries[0] for path in ("/feed.xml", "/atom.xml")]
    moved = writer.send({"action": "update", "url": writer.posts["one"], "replace": {"mp-slug": ["goodbye"]}})
    assert moved.endswith("/goodbye"), moved
    for path, old in zip(("/feed.xml", "/atom.xml"), before):
        new = writer.feed(path).entries[0]
        assert new.id == old.id and new.link == moved != old.link, (old, new)


def what_has_not_changed_is_not_sent():
    writer = Writer()
    writer.write("one", {"content": ["Hello"]})
    for path in ("/feed.xml", "/atom.xml"):
        feed = writer.feed(path)
        for known in ({"etag": feed.etag}, {"modified": feed.modified}):
            again = feedparser.parse(writer.blog + path, **known)
            assert again.status == 304 and not again.entries, (path, known, again.status)


run(
    [
        readers_take_every_feed,
        atom_keeps_to_its_rules,
        json_keeps_to_its_schema,
        a_guid_stays_when_the_slug_changes,
        what_has_not_changed_is_not_sent,
    ]
)
