"""Every kind of data that goes by itself: told in the docs, and let go by a tick that there is."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from pytest_django import Settings

from accounts.forgetting import forget_sign_ins
from accounts.models import ApiToken
from accounts.tokens import make_token
from celery_app import app
from config.retention import TABLE
from marketplace import activation, circulation, erasure
from marketplace.models import ActivationNotice, Asn, Buyer, Home, Purchase, Umkm
from tests.accounts.factories import UserFactory
from tests.marketplace.city import small_city
from tests.marketplace.factories import AsnFactory, PurchaseFactory


def test_the_table_of_the_docs_says_the_same() -> None:
    text = Path("docs/privacy.md").read_text()

    assert [
        row for kept in TABLE if (row := f"| {kept.what} | {kept.how_long} |") not in text
    ] == []


def test_each_kind_has_a_tick_of_a_task_that_there_is() -> None:
    app.loader.import_default_modules()

    assert {kept.tick for kept in TABLE} - app.conf.beat_schedule.keys() == set()
    assert {app.conf.beat_schedule[kept.tick]["task"] for kept in TABLE} - app.tasks.keys() == set()


@pytest.mark.django_db
def test_sessions_and_tokens_that_are_over_go() -> None:
    now, user = timezone.now(), UserFactory()
    kept, _text = make_token(user, name="Ponsel")
    lately, _text = make_token(user, name="Diakhiri kemarin")
    for days, name in ((31, "expires_at"), (31, "revoked_at"), (1, "revoked_at")):
        token = lately if days == 1 else make_token(user, name="Lama")[0]
        ApiToken.objects.filter(pk=token.pk).update(**{name: now - timedelta(days=days)})
    for hours in (-1, 1):
        expires = now + timedelta(hours=hours)
        Session.objects.create(session_key=f"s{hours}", session_data="", expire_date=expires)

    assert forget_sign_ins() == 3
    assert set(ApiToken.objects.all()) == {kept, lately}
    assert Session.objects.get().session_key == "s1"


@pytest.mark.django_db
def test_notices_of_activations_go_a_week_after_they_were_told() -> None:
    now = timezone.now()
    for days in (None, 1, 8):
        told = None if days is None else now - timedelta(days=days)
        ActivationNotice.objects.create(asn=AsnFactory(), activated_at=now, told_at=told)

    activation.forget()

    assert ActivationNotice.objects.count() == 2


@pytest.mark.django_db
def test_of_who_left_the_service_long_ago_only_money_is_left(settings: Settings) -> None:
    settings.FORMER_ASN_DAYS = 100
    city = small_city()
    former, lately, serves = (AsnFactory(home__region=city.kelurahan[0]) for _each in range(3))
    bought = PurchaseFactory(asn=former)
    for asn, days in ((former, 101), (lately, 99)):
        asn.left_on = timezone.localdate() - timedelta(days=days)
        asn.save(update_fields=["left_on"])

    assert erasure.forget_former() == 1

    assert set(Asn.objects.all()) == {lately, serves}
    assert Home.objects.count() == 2
    assert Purchase.objects.get().pk == bought.pk
    assert Buyer.objects.filter(asn=None).get() == bought.buyer
    assert circulation.differences() == []
    assert Umkm.objects.exists()
