"""What the operator's program is told of a plan, as the library of the specification checks it: PyPI's
standardwebhooks, with the secret as it is set."""

import json
import os
import sys
import time

import requests

sys.dont_write_bytecode = True

from standardwebhooks import Webhook, WebhookVerificationError  # noqa: E402

from _person import MAILBOX, Person, run  # noqa: E402

STRIPE = os.environ["PIPIT_STRIPE"].rstrip("/")
# As a local run has it (xtask/src/settings.rs).
SECRET = "whsec_cGlwaXQgaXMgYSBzbWFsbCBicm93biBiaXJkLCBzbyE="
PATIENCE = 75


def called(username):
    """The first call about somebody, as soon as it has come."""
    end = time.time() + PATIENCE
    while time.time() < end:
        for hook in reversed(requests.get(f"{MAILBOX}/hooks.json").json()):
            if hook["path"] == "/hooks/entitlement" and username in hook["body"]:
                return hook
        time.sleep(0.2)
    raise AssertionError(f"nobody was told of {username}")


def a_plan_that_begins_is_told_and_signed():
    person = Person().sign_up()
    answer = person.send("/settings/billing/checkout", {"price": "price_pro_month"})
    assert answer.status_code == 303, answer.text
    paid = json.dumps({"username": person.username, "method": "card"})
    assert requests.post(f"{STRIPE}/_stand/pay", data=paid).ok
    hook = called(person.username)
    event = Webhook(SECRET).verify(hook["body"], hook["headers"])
    assert event["type"] == "entitlement.changed", event
    assert event["data"]["plan"] == "pro" and event["data"]["plan_before"] == "free", event
    assert event["data"]["cancel_at_period_end"] is False, event

    for body, headers in [
        (hook["body"] + " ", hook["headers"]),
        (hook["body"], {**hook["headers"], "webhook-id": "evt_other"}),
    ]:
        try:
            Webhook(SECRET).verify(body, headers)
        except WebhookVerificationError:
            continue
        raise AssertionError("what was changed on its way is believed")


run([a_plan_that_begins_is_told_and_signed])
