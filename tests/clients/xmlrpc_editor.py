"""XML-RPC as editors speak it: Python's xmlrpc.client with the methods of MetaWeblog, Movable Type and Micro.blog,
from a blog's address to a post that is gone."""

import re
import sys
import time
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree
from xmlrpc.client import Binary, DateTime, Fault, ServerProxy

import requests

sys.dont_write_bytecode = True

from _person import ADDRESS_HEADER, ORIGIN, Person, run  # noqa: E402

ALL = ("create", "update", "delete", "media", "read")
# What the apps of WordPress look for in a blog's page, letter by letter.
LINK = r'<link\s+rel="EditURI"\s+type="application/rsd\+xml"\s+title="RSD"\s+href="([^"]*)"[^/]*/>'
RSD = "{http://archipelago.phrasewise.com/rsd}"


class Editor:
    """An editor that knows a blog's address, a user name and a token."""

    def __init__(self, *scopes):
        self.person = Person().sign_up()
        self.login = (self.person.username, self.person.token(*(scopes or ALL)))
        api = discover(self.person.me)["WordPress"]
        self.blog, self.server = api["blogID"], proxy(api["apiLink"], self.person)

    def call(self, method, first, *rest):
        return getattr(self.server, method)(first, *self.login, *rest)


def proxy(url, person):
    headers = [(ADDRESS_HEADER, f"84.{person.address}")]
    return ServerProxy(url, allow_none=True, use_builtin_types=False, headers=headers)


def discover(me):
    rsd = re.search(LINK, requests.get(me).text, re.IGNORECASE).group(1)
    apis = ElementTree.fromstring(requests.get(rsd).content).iter(f"{RSD}api")
    return {api.get("name"): api.attrib for api in apis}


def refused(code, call, *args):
    try:
        answer = call(*args)
    except Fault as fault:
        assert fault.faultCode == code and fault.faultString, fault
    else:
        raise AssertionError(f"it is allowed: {answer}")


def page(url, status=200):
    """What changes is seen at once, save where a runtime takes a moment to forget a copy."""
    end = time.time() + 5
    while True:
        answer = requests.get(url)
        if answer.status_code == status:
            return answer.text
        assert time.time() < end, f"{url} answered {answer.status_code} and not {status}"
        time.sleep(0.1)


def jpeg(size):
    """A grey picture of 8 by 8 with so many bytes: decoders stop where they have seen enough."""

    def segment(marker, content):
        return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content

    code = bytes([1]) + bytes(15) + bytes(1)
    head = b"\xff\xd8" + segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
    head += segment(0xDB, bytes([0]) + bytes([16] * 64)) + segment(0xC0, bytes([8, 0, 8, 0, 8, 1, 1, 0x11, 0]))
    head += segment(0xC4, b"\0" + code) + segment(0xC4, b"\x10" + code)
    head += segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) + b"\x3f"
    return head + bytes(size - len(head) - 2) + b"\xff\xd9"


def discovers():
    person = Person().sign_up()
    apis = discover(person.me)
    assert set(apis) == {"WordPress", "Movable Type", "MetaWeblog", "Blogger", "Micro.blog"}, apis
    assert [name for name, api in apis.items() if api["preferred"] == "true"] == ["WordPress"]
    for url in (apis["WordPress"]["apiLink"], f"{ORIGIN}/xmlrpc"):
        assert "wp.getUsersBlogs" in proxy(url, person).system.listMethods()


def posts_edits_lists_and_deletes():
    editor = Editor()
    content = {
        "title": "Grüße 🐦 <&>",
        "description": "Some <b>HTML</b> & *Markdown*\n\nTwo lines",
        "categories": ["Tea", "Käse"],
        "mt_keywords": "one, two",
        "dateCreated": DateTime("20200102T03:04:05Z"),
    }
    post_id = editor.call("metaWeblog.newPost", editor.blog, content, True)
    assert re.fullmatch(r"\d{18}", post_id), post_id
    post = editor.call("metaWeblog.getPost", post_id)
    for name in ("title", "description"):
        assert post[name] == content[name], post[name]
    assert post["categories"] == ["Tea", "Käse", "one", "two"], post
    assert post["date_created_gmt"] == "20200102T03:04:05", post
    assert "<b>HTML</b> &amp; <em>Markdown</em>" in page(post["permaLink"])

    content["title"], content["description"] = "", "Without a title"
    assert editor.call("metaWeblog.editPost", post_id, content, True) is True
    post = editor.call("metaWeblog.getPost", post_id)
    assert (post["title"], post["description"]) == ("", "Without a title")
    [listed] = editor.call("metaWeblog.getRecentPosts", editor.blog, 10)
    assert listed == post
    names = {category["categoryName"] for category in editor.call("metaWeblog.getCategories", editor.blog)}
    assert names >= {"Tea", "Käse"}, names
    assert editor.call("mt.getPostCategories", post_id)[0]["categoryName"] == "Tea"
    assert editor.server.metaWeblog.deletePost("", post_id, *editor.login, True) is True
    page(post["permaLink"], 410)
    refused(404, editor.call, "metaWeblog.getPost", post_id)


def keeps_drafts_and_waits():
    editor = Editor()
    draft_id = editor.call("metaWeblog.newPost", editor.blog, {"description": "Not yet"}, False)
    draft = editor.call("metaWeblog.getPost", draft_id)
    assert draft["post_status"] == "draft"
    page(draft["permaLink"], 404)
    editor.call("metaWeblog.editPost", draft_id, draft, False)
    editor.call("metaWeblog.editPost", draft_id, draft | {"post_status": "publish"}, True)
    page(editor.call("metaWeblog.getPost", draft_id)["permaLink"])
    tomorrow = DateTime(datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(days=1))
    content = {"description": "Later", "date_created_gmt": tomorrow}
    later = editor.call("metaWeblog.newPost", editor.blog, content, True)
    assert editor.call("metaWeblog.getPost", later)["post_status"] == "future"


def uploads():
    editor = Editor()
    small = jpeg(2_000)
    made = editor.call("metaWeblog.newMediaObject", editor.blog, {"name": "a.jpg", "type": "image/jpeg", "bits": Binary(small)})
    stored = requests.get(made["url"])
    assert (stored.status_code, stored.headers["content-type"], stored.content) == (200, "image/jpeg", small)
    content = {"description": f'<img src="{made["url"]}" alt="Grey">'}
    post_id = editor.call("metaWeblog.newPost", editor.blog, content, True)
    assert made["url"] in page(editor.call("metaWeblog.getPost", post_id)["permaLink"])
    refused(400, editor.call, "metaWeblog.newMediaObject", editor.blog, {"name": "a.html", "bits": Binary(b"<p>Hi</p>")})


def uploads_what_is_large():
    editor = Editor()
    large = jpeg(44 << 20)
    made = editor.call("metaWeblog.newMediaObject", editor.blog, {"name": "a.jpg", "type": "image/jpeg", "bits": Binary(large)})
    assert requests.get(made["url"]).content == large


def speaks_as_micro_blog_does():
    editor = Editor()
    content = {"title": "", "description": "Micro", "categories": [], "post_status": "draft"}
    post_id = editor.call("microblog.newPost", editor.blog, content)
    editor.call("microblog.editPost", post_id, {"post_status": "published"})
    [post] = editor.call("microblog.getPosts", editor.blog, 20, 0)
    assert (post["id"], post["post_status"], post["author"]["username"]) == (post_id, "published", editor.login[0])
    page_id = editor.call("microblog.newPage", editor.blog, {"title": "About", "description": "Me", "is_navigation": True})
    [about] = editor.call("microblog.getPages", editor.blog, 20, 0)
    assert (about["id"], about["is_navigation"], about["is_template"]) == (page_id, True, False)
    assert "Me" in page(about["permalink"])
    assert editor.call("microblog.deletePage", page_id) and editor.call("microblog.deletePost", post_id)
    page(about["permalink"], 410)


def hears_what_is_wrong():
    editor = Editor("draft")
    refused(-32601, editor.server.system.multicall, [{"methodName": "wp.getUsersBlogs", "params": []}])
    refused(403, editor.server.wp.getUsersBlogs, editor.login[0], "password")
    refused(403, editor.call, "metaWeblog.newPost", editor.blog, {"description": "x"}, True)
    refused(404, editor.call, "metaWeblog.getPost", "123456789012345678")
    refused(-32600, editor.call, "metaWeblog.newPost", editor.blog, {"description": "x" * (2 << 20)}, False)


run(
    [
        discovers,
        posts_edits_lists_and_deletes,
        keeps_drafts_and_waits,
        uploads,
        uploads_what_is_large,
        speaks_as_micro_blog_does,
        hears_what_is_wrong,
    ]
)
