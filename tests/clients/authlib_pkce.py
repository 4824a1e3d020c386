"""IndieAuth as a current client has it: the metadata document, PKCE, `iss`. The client is PyPI's Authlib."""

import html
import json
import os
import random
import re
import socket
import sys
import time
import traceback
from urllib.parse import parse_qs, urlsplit

import requests

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.common.security import generate_token  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session  # noqa: E402
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # noqa: E402

ORIGIN = os.environ["PIPIT_URL"].rstrip("/")
MAILBOX = os.environ["PIPIT_MAILBOX"].rstrip("/")
CLIENT = "https://app.example/"
BACK = "https://app.example/callback"

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

    def send(self, path, fields=None):
        header = "X-Forwarded-For" if os.environ.get("PIPIT_RUNTIME") == "spin" else "CF-Connecting-IP"
        headers = {
            "accept": "text/html",
            "origin": ORIGIN,
            "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            header: f"84.{self.address}",
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


def discover(me):
    """As the specification has it: the Link header of the person's page leads to the document."""
    link = requests.get(me).links["indieauth-metadata"]["url"]
    document = requests.get(link).json()
    assert link.startswith(document["issuer"]), document["issuer"]
    secure = json.loads(json.dumps(document).replace("http://", "https://"))
    AuthorizationServerMetadata(secure).validate()
    assert "S256" in document["code_challenge_methods_supported"]
    return document


def with_pkce_and_issuer():
    person = Person().sign_up()
    server = discover(person.me)
    client = OAuth2Session(
        CLIENT,
        redirect_uri=BACK,
        scope="profile create",
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    )
    verifier = generate_token(64)
    url, state = client.create_authorization_url(server["authorization_endpoint"], code_verifier=verifier)
    back = person.allow(url)
    assert parse_qs(urlsplit(back).query)["iss"] == [server["issuer"]], back
    token = client.fetch_token(
        server["token_endpoint"], authorization_response=back, state=state, code_verifier=verifier
    )
    assert token["me"] == person.me and token["scope"] == "profile create", token
    profile = client.get(server["userinfo_endpoint"]).json()
    assert profile["url"] == person.me, profile
    said = client.post(server["introspection_endpoint"], data={"token": token["access_token"]}).json()
    assert said["active"] is True and said["me"] == person.me, said
    assert client.revoke_token(server["revocation_endpoint"], token["access_token"]).status_code == 200
    assert client.get(server["userinfo_endpoint"]).status_code == 401


def with_another_verifier():
    person = Person().sign_up()
    server = discover(person.me)
    client = OAuth2Session(
        CLIENT, redirect_uri=BACK, scope="create", code_challenge_method="S256", token_endpoint_auth_method="none"
    )
    url, _ = client.create_authorization_url(server["authorization_endpoint"], code_verifier=generate_token(64))
    back = person.allow(url)
    try:
        client.fetch_token(server["token_endpoint"], authorization_response=back, code_verifier=generate_token(64))
    except Exception as problem:
        assert "invalid_grant" in str(problem), problem
    else:
        raise AssertionError("a verifier of somebody else's was enough")


def main():
    tests = [with_pkce_and_issuer, with_another_verifier]
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


main()
