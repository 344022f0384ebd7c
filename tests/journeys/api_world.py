"""A small world with something to show on every route of the API, and a call of each."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from accounts.models import User
from accounts.tokens import make_token
from cms import drafts
from cms.models import CollectionPage, CollectionPick, ProductPage
from core import audit, outbox
from core.pagination import seal
from marketplace import activation, closing, consent_texts
from marketplace.models import Asn, Mark, Purchase
from marketplace.nip import parse_nip
from social import approval, desk
from social.models import Post
from social.publishing import claim_post
from social.states import step
from social.videos import keep_video
from tests.accounts.factories import PASSWORD, UserFactory
from tests.cms.factories import CollectionPageFactory, PhotoFactory, ProductPageFactory
from tests.marketplace import photos
from tests.marketplace.city import City, small_city
from tests.marketplace.factories import AsnFactory, PurchaseFactory, UmkmFactory, agree
from tests.marketplace.months import AUGUST, after, neighbours, shop, shops_in
from tests.promotions.factories import promotion
from tests.social.factories import (
    APPROVES,
    SEES,
    WRITES,
    ByHandChannelFactory,
    ChannelFactory,
    a_picture,
    approved,
    person,
    published,
    submitted,
    written,
)

V1 = "/api/v1"
TINY_VIDEO = Path(__file__).parents[1] / "social" / "videos" / "tegak.mp4"
SEX_AND_SEQUENCE = count(1_001)
DAYS_AHEAD = count(1)
CHANGES = re.compile(r"(^|[;(])\s*(INSERT|UPDATE|DELETE)\b")


@dataclass
class World:
    """A city with something to show on every route."""

    city: City
    asn: Asn
    author: User
    approver: User
    auditor: User
    product: ProductPage
    cost: tuple[int, int] = (0, 0)
    """Messages of the last call that only read, and those that write."""

    @property
    def itself(self) -> "World":
        """Where what a call needs is laid, whoever makes the call itself."""
        return self

    def call(self, method: str, path: str, *, by: User | None = None, body: Any = None) -> Any:
        """What the route answers, asked with a token as an app does."""
        headers = {"Idempotency-Key": str(uuid.uuid4())} if method == "post" else {}
        if by is not None:
            headers["Authorization"] = f"Token {make_token(by, name='test')[1]}"
        send = getattr(Client(), method)
        sent = {"data": body or {}, "content_type": "application/json"} if method == "post" else {}
        if method == "put" and "photo" not in body:
            sent = {"data": body, "content_type": "application/json"}
        elif method == "put":
            sent = {"data": encode_multipart(BOUNDARY, body), "content_type": MULTIPART_CONTENT}
        with CaptureQueriesContext(connection) as queries:
            answer = send(V1 + path, headers=headers, **sent)
        statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
        writes = sum(CHANGES.search(statement) is not None for statement in statements)
        self.cost = (len(statements) - writes, writes)
        return answer


def small_world() -> World:
    """One of everything."""
    city = small_city()
    shop(neighbours(city.kelurahan[0], 6), shops_in(city.kelurahan[0]), day=AUGUST)
    with after(AUGUST):
        closing.close_month(AUGUST)
    auditor = UserFactory(username="pemeriksa")
    for name in (
        "view_circulationcell",
        "view_receipt",
        "view_mark",
        "view_turnout",
        "add_decision",
    ):
        auditor.user_permissions.add(Permission.objects.get(codename=name))
    author, approver = person("penulis", SEES, WRITES), person("penyetuju", SEES, APPROVES)
    product = ProductPageFactory(photo=PhotoFactory(), parent__photo=PhotoFactory())
    collection("oleh-oleh", product)
    promotion(by=author, products=[product])
    published(author, approver, media=[a_picture()])
    asn = AsnFactory(home__region=city.kelurahan[0], home__rw=3, home__rt=2)
    return World(city, asn, author, approver, auditor, product)


def collection(slug: str, *products: ProductPage) -> None:
    """A collection of products and of their shops."""
    shops = [product.get_parent().specific for product in products]
    CollectionPageFactory(slug=slug, members=[*products, *shops], photo=PhotoFactory())


def grow(world: World) -> None:
    """Several more of everything that a list may hold."""
    shops = shops_in(world.city.kelurahan[1], 4)
    picked = CollectionPage.objects.get(slug="oleh-oleh")
    for number in range(4):
        collection(f"sarapan-{number}", world.product)
        product = ProductPageFactory(
            parent=world.product.get_parent(), photo=PhotoFactory(), title=f"Rawon {number}"
        )
        ProductPageFactory(photo=PhotoFactory(), parent__photo=PhotoFactory())
        CollectionPick.objects.create(page=picked, member=product.page_ptr, sort_order=number)
        promotion(by=world.author, products=[world.product, product], title=f"Pekan {number}")
        published(world.author, world.approver, media=[a_picture(), a_picture()])
        submitted(world.author, channel=ChannelFactory())
        make_token(world.asn.user, name=f"Ponsel {number}")
        audit.record(actor=world.auditor, action="asn.moved", subject_user=world.asn.user)
        bought = PurchaseFactory(asn=world.asn, umkm=shops[number])
        bought.items.create(product=product.product, quantity=1, amount=1_000)


def a_purchase(world: World) -> str:
    shop_of = world.product.get_parent().specific.umkm_row
    return f"/purchases/{PurchaseFactory(asn=world.asn, umkm=shop_of).public_id}"


def own_shop(world: World) -> str:
    umkm = UmkmFactory(region=world.city.kelurahan[0], owner=world.asn.user)
    return f"/me/shops/{umkm.public_id}"


def give(world: World, path: str) -> Any:
    """Give the photo of a receipt for a purchase."""
    said = {"photo": ContentFile(photos.jpeg(), name="struk.jpg")}
    return world.call("put", f"{path}/receipt", by=world.asn.user, body=said)


def a_receipt(world: World) -> str:
    path = a_purchase(world)
    give(world.itself, path)
    return f"{path}/receipt"


def a_mark(world: World) -> str:
    purchase = Purchase.objects.get(public_id=a_purchase(world).rpartition("/")[2])
    Mark.objects.create(purchase=purchase, rule=Mark.Rule.SERIES)
    return f"/audit/marks/{purchase.public_id}"


def photo(world: World) -> Any:
    """What the link to a receipt opens."""
    told = world.itself.call("get", a_receipt(world), by=world.asn.user).json()
    return world.call("get", told["photo"]["url"].removeprefix(V1), by=world.asn.user)


def a_post(world: World) -> str:
    return f"/social/posts/{approved(world.author, world.approver).public_id}"


def a_picture_to_sign(world: World) -> Any:
    post = submitted(world.author, media=[a_picture()])
    return world.call("get", f"/social/pictures/{post.pictures[0].public_id}", by=world.author)


def a_video_to_sign(world: World) -> Any:
    video = keep_video(ContentFile(TINY_VIDEO.read_bytes()), filename="tahu.mp4")
    return world.call("get", f"/social/videos/{video.public_id}", by=world.author)


def record(world: World) -> Any:
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    said = {
        "umkm": str(world.product.get_parent().specific.umkm_row.public_id),
        "amount": 15_000,
        "day": day,
        "items": [{"product": str(world.product.product.public_id), "quantity": 1, "amount": 5}],
    }
    return world.call("post", "/purchases", by=world.asn.user, body=said)


def record_batch(world: World) -> Any:
    shop_of = world.product.get_parent().specific.umkm_row
    said = {
        "client_id": str(uuid.uuid4()),
        "umkm": str(shop_of.public_id),
        "amount": 15_000,
        "day": (timezone.localdate() - timedelta(days=1)).isoformat(),
    }
    body = {"purchases": [said, said, {"client_id": "x"}]}
    return world.call("post", "/purchases/batch", by=world.asn.user, body=body)


def year_card(world: World) -> Any:
    """Of a year with a purchase of whoever asks; if there is one, none is added to their lists."""
    asker = getattr(world, "by", None) or world.asn.user
    asn = getattr(asker, "asn", None)
    if asn is not None and not asn.buyer.purchases.exists():
        PurchaseFactory(asn=asn, umkm=world.product.get_parent().specific.umkm_row)
    return world.call("get", "/me/year-card", by=world.asn.user)


def correct(world: World) -> Any:
    shop_of = world.product.get_parent().specific.umkm_row
    said = {"umkm": str(shop_of.public_id), "amount": 14_000, "reason": "Salah"}
    return world.call("post", a_purchase(world) + "/correct", by=world.asn.user, body=said)


def place(world: World) -> dict[str, str]:
    """Another kelurahan than was said last, each time from a later day on."""
    ahead = next(DAYS_AHEAD)
    day = timezone.localdate() + timedelta(days=ahead)
    kelurahan = world.city.kelurahan[ahead // 2 % 2]  # two routes ask by turns
    return {"kelurahan": kelurahan.code, "from": day.isoformat()}


def leave(world: World) -> Any:
    """Somebody of whom little is kept leaves; the world's own ASN stays for the other calls."""
    asn = AsnFactory()
    asn.user.groups.add(Group.objects.get_or_create(name="asn")[0])
    said = {"username": asn.user.username}
    return world.call("post", "/me/erasure", by=asn.user, body=said)


def withdraw(world: World) -> Any:
    """Take the consent back, and give it again: other calls record."""
    answer = world.call("delete", "/me/consent", by=world.asn.user)
    cost = world.itself.cost
    agree(world.asn)
    world.itself.cost = cost
    return answer


def sign_in(world: World) -> Any:
    said = {
        "username": UserFactory(username=f"ponsel-{uuid.uuid4().hex}").username,
        "password": PASSWORD,
    }
    return world.call("post", "/auth/tokens", body=said)


def ask_for_code(world: World) -> Any:
    return world.call("post", "/activation", body={"nip": a_digits()})


def activate(world: World) -> Any:
    digits = a_digits()
    AsnFactory(digits=digits, user=None)
    printer = UserFactory(username=f"koordinator-{uuid.uuid4().hex}")
    number = parse_nip(digits, today=timezone.localdate())
    said = {
        "nip": digits,
        "code": activation.print_code(number, by=printer).code,
        "username": f"asn-{uuid.uuid4().hex[:12]}",  # 16 digits in a row are no name
        "password": "soto-koya-gurih-2026",
    }
    return world.call("post", "/activation/confirm", body=said)


def a_digits() -> str:
    """A NIP that nobody else here has."""
    return f"19850817201001{next(SEX_AND_SEQUENCE)}"


def a_token(world: World) -> str:
    return f"/auth/tokens/{make_token(world.asn.user, name='lost')[0].public_id}"


def submit(world: World) -> Any:
    post = written(world.author, media=[a_picture()])
    return world.call("post", f"/social/posts/{post.public_id}/submit", by=world.author)


def approve(world: World) -> Any:
    post = submitted(world.author)
    said = {"digest": approval.digest(post)}
    path = f"/social/posts/{post.public_id}/approve"
    return world.call("post", path, by=world.approver, body=said)


def request_changes(world: World) -> Any:
    path = f"/social/posts/{submitted(world.author).public_id}/request-changes"
    said = {"reason": "Ringkas", "suggested_wording": "Mampir yuk"}
    return world.call("post", path, by=world.approver, body=said)


def an_unclear_post(world: World) -> Post:
    claimed = claim_post(approved(world.author, world.approver).pk)
    assert claimed is not None
    return step(claimed, to=Post.State.UNKNOWN, reason="lease-over")


def act(name: str, lay: Callable[[World], Post], **said: Any) -> Callable[[World], Any]:
    """An act of the desk, by the author, on a post that stands where it begins."""

    def call(world: World) -> Any:
        path = f"/social/posts/{lay(world).public_id}/{name}"
        return world.call("post", path, by=world.author, body=said)

    return call


def a_scheduled_post(world: World) -> Post:
    return approved(world.author, world.approver)


def a_held_post(world: World) -> Post:
    return desk.hold(a_scheduled_post(world), by=world.author, reason="Tunggu")


def a_post_by_hand(world: World) -> Post:
    return approved(world.author, world.approver, channel=ByHandChannelFactory())


def move(world: World) -> Any:
    post = a_scheduled_post(world)
    said = {"send_at": (post.send_at + timedelta(hours=1)).isoformat()}
    path = f"/social/posts/{post.public_id}/move"
    return world.call("post", path, by=world.author, body=said)


def get(path: str, who: str = "") -> Callable[[World], Any]:
    """Read a route as one of the people of the world, or as nobody."""

    def call(world: World) -> Any:
        user = world.asn.user if who == "asn" else getattr(world, who) if who else None
        return world.call("get", path, by=user)

    return call


def changes(world: World) -> Any:
    """The feed from its start."""
    outbox.relay()
    cursor = seal(path=f"{V1}/catalog/changes", place=[0])
    return world.call("get", f"/catalog/changes?cursor={cursor}")


@override_settings(HEADLESS_PREVIEW_URL="https://toko.contoh.id/lihat")
def draft(world: World) -> Any:
    """A shop that an administrator is looking at."""
    by = UserFactory(username=f"pengelola-{uuid.uuid4().hex}", is_superuser=True)
    token = drafts.keep(world.product.get_parent().specific, by=by)
    return world.call("get", f"/catalog/draft?token={token}")


CALLS: dict[tuple[str, str], Callable[[World], Any]] = {
    ("get", "/regions"): get("/regions"),
    ("get", "/categories"): get("/categories"),
    ("get", "/umkm"): get("/umkm"),
    ("get", "/umkm/{public_id}"): lambda w: w.call(
        "get", f"/umkm/{w.product.get_parent().specific.umkm_row.public_id}"
    ),
    ("get", "/products"): get("/products"),
    ("get", "/products/{public_id}"): lambda w: w.call(
        "get", f"/products/{w.product.product.public_id}"
    ),
    ("get", "/catalog/changes"): changes,
    ("get", "/catalog/draft"): draft,
    ("get", "/catalog/umkm"): get("/catalog/umkm"),
    ("get", "/catalog/umkm/{public_id}"): lambda w: w.call(
        "get", f"/catalog/umkm/{w.product.get_parent().specific.umkm_row.public_id}"
    ),
    ("get", "/catalog/suggest"): get("/catalog/suggest?q=soto"),
    ("get", "/catalog/collections"): get("/catalog/collections"),
    ("get", "/catalog/collections/{slug}"): get("/catalog/collections/oleh-oleh"),
    ("get", "/catalog/products"): get("/catalog/products"),
    ("get", "/catalog/products/{public_id}"): lambda w: w.call(
        "get", f"/catalog/products/{w.product.product.public_id}"
    ),
    ("get", "/promotions"): get("/promotions"),
    ("get", "/posts"): get("/posts"),
    ("get", "/circulation"): get("/circulation"),
    ("get", "/circulation/live"): get("/circulation/live"),
    ("get", "/circulation/parts"): get("/circulation/parts?lens=ring"),
    ("get", "/circulation/spread"): get("/circulation/spread"),
    ("get", "/circulation/multiplier"): get("/circulation/multiplier"),
    ("get", "/goals"): get("/goals"),
    ("get", "/campaigns"): get("/campaigns"),
    ("get", "/circulation/regions/{code}"): lambda w: w.call(
        "get", f"/circulation/regions/{w.city.kelurahan[0].code}?year=2026"
    ),
    ("get", "/turnout"): get("/turnout"),
    ("get", "/turnout/agencies"): get("/turnout/agencies", "auditor"),
    ("get", "/me/neighbourhood"): get("/me/neighbourhood", "asn"),
    ("get", "/audit/circulation"): get("/audit/circulation?purpose=Triwulan", "auditor"),
    ("get", "/me"): get("/me", "asn"),
    ("get", "/me/looks"): get("/me/looks", "asn"),
    ("get", "/me/participation"): get("/me/participation", "asn"),
    ("get", "/me/year-card"): year_card,
    ("get", "/me/letters"): get("/me/letters", "asn"),
    ("put", "/me/letters"): lambda w: w.call(
        "put", "/me/letters", by=w.asn.user, body={"every": "week"}
    ),
    ("put", "/me/goal"): lambda w: w.call("put", "/me/goal", by=w.asn.user, body={"amount": 9}),
    ("delete", "/me/goal"): lambda w: w.call("delete", "/me/goal", by=w.asn.user),
    ("get", "/me/shops"): get("/me/shops", "asn"),
    ("get", "/me/shops/{public_id}"): lambda w: w.call("get", own_shop(w), by=w.asn.user),
    ("get", "/me/recognition"): get("/me/recognition", "asn"),
    ("put", "/me/recognition"): lambda w: w.call(
        "put",
        "/me/recognition",
        by=w.asn.user,
        body={
            "agency": True,
            "kelurahan": True,
            "digest": consent_texts.of_recognition().digest,
        },
    ),
    ("delete", "/me/recognition"): lambda w: w.call("delete", "/me/recognition", by=w.asn.user),
    ("get", "/recognition"): get("/recognition", "asn"),
    ("get", "/me/data"): get("/me/data", "asn"),
    ("get", "/me/export"): get("/me/export", "asn"),
    ("put", "/me/home"): lambda w: w.call(
        "put", "/me/home", by=w.asn.user, body=place(w) | {"rw": 3, "rt": 2}
    ),
    ("put", "/me/workplace"): lambda w: w.call(
        "put", "/me/workplace", by=w.asn.user, body=place(w)
    ),
    ("post", "/me/erasure"): leave,
    ("get", "/me/consent"): get("/me/consent", "asn"),
    ("put", "/me/consent"): lambda w: w.call(
        "put", "/me/consent", by=w.asn.user, body={"digest": consent_texts.current().digest}
    ),
    ("delete", "/me/consent"): withdraw,
    ("get", "/auth/tokens"): get("/auth/tokens", "asn"),
    ("post", "/auth/tokens"): sign_in,
    ("post", "/activation"): ask_for_code,
    ("post", "/activation/confirm"): activate,
    ("get", "/auth/tokens/{public_id}"): lambda w: w.call("get", a_token(w), by=w.asn.user),
    ("delete", "/auth/tokens/{public_id}"): lambda w: w.call("delete", a_token(w), by=w.asn.user),
    ("delete", "/auth/tokens/current"): lambda w: w.call(
        "delete", "/auth/tokens/current", by=w.asn.user
    ),
    ("get", "/purchases"): lambda w: a_purchase(w) and get("/purchases", "asn")(w),
    ("post", "/purchases"): record,
    ("get", "/purchases/{public_id}"): lambda w: w.call("get", a_purchase(w), by=w.asn.user),
    ("post", "/purchases/{public_id}/void"): lambda w: w.call(
        "post", a_purchase(w) + "/void", by=w.asn.user, body={"reason": "Salah"}
    ),
    ("post", "/purchases/{public_id}/correct"): correct,
    ("get", "/purchases/{public_id}/receipt"): lambda w: w.call("get", a_receipt(w), by=w.asn.user),
    ("put", "/purchases/{public_id}/receipt"): lambda w: give(w, a_purchase(w)),
    ("delete", "/purchases/{public_id}/receipt"): lambda w: w.call(
        "delete", a_receipt(w), by=w.asn.user
    ),
    ("get", "/purchases/{public_id}/receipt/photo"): photo,
    ("get", "/audit/purchases/{public_id}/receipt"): lambda w: w.call(
        "get", f"/audit{a_receipt(w)}?purpose=Triwulan", by=w.auditor
    ),
    ("get", "/audit/marks"): lambda w: (
        a_mark(w) and get("/audit/marks?purpose=Triwulan", "auditor")(w)
    ),
    ("post", "/audit/marks/{public_id}/decision"): lambda w: w.call(
        "post",
        a_mark(w) + "/decision",
        by=w.auditor,
        body={"verdict": "does-not-count", "reason": "Satu struk"},
    ),
    ("get", "/audit/marks/{public_id}/person"): lambda w: w.call(
        "get", a_mark(w) + "/person?purpose=Triwulan", by=w.auditor
    ),
    ("post", "/purchases/batch"): record_batch,
    ("get", "/purchases/favourites"): lambda w: (
        a_purchase(w) and get("/purchases/favourites", "asn")(w)
    ),
    ("put", "/purchases/{public_id}/not-now"): lambda w: w.call(
        "put", a_purchase(w) + "/not-now", by=w.asn.user, body={}
    ),
    ("get", "/purchases/months"): lambda w: a_purchase(w) and get("/purchases/months", "asn")(w),
    ("get", "/purchases/{public_id}/story"): lambda w: w.call(
        "get", a_purchase(w) + "/story", by=w.asn.user
    ),
    ("get", "/social/posts"): get("/social/posts", "author"),
    ("get", "/social/posts/{public_id}"): lambda w: w.call("get", a_post(w), by=w.author),
    ("post", "/social/posts/{public_id}/submit"): submit,
    ("post", "/social/posts/{public_id}/approve"): approve,
    ("post", "/social/posts/{public_id}/request-changes"): request_changes,
    ("post", "/social/posts/{public_id}/hold"): act("hold", a_scheduled_post, reason="Tunggu"),
    ("post", "/social/posts/{public_id}/resume"): act("resume", a_held_post),
    ("post", "/social/posts/{public_id}/move"): move,
    ("post", "/social/posts/{public_id}/withdraw"): act(
        "withdraw", a_scheduled_post, reason="Toko tutup"
    ),
    ("post", "/social/posts/{public_id}/hand-in"): act(
        "hand-in", a_post_by_hand, permalink="https://whatsapp.example/saluran/1"
    ),
    ("post", "/social/posts/{public_id}/resolve"): act(
        "resolve", an_unclear_post, to="published", reason="Ada di saluran"
    ),
    ("get", "/social/pictures/{public_id}"): a_picture_to_sign,
    ("get", "/social/videos/{public_id}"): a_video_to_sign,
    ("get", "/social/stop"): get("/social/stop", "author"),
}
