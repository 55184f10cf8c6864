"""A form, a mail, WhatsApp, a public post, a private message, a call: one customer, one case, one agent, and back."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.mail_stand import mail
from tests.support.street import SUPPORT, Street, open_street
from tests.unit.channels import x_payloads


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    async with open_street(tmp_path_factory.mktemp("street")) as opened:
        yield opened


async def test_s001_s004_s007_s019_s039_s067_one_customer_goes_through_six_channels(street: Street) -> None:
    shop, number = street.shop, "31612345701"
    address = f"sam{number}@customer.example"
    anna = await shop.online("anna")
    for other in ("bram", "carla"):
        await shop.online(other, "OFFLINE")

    # 1. A form: what is typed into it proves nothing.
    question = f"My parcel is late {number}"
    form = {"name": "Sam Visser", "email": address, "phone": f"+{number}", "message": question}
    assert (await shop.form(form)).status_code == 202
    case = await shop.case_with_text(question)
    case_id, customer_id = case["id"], case["customer"]["id"]
    refused = await shop.do(anna, "CaseReply", caseId=case_id, text="It comes.", channel="EMAIL")
    assert refused["errors"][0]["code"] == "NO_HANDLE_FOR_CHANNEL"

    # 2. A mail, and its answer: the agent found the address with the order, so it is no longer only typed.
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="EMAIL", value=address)
    street.server.deliver(SUPPORT, mail("Did you get my form?\n", sender=f"Sam <{address}>", message_id="<six-1@x.y>"))
    await street.case(anna, case_id, 2)
    await shop.done(anna, "CaseReply", caseId=case_id, text="We did; we ask the carrier.", channel="EMAIL")
    await street.accepted(anna, case_id)
    assert b"We did; we ask the carrier." in (await street.mailed_to(address)).data

    # 3. WhatsApp: the agent asked for the number, so it is known for sure, and both are one.
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="PHONE", value=f"+{number}")
    await shop.whatsapp(number, "I am on WhatsApp, too")
    await street.case(anna, case_id, 4)
    await shop.done(anna, "CaseReply", caseId=case_id, text="Good, then here: it left the depot.")
    await street.accepted(anna, case_id)
    assert shop.stand_in.texts_to(number) == ["Good, then here: it left the depot."]

    await he_goes_on_in_public(street, anna, case, number)

    # 6. The telephone: a call that was missed, and the one that the agent made.
    await street.by_call(number)
    await street.case(anna, case_id, 10)
    await shop.done(
        anna, "ContactRecord", customer={"id": customer_id}, caseId=case_id, channel="VOICE", direction="OUTBOUND",
        text="Called: it is with the neighbours.",
    )  # fmt: skip
    case = await street.case(anna, case_id, 11)

    assert [each["channel"] for each in case["contacts"]["nodes"]] == [
        *("FORM", "EMAIL", "EMAIL", "WHATSAPP", "WHATSAPP", "X", "X", "X", "X", "VOICE", "VOICE")
    ]
    assert case["assignee"]["ref"] == "anna"
    customer = await shop.customer(anna, customer_id)
    assert customer["openCases"]["totalCount"] == 1
    assert {each["kind"] for each in customer["handles"]} == {"EMAIL", "PHONE", "WHATSAPP", "X"}
    personal_words = (address, number, "Visser")
    posted = [sent.body["text"] for sent in street.x.sent if sent.path == "/2/tweets"]
    assert not [word for word in personal_words for text in posted if word in text]


async def he_goes_on_in_public(street: Street, anna: str, case: dict[str, Any], number: str) -> None:
    """4. A public post: the agent knows by which account of X; nothing personal is said before everybody."""
    shop, case_id, customer_id = street.shop, case["id"], case["customer"]["id"]
    address, author, post_id = f"sam{number}@customer.example", "2222000000000000701", "2222000000000000702"
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="X", value=author)
    user, now_ms = x_payloads.user(author), str(int(time.time() * 1000))
    post = x_payloads.post("@shop still nothing!", id_str=post_id, user=user, timestamp_ms=now_ms)
    await street.by_x(x_payloads.posts(post))
    await street.case(anna, case_id, 6)
    for personal in (f"We mailed {address}.", f"We call {number} now.", "Sorry mr Visser!"):
        said = await shop.do(anna, "CaseReply", caseId=case_id, text=personal, visibility="PUBLIC", channel="X")
        assert [each["code"] for each in said["errors"]] == ["PUBLIC_PERSONAL_DATA"], personal
    public = "Sorry to read that. Shall we go on in a private message?"
    await shop.done(anna, "CaseReply", caseId=case_id, text=public, visibility="PUBLIC", channel="X")
    await street.accepted(anna, case_id)
    below = street.x.sent[-1]
    assert (below.path, below.body["text"]) == ("/2/tweets", public)
    assert below.body["reply"] == {"in_reply_to_tweet_id": post_id}

    # 5. The private message there.
    message = {**x_payloads.message("Order 7", sender=author), "id": "2222000000000000703", "created_timestamp": now_ms}
    await street.by_x({**x_payloads.messages(message), "users": {author: {**user, "id": author}}})
    await street.case(anna, case_id, 8)
    found = f"Found it, we call {number}."
    await shop.done(anna, "CaseReply", caseId=case_id, text=found, visibility="PRIVATE", channel="X")
    await street.accepted(anna, case_id)
    assert street.x.sent[-1].path == f"/2/dm_conversations/with/{author}/messages"
    assert street.x.sent[-1].body == {"text": found}
