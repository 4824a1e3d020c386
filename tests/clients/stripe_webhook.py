"""Stripe's events, signed by Stripe's own library from PyPI; what that library believes or refuses, Pipit does too."""

import json
import os
import random
import time

import requests
import stripe

from _person import ADDRESS_HEADER, ORIGIN, run

SECRET = "whsec_pipit_tests"
NONCE = f"{int(time.time()):x}{random.randrange(1 << 32):x}"
sign = stripe.WebhookSignature.generate_signature_header


def snapshot(name, **more):
    return json.dumps(
        {
            "id": f"evt_{NONCE}{name}",
            "object": "event",
            "type": "customer.subscription.updated",
            "created": int(time.time()),
            "api_version": "2026-07-29.dahlia",
            "livemode": False,
            "data": {"object": {"id": "sub_1", "object": "subscription", "description": "Grüße 🐦"}},
            **more,
        },
        ensure_ascii=False,
    )


def thin(name, **more):
    return json.dumps(
        {
            "id": f"evt_{NONCE}{name}",
            "object": "v2.core.event",
            "type": "v1.customer.subscription.updated",
            "created": "2026-11-22T14:05:00.123Z",
            "livemode": False,
            "related_object": {"id": "sub_1", "type": "subscription", "url": "/v1/subscriptions/sub_1"},
            **more,
        }
    )


def post(body, header):
    headers = {"content-type": "application/json", ADDRESS_HEADER: ".".join(str(random.randrange(1, 250)) for _ in range(4))}
    if header is not None:
        headers["stripe-signature"] = header
    body = body if isinstance(body, bytes) else body.encode()
    return requests.post(f"{ORIGIN}/webhooks/stripe", data=body, headers=headers)


def the_library_believes(body, header):
    try:
        return stripe.WebhookSignature.verify_header(body, header, SECRET, stripe.Webhook.DEFAULT_TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False


def a_snapshot_is_stored_once():
    body = snapshot("snapshot")
    assert stripe.Webhook.construct_event(body, sign(body, SECRET), SECRET).type == "customer.subscription.updated"
    for words in ("stored\n", "stored before\n"):
        answer = post(body, sign(body, SECRET))
        assert (answer.status_code, answer.text) == (200, words), answer.text


def a_thin_event_is_stored_once_with_its_snapshot():
    client = stripe.StripeClient("sk_test_pipit")
    body = thin("thin", snapshot_event=f"evt_{NONCE}both")
    assert client.parse_event_notification(body, sign(body, SECRET), SECRET).related_object.id == "sub_1"
    for body, words in ((body, "stored\n"), (snapshot("both"), "stored before\n"), (thin("alone"), "stored\n")):
        answer = post(body, sign(body, SECRET))
        assert (answer.status_code, answer.text) == (200, words), answer.text


def pipit_believes_what_the_library_believes():
    now = int(time.time())
    body = snapshot("header")
    good, other = sign(body, SECRET), sign(snapshot("else"), SECRET)
    digits = good.split("v1=")[1]
    for header in [
        good,
        sign(body, SECRET, now - 250),
        sign(body, SECRET, now - 350),
        f"t={now},v0={digits}",
        f"{good},v0=00",
        f"{good},v1={'0' * 64}",
        f"t={now},v1={'0' * 64},v1={sign(body, SECRET, now).split('v1=')[1]}",
        sign(body, "whsec_other"),
        other,
        good[:-1],
        f"t={now}",
        f"v1={digits}",
        "t=soon,v1=00",
        "nonsense",
        None,
    ]:
        expected = 200 if the_library_believes(body, header) else 400
        answer = post(body, header)
        assert answer.status_code == expected, f"{header}: {answer.status_code} {answer.text}"
    for changed in [body + " ", body.replace("sub_1", "sub_2"), body.encode() + b"\xff", ""]:
        assert not the_library_believes(changed, good)
        assert post(changed, good).status_code == 400, changed


def pipit_is_stricter_where_the_library_is_lax():
    body = snapshot("strict")
    ahead = sign(body, SECRET, int(time.time()) + 350)
    many = sign(body, SECRET) + ",v1=00" * 100
    for header in (ahead, many):
        assert the_library_believes(body, header)
        assert post(body, header).status_code == 400, header
    assert post(body, sign(body, SECRET) + ",v1=00" * 5000).status_code in (400, 431)


def what_is_signed_and_too_large_or_no_event_is_refused():
    for body, status in (("{}", 400), ("[]", 400), (" " * (2 << 20), 413)):
        assert post(body, sign(body, SECRET)).status_code == status, body[:9]


run(
    [
        a_snapshot_is_stored_once,
        a_thin_event_is_stored_once_with_its_snapshot,
        pipit_believes_what_the_library_believes,
        pipit_is_stricter_where_the_library_is_lax,
        what_is_signed_and_too_large_or_no_event_is_refused,
    ]
)
