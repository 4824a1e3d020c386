"""IndieAuth as a current client has it: the metadata document, PKCE, `iss`. The client is PyPI's Authlib."""

import json
import os
import sys
from urllib.parse import parse_qs, urlsplit

import requests

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
sys.dont_write_bytecode = True

from authlib.common.security import generate_token  # noqa: E402
from authlib.integrations.requests_client import OAuth2Session  # noqa: E402
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # noqa: E402

from _person import Person, run  # noqa: E402

CLIENT = "https://app.example/"
BACK = "https://app.example/callback"


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


run([with_pkce_and_issuer, with_another_verifier])
