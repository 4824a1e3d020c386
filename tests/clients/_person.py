"""A person without a browser, for tests of other people's clients: signs up, says yes to an app, makes a token."""

import html
import os
import random
import re
import socket
import sys
import time
import traceback

import requests

ORIGIN = os.environ["PIPIT_URL"].rstrip("/")
MAILBOX = os.environ["PIPIT_MAILBOX"].rstrip("/")
ADDRESS_HEADER = "X-Forwarded-For" if os.environ.get("PIPIT_RUNTIME") == "spin" else "CF-Connecting-IP"

# Not every system knows that all names under localhost are this machine (RFC 6761).
look_up = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: look_up(
    "127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **more
)


class Person:
    """A person without a browser: signs up, and says yes to an app."""

    def __init__(self):
        self.username = f"cl-{int(time.time()):x}{random.randrange(1 << 24):x}"
        self.me = ORIGIN.replace("//", f"//{self.username}.blogs.") + "/"
        self.cookies = {}
        self.address = ".".join(str(random.randrange(1, 250)) for _ in range(3))

    def sign_up(self):
        email = f"{self.username}@example.com"
        self.send("/signup", {"name": "Ann", "email": email, "username": self.username, "site": ""})
        token = re.search(r"/signin/link#([\w-]{43})", mail_to(email)["text"]).group(1)
        assert self.send("/signin/verify", {"token": token}).status_code == 303
        return self

    def allow(self, url):
        page = self.send(url)
        assert page.status_code == 200, page.text
        inputs = re.findall(r'<input [^>]*name="([^"]*)" value="([^"]*)"', page.text)
        fields = [(name, html.unescape(value)) for name, value in inputs] + [("decision", "allow")]
        answer = self.send("/indieauth/consent", fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def token(self, *scopes):
        """A token for an app, made in the settings."""
        fields = [("name", "Editor")] + [("scope", scope) for scope in scopes]
        page = self.send("/settings/tokens", fields)
        assert page.status_code == 200, page.text
        return re.search(r'<code class="address">([\w-]{43})</code>', page.text).group(1)

    def send(self, path, fields=None):
        headers = {
            "accept": "text/html",
            "origin": ORIGIN,
            "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            ADDRESS_HEADER: f"84.{self.address}",
        }
        url = path if path.startswith("http") else ORIGIN + path
        method = "GET" if fields is None else "POST"
        answer = requests.request(method, url, headers=headers, data=fields, allow_redirects=False)
        for name, value in answer.raw.headers.items():
            if name.lower() == "set-cookie":
                name, value = value.split(";")[0].split("=", 1)
                self.cookies[name] = value
        return answer


def mail_to(address):
    end = time.time() + 10
    while time.time() < end:
        for mail in requests.get(f"{MAILBOX}/messages.json").json():
            if address in mail["to"]:
                return mail
        time.sleep(0.05)
    raise AssertionError(f"no mail to {address}")


def run(tests):
    """Runs tests one after the other; ends with the line that the runner reads."""
    failed = 0
    for test in tests:
        try:
            test()
            print(f"ok      {test.__name__}")
        except Exception:
            failed += 1
            print(f"FAILED  {test.__name__}\n{traceback.format_exc()}")
    print(f"{len(tests) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
