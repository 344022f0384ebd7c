"""Other systems are told of each change at least once, signed, and see who told them."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.models import User
from core import outbound, outbox, webhooks
from core.models import OutboxPosition, WebhookDelivery, WebhookEndpoint
from tests.accounts.factories import PASSWORD, UserFactory
from tests.core.double import Double, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def double(tmp_path: Path, monkeypatch, settings) -> Iterator[Double]:
    """The other system."""
    with serving(tmp_path) as (server, believes):
        monkeypatch.setattr(outbound, "tls", lambda: believes)
        settings.OUTBOUND_TRUSTED_HOSTS = [f"localhost:{server.port}"]
        yield server


@pytest.fixture
def administrator() -> User:
    return User.objects.create_superuser("pengelola", "pengelola@contoh.test", PASSWORD)


def endpoint(url: str, **fields: Any) -> tuple[WebhookEndpoint, str]:
    made = WebhookEndpoint(url=url, **fields)
    return made, webhooks.add_endpoint(made, by=UserFactory(email="pembuat@contoh.test"))


def emit(event: str = "umkm.changed", *, stream: str = "catalogue") -> uuid.UUID:
    name = uuid.uuid4()
    outbox.emit(stream=stream, event=event, public_id=name, version=3)
    outbox.relay()
    return name


def tell() -> int:
    """One round, as beat starts it; how many arrived."""
    webhooks.read_on()
    return sum(webhooks.deliver(each) for each in webhooks.due_endpoints())


def make_due() -> None:
    WebhookDelivery.objects.update(next_at=timezone.now())


def test_a_change_is_told_signed_and_numbered(double: Double) -> None:
    _made, secret = endpoint(double.url)
    changed = emit()

    assert tell() == 1

    [(headers, body)] = double.calls
    said = Webhook(secret).verify(body, headers)
    assert said["type"] == "umkm.changed"
    assert said["data"] == {"number": 1, "id": str(changed), "version": 3}
    assert headers["webhook-id"] == "catalogue-1"
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "A" * 43 + "=").verify(body, headers)


def test_what_arrived_is_not_told_again(double: Double) -> None:
    endpoint(double.url)
    emit()

    assert [tell(), tell()] == [1, 0]
    assert len(double.calls) == 1


def test_an_endpoint_hears_of_what_it_wants_and_of_nothing_before_it_was_made(
    double: Double,
) -> None:
    emit()
    endpoint(double.url, events="umkm.closed, product.withdrawn")
    for event in ("umkm.changed", "umkm.closed"):
        emit(event)
    emit("post.published", stream="posts")

    tell()

    assert [json.loads(body)["type"] for _headers, body in double.calls] == ["umkm.closed"]


def test_what_is_refused_comes_again_later_with_the_same_id_and_body(double: Double) -> None:
    endpoint(double.url)
    emit()
    double.statuses = [500]

    assert tell() == 0
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.attempt) == ("waiting", 500, 1)
    assert delivery.next_at > timezone.now()
    assert tell() == 0

    make_due()
    assert tell() == 1
    (first, first_body), (second, second_body) = double.calls
    assert (first["webhook-id"], first_body) == (second["webhook-id"], second_body)
    assert WebhookEndpoint.objects.get().failing_since is None


def test_each_pause_is_longer_than_the_one_before_until_it_is_given_up(double: Double) -> None:
    endpoint(double.url)
    emit()
    double.statuses = [500] * (len(webhooks.PAUSES) + 1)

    pauses = []
    for _each in webhooks.PAUSES:
        tell()
        pauses.append(WebhookDelivery.objects.get().next_at - timezone.now())
        make_due()
    tell()

    assert pauses[:-1] == sorted(pauses[:-1])
    assert WebhookDelivery.objects.get().state == WebhookDelivery.State.FAILED


def test_a_wish_to_wait_longer_is_heard(double: Double) -> None:
    endpoint(double.url)
    emit()
    double.statuses, double.headers = [503], {"Retry-After": "900"}

    tell()

    assert WebhookDelivery.objects.get().next_at > timezone.now() + timedelta(seconds=890)


def test_a_sender_that_died_holds_a_delivery_for_a_minute_only(double: Double) -> None:
    made, _secret = endpoint(double.url)
    emit()
    webhooks.read_on()
    webhooks.claim(made.pk)

    assert webhooks.claim(made.pk) is None
    make_due()
    assert tell() == 1


def test_after_days_of_failure_it_is_switched_off_and_its_maker_is_told(
    double: Double, django_capture_on_commit_callbacks
) -> None:
    made, _secret = endpoint(double.url)
    emit()
    double.statuses = [500, 500]
    tell()
    WebhookEndpoint.objects.update(failing_since=timezone.now() - timedelta(days=6))
    make_due()

    with django_capture_on_commit_callbacks(execute=True):
        tell()

    made.refresh_from_db()
    assert not made.active
    assert [letter.to for letter in mail.outbox] == [["pembuat@contoh.test"]]
    assert not OutboxPosition.objects.filter(reader=made.reader).exists()
    emit()
    assert tell() == 0


def test_who_says_gone_is_not_called_again(double: Double) -> None:
    endpoint(double.url)
    emit()
    double.statuses = [410]

    tell()

    assert not WebhookEndpoint.objects.get().active


def test_after_a_new_secret_both_sign_for_a_day(double: Double) -> None:
    made, old = endpoint(double.url)
    new = webhooks.rotate_secret(made, by=UserFactory())
    emit()
    tell()
    WebhookEndpoint.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
    emit()
    tell()

    (both, both_body), (alone, alone_body) = double.calls
    assert Webhook(old).verify(both_body, both) == Webhook(new).verify(both_body, both)
    Webhook(new).verify(alone_body, alone)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(alone_body, alone)


def test_a_secret_is_unreadable_in_the_database(double: Double) -> None:
    made, secret = endpoint(double.url)

    assert secret not in (made.secret, str(WebhookEndpoint.objects.values().get()))


def test_an_address_in_our_own_network_is_not_called(double: Double, settings) -> None:
    endpoint("https://127.0.0.1/hook")
    emit()

    assert tell() == 0
    assert WebhookDelivery.objects.get().reason == "not-public"
    assert double.calls == []


# --- In the admin --------------------------------------------------------------------------------


def test_an_administrator_adds_one_and_sees_its_secret_once(
    client: Client, administrator: User
) -> None:
    client.force_login(administrator)

    form = {"url": "https://contoh.id/hook", "stream": "catalogue", "events": ""}
    page = client.post(reverse("webhooks:add"), form)

    assert "whsec_" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    made = WebhookEndpoint.objects.get()
    for name in ("webhooks:edit", "webhooks:deliveries"):
        assert "whsec_" not in client.get(reverse(name, args=[made.pk])).content.decode()
    assert "https://contoh.id/hook" in client.get(reverse("webhooks:index")).content.decode()


@pytest.mark.parametrize(
    "url", ["http://contoh.id/", "https://contoh.id:8443/", "https://a:b@c.id/"]
)
def test_an_address_that_we_would_never_call_is_refused_in_the_form(
    client: Client, administrator: User, url: str
) -> None:
    client.force_login(administrator)

    page = client.post(reverse("webhooks:add"), {"url": url, "stream": "catalogue"})

    assert page.status_code == 200
    assert "url" in page.context["form"].errors


def test_whoever_deletes_one_is_told_what_goes_and_what_else_could_be_done(
    client: Client, administrator: User
) -> None:
    made, _secret = endpoint("https://contoh.id/hook")
    client.force_login(administrator)

    asked = client.get(reverse("webhooks:delete", args=[made.pk])).content.decode()
    client.post(reverse("webhooks:delete", args=[made.pk]))

    assert "matikan saja" in asked
    assert "dirujuk" not in asked
    assert not WebhookEndpoint.objects.exists()


def test_the_log_shows_each_delivery_and_sends_it_again(
    client: Client, administrator: User, double: Double
) -> None:
    made, _secret = endpoint(double.url)
    emit()
    tell()
    client.force_login(administrator)
    log = client.get(reverse("webhooks:deliveries", args=[made.pk]))
    assert "umkm.changed" in log.content.decode()

    delivery = WebhookDelivery.objects.get()
    client.post(reverse("webhooks:again", args=[made.pk, delivery.pk]))

    assert tell() == 1
    assert len(double.calls) == 2


def test_the_log_counts_and_dates_in_the_readers_language(
    client: Client, double: Double, administrator: User
) -> None:
    made, _secret = endpoint("https://aplikasi.contoh.id/kait?kunci=rahasia")
    client.force_login(administrator)
    address = reverse("webhooks:deliveries", args=[made.pk])
    assert "Tidak ada pengiriman" in client.get(address).content.decode()
    due = timezone.now() + timedelta(hours=2)
    for number, state in enumerate(WebhookDelivery.State, start=1):
        made.deliveries.create(number=number, event="umkm.changed", state=state, next_at=due)

    log = client.get(address).content.decode()

    assert "3 pengiriman" in log
    assert "deliver" not in re.sub(r"<[^>]+>", "", log)
    said = date_format(timezone.localtime(due), "SHORT_DATETIME_FORMAT")
    assert log.count(said) == 1  # what is delivered or given up is not tried again


@pytest.mark.parametrize("name", ["webhooks:edit", "webhooks:delete"])
def test_a_webhook_is_titled_by_its_server(
    client: Client, double: Double, administrator: User, name: str
) -> None:
    made, _secret = endpoint("https://aplikasi.contoh.id/kait?kunci=rahasia")
    client.force_login(administrator)

    page = client.get(reverse(name, args=[made.pk])).content.decode()

    [title] = re.findall(r"<title>(.*?)</title>", page, re.DOTALL)
    assert "aplikasi.contoh.id" in title
    assert "rahasia" not in title
    assert str(made.public_id) not in page


def test_it_is_switched_off_and_on_and_gets_a_new_secret(
    client: Client, administrator: User, double: Double
) -> None:
    made, _secret = endpoint(double.url)
    client.force_login(administrator)

    client.post(reverse("webhooks:off", args=[made.pk]))
    emit()
    assert tell() == 0
    client.post(reverse("webhooks:on", args=[made.pk]))
    emit()
    assert tell() == 1
    assert "whsec_" in client.post(reverse("webhooks:rotate", args=[made.pk])).content.decode()


def test_who_is_no_administrator_sees_none_of_it(client: Client, double: Double) -> None:
    made, _secret = endpoint(double.url)
    client.force_login(UserFactory())

    for name in ("webhooks:deliveries", "webhooks:edit"):
        assert client.get(reverse(name, args=[made.pk])).status_code in (302, 403)
    for name in ("webhooks:rotate", "webhooks:off"):
        assert client.post(reverse(name, args=[made.pk])).status_code in (302, 403)
    made.refresh_from_db()
    assert made.active
