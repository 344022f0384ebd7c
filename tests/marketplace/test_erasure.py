"""Who leaves is nobody's afterwards: identity and link gone, money and totals as they were."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.forms.models import model_to_dict
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.tokens import make_token
from core import audit, audit_chain
from core.models import AuditEntry, IdempotencyRecord
from marketplace import (
    circulation,
    closing,
    consent_texts,
    consents,
    erasure,
    letters,
    own_goal,
    personnel,
    receipts,
    recognition,
)
from marketplace.errors import NotYourName
from marketplace.models import (
    ActivationNotice,
    Asn,
    Block,
    Buyer,
    BuyerMonth,
    ConsentDecision,
    LetterChoice,
    Purchase,
    Receipt,
    Umkm,
    Void,
    erasing,
)
from marketplace.personnel_file.loading import import_people
from marketplace.personnel_file.reading import Cells
from marketplace.purchases import void_purchase
from tests.marketplace import photos
from tests.marketplace.city import City
from tests.marketplace.factories import AgencyFactory, AsnFactory, PurchaseFactory, agree
from tests.marketplace.months import AUGUST, after, neighbours, shop, shops_in

pytestmark = pytest.mark.django_db

ACCOUNTED = {
    # what the personnel office brings, and what is recorded beside a purchase: stays
    *erasure.STAYS,
    # deleted with the person
    "marketplace.ActivationNotice.asn",
    "marketplace.ConsentDecision.asn",
    "marketplace.Decision.purchase",
    "marketplace.LetterChoice.asn",
    "marketplace.Mark.beside",
    "marketplace.Mark.purchase",
    "marketplace.NotNow.purchase",
    "marketplace.OwnGoal.asn",
    "marketplace.Recognition.asn",
    "marketplace.Receipt.purchase",
    "marketplace.Workplace.asn",
    # the account's: deleted with it
    "account.EmailAddress.user",
    "accounts.ApiClient.owner",
    "accounts.ApiToken.user",
    "accounts.User_groups.user",
    "accounts.User_user_permissions.user",
    "core.IdempotencyRecord.user",
    "mfa.Authenticator.user",
    "social.Absence.person",
    "social.Absence.substitute",
    "social.MailChoice.person",
    "social.NoticeDelivery.person",
    "socialaccount.SocialAccount.user",
    "wagtailadmin.EditingSession.user",
    "wagtailadmin.FormState.user",
    "wagtailcore.APIToken.user",
    "wagtailcore.Comment.user",
    "wagtailcore.CommentReply.user",
    "wagtailcore.PageSubscription.user",
    "wagtailusers.UserProfile.user",
    # the account's work: stays, and no longer says whose
    "cms.ImportRun.by",
    "cms.Photo.uploaded_by_user",
    "core.WebhookEndpoint.created_by",
    "marketplace.PersonnelRun.by",
    "marketplace.Asn.user",
    "marketplace.Umkm.owner",
    "wagtailcore.Comment.resolved_by",
    "wagtailcore.Page.locked_by",
    "wagtailcore.Page.owner",
    "wagtailcore.Revision.user",
    "wagtailcore.TaskState.finished_by",
    "wagtailcore.UploadedFile.uploaded_by_user",
    "wagtailcore.WorkflowState.requested_by",
    "wagtaildocs.Document.uploaded_by_user",
    "wagtailimages.Image.uploaded_by_user",
    # the desk's proof of who wrote, signed, stopped and withdrew: such an account stays, closed
    "social.Approval.signer",
    "social.Message.created_by",
    "social.MessageContributor.user",
    "social.PostStep.actor",
    "social.SendingStop.resumed_by",
    "social.SendingStop.stopped_by",
    "social.Withdrawal.asked_by",
    # a number that leads nowhere
    "core.AuditEntry.actor",
    "core.AuditEntry.subject_user",
    "wagtailcore.ModelLogEntry.user",
    "wagtailcore.PageLogEntry.user",
}
"""Every column that points to a person, a buyer, a purchase or an account, and its fate."""


@pytest.fixture
def city(city: City) -> City:
    call_command("write_roles", verbosity=0)
    return city


@pytest.fixture
def full(city: City, asn: Asn, warung: Umkm, folder: Path) -> Asn:
    """Somebody of whom everything is kept that can be."""
    asn.user.groups.add(Group.objects.get(name=personnel.ROLE))
    noted = PurchaseFactory(asn=asn, umkm=warung, note="Untuk ulang tahun Dimas")
    wrong = PurchaseFactory(asn=asn, umkm=warung, amount=9_000)
    void_purchase(asn=asn, purchase=wrong, reason="Punya Dimas")
    receipts.keep_receipt(asn=asn, public_id=noted.public_id, upload=photos.jpeg())
    today = timezone.localdate()
    personnel.move_home(asn, region=city.kelurahan[1], rw=1, rt=1, valid_from=today)
    personnel.move_workplace(asn, region=city.kelurahan[2], valid_from=today)
    own_goal.set_goal(asn, amount=350_000)
    letters.choose(asn, every=LetterChoice.Every.WEEK)
    text = consent_texts.of_recognition()
    recognition.agree(asn, digest=text.digest, in_agency=True, in_place=True)
    ActivationNotice.objects.create(asn=asn, activated_at=timezone.now())
    make_token(asn.user, name="Ponsel")
    IdempotencyRecord.objects.create(
        user=asn.user, family="purchases", key="k", fingerprint="f", status=201, body="{}"
    )
    audit.record(actor=None, action="asn.activated", subject=asn, subject_user=asn.user)
    return Asn.objects.get(pk=asn.pk)


def everything_of(asn: Asn) -> dict[str, Any]:
    """What the database holds of a person beside their own particulars."""
    particulars = {"nip_encrypted", "nip_digest", "name", "buyer"}
    return {
        "row": {k: v for k, v in model_to_dict(asn).items() if k not in particulars | {"id"}},
        "bought": Purchase.objects.filter(buyer=asn.buyer).count(),
        "homes": list(asn.homes.values_list("region", "rw", "rt", "valid_from", "by_person")),
        **{
            name: column.model._base_manager.filter(**{column.name: asn}).count()
            for name, column in erasure.relations_to(Asn)
        },
    }


# --- What goes, and what stays -------------------------------------------------------------------


def test_every_table_that_points_to_a_person_is_accounted_for() -> None:
    """A new one is deleted with the person unless `erasure.STAYS` says why not: decide, and note it
    here."""
    found = dict(erasure.relations_to(Asn, Buyer, Purchase, User))
    own = {name for name, column in found.items() if not inherited(column)}

    assert own == ACCOUNTED


def inherited(column: Any) -> bool:
    """Whether it is a page's or picture's column seen from a table below."""
    return bool(column.model._meta.parents) and column.name in {"owner", "locked_by"}


def test_an_erased_person_is_as_one_who_never_took_part(full: Asn, city: City) -> None:
    never = AsnFactory(
        home__region=city.kelurahan[0], home__rw=3, home__rt=2, user=None, kind=full.kind
    )

    erasure.erase(full)

    erased = Asn.objects.get(pk=full.pk)
    assert everything_of(erased) == everything_of(never)
    assert erased.buyer_id != full.buyer_id


def test_nothing_leads_from_the_person_to_what_they_bought(full: Asn) -> None:
    user, buyer = full.user, full.buyer

    erasure.erase(full)

    assert not User.objects.filter(pk=user.pk).exists()
    assert not ApiToken.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert not ConsentDecision.objects.exists()
    assert not Asn.objects.filter(buyer=buyer).exists()
    about = AuditEntry.objects.filter(subject_user=user.pk)
    assert about.exists()
    assert not about.exclude(subject_type="").exists()  # they name a user that is no more
    assert not AuditEntry.objects.filter(subject_id=str(full.pk)).exists()
    done = AuditEntry.objects.get(action="person.erased")
    assert (done.actor_id, done.subject_user_id, done.subject_id, done.detail) == (
        None,
        None,
        "",
        {},
    )


def test_words_photos_and_keys_of_apps_go_and_the_money_stays(full: Asn, folder: Path) -> None:
    buyer, file = full.buyer, next(path for path in folder.rglob("*.webp"))
    sums = list(BuyerMonth.objects.values_list("month", "amount", "purchases"))

    erasure.erase(full)

    bought = Purchase.objects.filter(buyer=buyer)
    assert bought.count() == 2
    assert set(bought.values_list("note", "fingerprint")) == {("", "")}
    assert Void.objects.get().reason == ""
    assert not Receipt.objects.exists()
    assert not file.exists()
    assert bought.filter(evidence__kind="receipt").count() == 1
    assert list(BuyerMonth.objects.values_list("month", "amount", "purchases")) == sums
    assert circulation.differences() == []


def test_frozen_releases_stay_as_they_are_and_the_chain_of_the_log_holds(city: City) -> None:
    shop(neighbours(city.kelurahan[0], 6), shops_in(city.kelurahan[0]), day=AUGUST)
    with after(AUGUST):
        closing.close_month(AUGUST)
    asn = AsnFactory()
    audit.record(actor=asn.user, action="asn.activated", subject=asn, subject_user=asn.user)
    audit_chain.seal()
    before = list(Block.objects.values().order_by("pk"))

    erasure.erase(asn)
    audit_chain.seal()

    assert list(Block.objects.values().order_by("pk")) == before
    assert audit_chain.verify().breaks == ()


def test_a_shared_account_stays_for_the_work_that_is_done_with_it(full: Asn) -> None:
    full.user.groups.add(Group.objects.get(name="editor"))

    erasure.erase(full)

    user = User.objects.get(pk=full.user.pk)
    assert user.is_active
    assert [group.name for group in user.groups.all()] == ["editor"]
    assert not user.tokens.usable().exists()
    assert not hasattr(user, "asn")


def test_the_next_personnel_file_finds_them_like_anybody_else(city: City) -> None:
    agency = AgencyFactory(code="DISKOM")
    row = {
        "nip": "199008172015041999",
        "name": "Sari Wulandari",
        "agency_code": agency.code,
        "email": "",
        "phone": "",
        "home_kelurahan": city.kelurahan[0].code,
        "rw": "3",
        "rt": "2",
        "valid_from": "2020-01-01",
    }
    rows = [Cells(2, row)]
    import_people(rows)
    asn = Asn.objects.get()
    agree(personnel.activate(asn, User.objects.create_user("sari")))
    personnel.move_home(
        asn, region=city.kelurahan[1], rw=None, rt=None, valid_from=timezone.localdate()
    )

    erasure.erase(asn)
    again = import_people(rows)

    assert (again.created, again.changed, again.unchanged) == (0, 0, 1)


def test_only_an_erasure_changes_a_recorded_word(bought: Purchase) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Purchase.objects.update(note="")
    with transaction.atomic():
        erasing.begin()
        Purchase.objects.update(note="")
        with pytest.raises(DatabaseError), transaction.atomic():
            Purchase.objects.update(amount=1)
        with pytest.raises(DatabaseError), transaction.atomic():
            Purchase.objects.all().delete()


def test_a_name_that_is_not_ones_own_erases_nobody(full: Asn) -> None:
    with pytest.raises(NotYourName):
        erasure.erase_own(full, username="orang-lain")

    assert Asn.objects.get(pk=full.pk).user_id == full.user_id


def test_who_withdrew_is_erased_in_time_and_who_agreed_again_is_not(full: Asn) -> None:
    stays = AsnFactory()
    for asn in (full, stays):
        consents.withdraw(asn)

    assert erasure.erase_who_withdrew() == 0  # hours are left
    long_ago = timezone.now() - timedelta(days=3)
    for asn in (full, stays):
        text = ConsentDecision.objects.filter(asn=asn).latest("pk").text
        ConsentDecision.objects.create(
            asn=asn, text=text, kind=ConsentDecision.Kind.WITHDRAWN, at=long_ago
        )
    agree(stays)

    assert erasure.erase_who_withdrew() == 1
    assert Asn.objects.get(pk=full.pk).user is None
    assert Asn.objects.get(pk=stays.pk).user is not None
    assert erasure.erase_who_withdrew() == 0
