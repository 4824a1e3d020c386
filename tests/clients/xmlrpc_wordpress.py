"""The methods of WordPress as a library of their time calls them: PyPI's python-wordpress-xmlrpc."""

import base64
import collections
import collections.abc
import sys

import requests

sys.dont_write_bytecode = True
# It is of a time before Python 3.10.
collections.Iterable = collections.abc.Iterable

from wordpress_xmlrpc import Client, WordPressPage, WordPressPost, WordPressTerm  # noqa: E402
from wordpress_xmlrpc.compat import xmlrpc_client  # noqa: E402
from wordpress_xmlrpc.exceptions import InvalidCredentialsError  # noqa: E402
from wordpress_xmlrpc.methods import comments, media, options, posts, taxonomies, users  # noqa: E402

from _person import Person, run  # noqa: E402

# One grey pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)


def client(*scopes):
    person = Person().sign_up()
    token = person.token(*(scopes or ("create", "update", "delete", "media", "read")))
    return person, Client(f"{person.me}xmlrpc.php", person.username, token)


def knows_the_blog():
    person, wordpress = client()
    [blog] = wordpress.call(users.GetUsersBlogs())
    assert blog.url == person.me, blog.url
    wordpress.blog_id = blog.id
    shown = {option.name: option.value for option in wordpress.call(options.GetOptions([]))}
    assert shown["blog_url"] == person.me and shown["software_version"], shown
    profile = wordpress.call(users.GetProfile())
    assert (profile.username, profile.email) == (person.username, ""), profile.struct
    assert [user.id for user in wordpress.call(users.GetUsers())] == [profile.id]
    assert wordpress.call(posts.GetPostFormats())["all"]["standard"]
    assert set(wordpress.call(posts.GetPostTypes())) == {"post", "page"}
    assert [taxonomy.name for taxonomy in wordpress.call(taxonomies.GetTaxonomies())] == ["category", "post_tag"]
    assert wordpress.call(comments.GetComments({})) == []


def writes_posts():
    _, wordpress = client()
    post = WordPressPost()
    post.title, post.content = "My new title", "This is the body of my new post.\n\n<p>ünd HTML</p>"
    post.terms_names = {"post_tag": ["test", "firstpost"], "category": ["Introductions"]}
    post.id = wordpress.call(posts.NewPost(post))
    draft = wordpress.call(posts.GetPost(post.id))
    assert (draft.title, draft.content, draft.post_status) == (post.title, post.content, "draft")
    assert [term.name for term in draft.terms] == ["Introductions", "test", "firstpost"], draft.terms

    post.post_status, post.title = "publish", "Published"
    assert wordpress.call(posts.EditPost(post.id, post)) is True
    [listed] = wordpress.call(posts.GetPosts({"number": 10, "post_status": "publish"}))
    assert (listed.id, listed.title) == (post.id, "Published")
    assert "This is the body" in requests.get(listed.link).text
    # What was read goes back as it is.
    assert wordpress.call(posts.EditPost(listed.id, WordPressPost()))
    assert wordpress.call(posts.GetPosts({"post_status": "draft"})) == []
    assert wordpress.call(posts.DeletePost(post.id)) is True
    assert requests.get(listed.link).status_code == 410


def writes_pages():
    person, wordpress = client()
    page = WordPressPage()
    page.title, page.content, page.post_status = "About Me", "I am an aspiring programmer.", "publish"
    page.id = wordpress.call(posts.NewPost(page))
    [found] = wordpress.call(posts.GetPosts({"post_type": "page"}, results_class=WordPressPage))
    assert (found.id, found.link) == (page.id, f"{person.me}about-me"), found.link
    assert wordpress.call(posts.DeletePost(page.id))


def sorts():
    _, wordpress = client()
    tea = WordPressTerm()
    tea.taxonomy, tea.name = "category", "Tea"
    tea.id = wordpress.call(taxonomies.NewTerm(tea))
    tea.name = "Green tea"
    assert wordpress.call(taxonomies.EditTerm(tea.id, tea)) is True
    [found] = wordpress.call(taxonomies.GetTerms("category", {"search": "green"}))
    assert (found.id, found.name) == (tea.id, "Green tea"), found.struct
    post = WordPressPost()
    post.content, post.terms = "In a category", [found]
    post_id = wordpress.call(posts.NewPost(post))
    assert wordpress.call(posts.GetPost(post_id)).terms[0].id == tea.id
    assert wordpress.call(taxonomies.DeleteTerm("category", tea.id)) is True
    assert wordpress.call(taxonomies.GetTerms("category")) == []


def uploads():
    _, wordpress = client()
    data = {"name": "picture.png", "type": "image/png", "bits": xmlrpc_client.Binary(PNG)}
    made = wordpress.call(media.UploadFile(data))
    assert requests.get(made["url"]).headers["content-type"] == "image/png"
    [item] = wordpress.call(media.GetMediaLibrary({"number": 10}))
    assert (item.id, item.link, item.metadata["width"]) == (made["id"], made["url"], 1)
    assert wordpress.call(media.GetMediaItem(item.id)).link == made["url"]


def is_refused():
    _, wordpress = client("read")
    for call in (posts.NewPost(WordPressPost()), posts.DeletePost("1"), media.UploadFile({"bits": ""})):
        try:
            wordpress.call(call)
        except InvalidCredentialsError:
            continue
        raise AssertionError(f"{call.method_name} is allowed")


run([knows_the_blog, writes_posts, writes_pages, sorts, uploads, is_refused])
