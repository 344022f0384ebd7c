"""The demo's channels, promotions in every state, and posts on their way through the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from cms.models import Photo
from marketplace.models import Product, Umkm
from promotions.models import PromotedProduct, PromotedUmkm, Promotion
from promotions.promotions import make_posts
from social import approval, publishing
from social.models import Channel, Post
from social.models.channels import BY_HAND, SITE

CHANNELS = (("situs", SITE, "Situs Kota"), ("saluran-wa", BY_HAND, "Saluran WhatsApp Kota"))
EDITOR, APPROVER = "editor", "penyetuju"


@dataclass(frozen=True)
class Plan:
    """A promotion of the demo: days are counted from today; how far its posts go."""

    title: str
    message: str
    starts: int
    ends: int
    category: str
    products: int = 3
    live: bool = True
    posts: str = ""


PUBLISHED, SUBMITTED = "published", "submitted"

PLANS = (
    Plan(
        "Sarapan Dekat Kantor",
        "Pagi ini, mampir dulu ke warung tetangga. Hangat, cepat, dan uangnya berputar di kampung.",
        -3,
        18,
        "kuliner",
        posts=PUBLISHED,
    ),
    Plan(
        "Ngopi Bareng Tetangga",
        "Kopi robusta, sinom, dan wedang dari dapur sendiri. Cocok untuk rapat kecil.",
        -1,
        25,
        "minuman",
        posts=PUBLISHED,
    ),
    Plan(
        "Pekan Batik Perajin Kampung",
        "Kain dan kemeja yang dijahit di kota ini. Datang, pegang bahannya, tanya ceritanya.",
        0,
        14,
        "fesyen",
        posts=PUBLISHED,
    ),
    Plan(
        "Oleh-oleh untuk Akhir Pekan",
        "Keripik, bluder, dan kue basah untuk dibawa pulang.",
        0,
        12,
        "camilan",
        posts=SUBMITTED,
    ),
    Plan(
        "Servis Ringan di RW Sendiri",
        "Motor, kipas, atau laptop: ada tetangga yang bisa memperbaiki.",
        1,
        20,
        "jasa",
        posts=SUBMITTED,
    ),
    Plan(
        "Kado dari Perajin",
        "Mulai minggu depan: gerabah, anyaman, dan topeng untuk kado.",
        7,
        28,
        "kriya",
    ),
    Plan(
        "Panen Pekarangan",
        "Masih ditulis: sayur dan bibit dari pekarangan warga.",
        10,
        24,
        "agribisnis",
        live=False,
    ),
    Plan(
        "Hajatan Tanpa Repot",
        "Tumpeng mini dan nasi kotak dari dapur tetangga.",
        -40,
        -10,
        "acara",
    ),
)


def make_channels() -> list[Channel]:
    """The city's own site, and a channel where a person posts."""
    return [
        Channel.objects.get_or_create(slug=slug, defaults={"platform": platform, "name": name})[0]
        for slug, platform, name in CHANNELS
    ]


def load_promotions() -> None:
    """Make each promotion of PLANS that is not there yet, and take its posts as far as it says."""
    channels = make_channels()
    editor, approver = (User.objects.get(username=name) for name in (EDITOR, APPROVER))
    for plan in PLANS:
        promotion = Promotion.objects.filter(title=plan.title).first()
        if promotion is None:
            promotion = _promote(plan, channels, by=editor, today=timezone.localdate())
        _carry(promotion, plan, by=editor, signer=approver)


@transaction.atomic
def _promote(plan: Plan, channels: Sequence[Channel], *, by: User, today: date) -> Promotion:
    promotion = Promotion(
        title=plan.title,
        message=plan.message,
        starts=today + timedelta(days=plan.starts),
        ends=today + timedelta(days=plan.ends),
        photo=Photo.objects.filter(title__startswith=_pictured(plan.category)).first(),
        live=False,
    )
    promotion.promoted_products = [
        PromotedProduct(product=product, sort_order=place)
        for place, product in enumerate(_products(plan))
    ]
    promotion.promoted_umkm = [
        PromotedUmkm(umkm=umkm, sort_order=place) for place, umkm in enumerate(_shops(plan))
    ]
    promotion.channels = list(channels)
    promotion.save()
    revision = promotion.save_revision(user=by, log_action=True)
    if plan.live:
        revision.publish(user=by)
    promotion.refresh_from_db()
    return promotion


def _products(plan: Plan) -> list[Product]:
    found = Product.objects.listed().without_variants().filter(umkm__category_id=plan.category)
    return list(found.order_by("pk")[: plan.products])


def _shops(plan: Plan) -> list[Umkm]:
    """Two shops without products of their own, so that small ones are told of, too."""
    short = Umkm.objects.listed().filter(category_id=plan.category, products__isnull=True)
    return list(short.order_by("pk")[:2])


def _pictured(category: str) -> str:
    shop = Umkm.objects.listed().select_related("category").filter(category_id=category).first()
    return shop.category.name if shop and shop.category else ""


def _carry(promotion: Promotion, plan: Plan, *, by: User, signer: User) -> None:
    """Through the same rules as at the desk: submitted, signed by a second person, sent."""
    if not plan.posts:
        return
    message = make_posts(promotion, by=by)
    if plan.posts != PUBLISHED:
        return
    for post in message.posts.filter(state=Post.State.SUBMITTED).select_related("channel"):
        if post.channel.platform == SITE:
            _publish(post, signer=signer)


def _publish(post: Post, *, signer: User) -> None:
    approval.approve(post, by=signer, seen=approval.digest(post))
    publishing.publish(post.pk)
