"""The hub of a blog's feeds, as a subscriber written elsewhere meets it: PyPI's Flask-WebSub, which finds the hub,
proves its intent, and takes no delivery that is not signed as it should be."""

import logging
import os
import sys
import tempfile
import threading
import time

import flask
import requests
from werkzeug.serving import make_server

sys.dont_write_bytecode = True
logging.getLogger("werkzeug").setLevel(logging.ERROR)

import flask_websub.subscriber as websub  # noqa: E402

from _person import ADDRESS_HEADER, ORIGIN, Person, run  # noqa: E402

PORT = int(os.environ["PIPIT_FIXTURE_PORT"])
PATIENCE = 20
# It gives no secret to a hub without TLS, which the one under test is.
websub.is_secure = lambda url: True


class Reader:
    """A program that reads feeds: what it was told, by the id of its callback."""

    def __init__(self):
        self.app = flask.Flask("reader")
        self.app.config["SERVER_NAME"] = f"localhost:{PORT}"
        self.folder = tempfile.TemporaryDirectory()
        database = f"{self.folder.name}/subscriptions.sqlite3"
        self.subscriber = websub.Subscriber(
            websub.SQLite3SubscriberStorage(database),
            websub.SQLite3TempSubscriberStorage(database),
            REQUEST_TIMEOUT=10,
        )
        self.app.register_blueprint(self.subscriber.build_blueprint(url_prefix="/called"))
        self.said, self.got = [], []
        self.subscriber.add_success_handler(lambda topic, id, mode: self.said.append((id, mode)))
        self.subscriber.add_error_handler(lambda topic, id, reason: self.said.append((id, reason)))
        self.subscriber.add_listener(lambda topic, id, body: self.got.append((id, body)))
        self.server = make_server("localhost", PORT, self.app, threaded=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    def ask(self, what, *given, **named):
        with self.app.app_context():
            return getattr(self.subscriber, what)(*given, **named)


def until(is_so, what):
    end = time.time() + PATIENCE
    while not is_so():
        assert time.time() < end, what
        time.sleep(0.05)


class Writer:
    def __init__(self):
        self.person = Person().sign_up()
        self.blog = self.person.me.rstrip("/")
        token = self.person.token("create")
        self.headers = {"authorization": f"Bearer {token}", ADDRESS_HEADER: f"86.{self.person.address}"}

    def write(self, text, **more):
        entry = {"type": ["h-entry"], "properties": {"content": [text], **more}}
        answer = requests.post(f"{ORIGIN}/micropub", headers=self.headers, json=entry)
        assert answer.status_code == 201, answer.text


def a_subscriber_finds_the_hub_and_gets_every_feed():
    writer = Writer()
    with Reader() as reader:
        ids = {}
        for path in ("/feed.xml", "/atom.xml", "/feed.json"):
            found = websub.discover(writer.blog + path)
            assert found["topic_url"] == writer.blog + path, found
            ids[path] = reader.ask("subscribe", **found)
            until(lambda: (ids[path], "subscribe") in reader.said, f"{path} is not confirmed: {reader.said}")
        writer.write("Grüße an alle ]]> 🐦")
        until(lambda: len(reader.got) >= 3, f"only {len(reader.got)} deliveries are signed well")
        for path, id in ids.items():
            [body] = [body for other, body in reader.got if other == id]
            assert body == requests.get(writer.blog + path).content, path


def a_subscription_is_renewed_and_ended():
    writer = Writer()
    with Reader() as reader:
        stays, goes = [reader.ask("subscribe", lease_seconds=3600, **websub.discover(f"{writer.blog}/feed.xml")) for _ in "ab"]
        until(lambda: len(reader.said) == 2, reader.said)
        reader.ask("renew", stays)
        reader.ask("unsubscribe", goes)
        until(lambda: len(reader.said) == 4, reader.said)
        assert sorted(reader.said[2:]) == sorted([(stays, "subscribe"), (goes, "unsubscribe")]), reader.said
        writer.write("Hello")
        until(lambda: reader.got, "nothing is delivered")
        assert [id for id, _ in reader.got] == [stays], reader.got


def a_feed_that_is_not_there_is_denied():
    writer = Writer()
    with Reader() as reader:
        found = websub.discover(f"{writer.blog}/feed.xml")
        found["topic_url"] = f"{writer.blog}/categories/nothing/feed.xml"
        id = reader.ask("subscribe", **found)
        until(lambda: reader.said, "nothing is said")
        assert reader.said == [(id, "There is no such feed.")], reader.said


run(
    [
        a_subscriber_finds_the_hub_and_gets_every_feed,
        a_subscription_is_renewed_and_ended,
        a_feed_that_is_not_there_is_denied,
    ]
)
