"""What programs read out of a blog's pages: microformats2, as PyPI's mf2py parses them."""

import sys

import requests

sys.dont_write_bytecode = True

import mf2py  # noqa: E402

from _person import ADDRESS_HEADER, ORIGIN, Person, run  # noqa: E402

NOTE = "https://others.example/1"
PHOTO = "https://others.example/a.jpg"


class Writer:
    def __init__(self):
        self.person = Person().sign_up()
        self.blog = self.person.me.rstrip("/")
        token = self.person.token("create")
        self.headers = {"authorization": f"Bearer {token}", ADDRESS_HEADER: f"85.{self.person.address}"}

    def write(self, properties):
        entry = {"type": ["h-entry"], "properties": properties}
        answer = requests.post(f"{ORIGIN}/micropub", headers=self.headers, json=entry)
        assert answer.status_code == 201, answer.text
        return answer.headers["location"]

    def read(self, url):
        return mf2py.parse(doc=requests.get(url).text, url=url)


def filled():
    writer = Writer()
    writer.note = writer.write({"content": ["Just *words*"]})
    writer.reply = writer.write(
        {
            "name": ["On <tea>"], "content": ["Words"], "category": ["Grüner Tee", "Cake"], "in-reply-to": [NOTE],
            "photo": [{"value": PHOTO, "alt": "A bird"}], "published": ["2020-02-29T12:00:00Z"],
            "syndication": ["https://others.example/2"],
        }
    )
    return writer


def of_type(items, kind):
    return [item for item in items if kind in item["type"]]


def check_reply(entry, url):
    said = entry["properties"]
    assert said["url"] == [url] and said["name"] == ["On <tea>"], said
    assert said["content"][0]["html"].strip() == "<p>Words</p>", said
    assert said["category"] == ["Grüner Tee", "Cake"], said
    assert said["photo"] == [{"value": PHOTO, "alt": "A bird"}], said
    assert said["published"] == ["2020-02-29T12:00:00Z"], said
    assert said["in-reply-to"][0]["properties"]["url"] == [NOTE], said


def check_author(cards, writer):
    assert len(cards) == 1, cards
    said = cards[0]["properties"]
    assert said["name"] == ["Ann"] and said["url"] == [f"{writer.blog}/"], said


def a_list_is_a_feed_of_entries_with_an_author():
    writer = filled()
    for path, count in {"/": 2, "/categories/cake": 1}.items():
        feeds = of_type(writer.read(writer.blog + path)["items"], "h-feed")
        assert len(feeds) == 1, path
        check_author(feeds[0]["properties"]["author"], writer)
        entries = of_type(feeds[0]["children"], "h-entry")
        assert len(entries) == count, entries
        check_reply(entries[-1], writer.reply)
    note = of_type(of_type(writer.read(f"{writer.blog}/")["items"], "h-feed")[0]["children"], "h-entry")[0]["properties"]
    assert note["url"] == [writer.note] and "name" not in note, note
    assert note["content"][0]["html"].strip() == "<p>Just <em>words</em></p>", note


def a_post_is_an_entry_with_an_author():
    writer = filled()
    entries = of_type(writer.read(writer.reply)["items"], "h-entry")
    assert len(entries) == 1, entries
    check_reply(entries[0], writer.reply)
    said = entries[0]["properties"]
    assert said["uid"] == [writer.reply] and said["syndication"] == ["https://others.example/2"], said
    check_author(said["author"], writer)


def every_page_says_whose_it_is():
    writer = filled()
    for url in (f"{writer.blog}/", writer.note, f"{writer.blog}/archive", f"{writer.blog}/photos", f"{writer.blog}/categories"):
        page = writer.read(url)
        cards = [card for card in of_type(page["items"], "h-card") if "uid" in card["properties"]]
        check_author(cards, writer)
        assert f"{ORIGIN}/@{writer.person.username}" in page["rels"]["me"], page["rels"]["me"]
        for rel in ("micropub", "authorization_endpoint", "token_endpoint", "indieauth-metadata", "canonical"):
            assert len(page["rels"][rel]) == 1, (url, rel, page["rels"][rel])


run([a_list_is_a_feed_of_entries_with_an_author, a_post_is_an_entry_with_an_author, every_page_says_whose_it_is])
