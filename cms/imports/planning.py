"""What a row would lead to in the catalogue as it stands now: nothing is written here.

Asked twice with the same answer: for the dry run, and again in the transaction that writes, because
between the two an editor may have gone on working.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.db.models.functions import Left, Length
from wagtail.models import Page, WorkflowState

from cms.badge_numbers import BadgeKind
from cms.bulk_edits import read_pages
from cms.imports.columns import COLUMNS, Kind, Understood, Values, fold
from cms.imports.filling import FIELDS, KEYS, MODELS, AnyPage, facts_of
from cms.imports.permits import PARTS, after_row
from cms.imports.reasons import Reason
from cms.models import ImportLine, ProductPage, UmkmPage
from core.refusals import Refusal, Refused, SheetReason
from marketplace import registry
from marketplace.models import Product, Umkm

Action = ImportLine.Action
TELLING_KEYS = KEYS | {"title", "region_id"}
HEADINGS = {kind: {each.key: each.heading for each in COLUMNS[kind]} for kind in COLUMNS}
NEEDED_IN_A_NEW_PAGE = {Kind.UMKM: ("category_id", "summary"), Kind.PRODUCT: ()}


@dataclass(frozen=True)
class Plan:
    """What a row leads to: what the page says before and after it, where that differs."""

    action: str
    page: int | None = None
    shop: int | None = None
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
    refusals: Sequence[Refusal] = ()


@dataclass(frozen=True)
class Target:
    """What a row is about: a page there is, or a new one (of a product: below `shop`)."""

    key: Hashable
    page: int | None = None
    shop: int | None = None


def plan_rows(kind: str, rows: Sequence[Understood]) -> list[Plan]:
    """What each row leads to; the second row about one thing is refused."""
    targets = _targets(kind, rows)
    pages = read_pages(MODELS[kind], [each.page for each in targets.values() if each.page])
    in_workflow = _in_workflow()
    first: dict[Hashable, int] = {}
    plans = []
    for row in rows:
        target = targets.get(row.row)
        if target is None:
            plans.append(Plan(Action.REFUSE, refusals=row.refusals))
            continue
        earlier = first.setdefault(target.key, row.row)
        if earlier != row.row:
            same = Refusal(SheetReason.SAME_AS_ROW, facts={"row": earlier})
            plans.append(Plan(Action.REFUSE, refusals=[*row.refusals, same]))
        else:
            plans.append(_planned(kind, row, target, pages, in_workflow))
    return plans


def _planned(
    kind: str,
    row: Understood,
    target: Target,
    pages: Mapping[int, AnyPage],
    in_workflow: set[str],
) -> Plan:
    page = pages.get(target.page) if target.page else None
    facts = facts_of(kind, page) if page else {}
    said, refused = _said(kind, facts, row)
    before = {key: facts[key] for key, value in said.items() if page and facts[key] != value}
    broken = _broken_rules(kind, {**facts, **said}, is_new=page is None)
    refusals = [*row.refusals, *refused, *broken, *_variants_named_twice(said)]
    if page and before and _is_being_edited(page, in_workflow):
        refusals.append(Refusal(Reason.EDITED))
    if refusals:
        return Plan(Action.REFUSE, page=target.page, refusals=refusals)
    if page is None:
        return Plan(Action.CREATE, shop=target.shop, after=said)
    after = {key: said[key] for key in before}
    return Plan(Action.CHANGE if before else Action.SAME, page=page.pk, before=before, after=after)


def _said(kind: str, facts: Values, row: Understood) -> tuple[Values, list[Refusal]]:
    """The fields that a row fills, and why its badges may not be so."""
    said: Values = {}
    refused = []
    for key in FIELDS[kind]:
        if key not in BadgeKind.values:
            if key in row.values:
                said[key] = row.values[key]
        elif _tells_of_badge(kind, key, row):
            try:
                said[key] = after_row(key, facts.get(key, []), row.values)
            except Refused as error:
                why = error.refusal
                refused.append(Refusal(why.reason, HEADINGS[kind][why.column], why.facts))
    return said, refused


def _tells_of_badge(kind: str, badge: str, row: Understood) -> bool:
    """Whether a row says anything of a kind of badge, and all that it says could be read."""
    keys = [badge, *(f"{badge}_{part}" for part in PARTS)]
    headings = {HEADINGS[kind].get(key) for key in keys}
    unread = any(refusal.column in headings for refusal in row.refusals)
    return not unread and any(key in row.values for key in keys)


# --- Rules of a row ------------------------------------------------------------------------------


def _is_being_edited(page: AnyPage, in_workflow: set[str]) -> bool:
    """Whether writing now would publish, or bury, what an editor has not finished."""
    unfinished = page.live and page.has_unpublished_changes
    return bool(unfinished or page.locked or str(page.pk) in in_workflow)


def _in_workflow() -> set[str]:
    return set(WorkflowState.objects.active().values_list("object_id", flat=True))


def _broken_rules(kind: str, said: Values, *, is_new: bool) -> list[Refusal]:
    headings = HEADINGS[kind]
    needed = NEEDED_IN_A_NEW_PAGE[Kind(kind)] if is_new else ()
    broken = [Refusal(SheetReason.MISSING, headings[key]) for key in needed if not said.get(key)]
    if said.get("rt") is not None and said.get("rw") is None:
        broken.append(Refusal(Reason.RT_WITHOUT_RW, headings["rt"]))
    if (said.get("latitude") is None) != (said.get("longitude") is None):
        broken.append(Refusal(Reason.HALF_A_POSITION, headings["latitude"]))
    price, price_to = said.get("price"), said.get("price_to")
    if price_to is not None and (price is None or price_to < price):
        broken.append(Refusal(Reason.PRICE_RANGE, headings["price_to"]))
    return broken


def _variants_named_twice(said: Values) -> list[Refusal]:
    """Compared by the registry, which has a row for each of the names it tells apart."""
    twice = registry.names_given_twice([each["name"] for each in said.get("variants", [])])
    heading = HEADINGS[Kind.PRODUCT]["variants"]
    return [Refusal(Reason.VARIANT_TWICE, heading)] if twice else []


# --- Which page a row is about -------------------------------------------------------------------


class _Shops:
    """Every shop's page, by what a row may call it."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.paths: dict[int, str] = {}
        self.by_name: dict[str, dict[int, str]] = {}
        own = UmkmPage.objects.filter(alias_of__isnull=True)
        named = own.values_list("pk", "path", "region_id", "title", "draft_title")
        for pk, path, region, title, draft_title in named:
            self.paths[pk] = path
            for name in {title, draft_title}:
                self.by_name.setdefault(fold(name), {})[pk] = region
        listed = Umkm.objects.filter(public_id__in=set(codes), page__in=self.paths)
        self.by_code = {str(code): pk for code, pk in listed.values_list("public_id", "page_id")}

    def of_row(self, values: Values) -> list[int]:
        """The shops that a product's row may name."""
        coded = self.by_code.get(values.get("shop_code", ""))
        named = self.named(values.get("shop_name", ""), values.get("shop_region"))
        return [coded] if coded else named

    def named(self, name: str, region: str | None) -> list[int]:
        shops = self.by_name.get(fold(name), {})
        return [pk for pk, place in shops.items() if region in (None, place)]


class _Products:
    """The products' pages that rows may be about, by shop and name."""

    def __init__(self, rows: Sequence[Understood], shops: _Shops) -> None:
        self.shop_of: dict[int, int] = {}
        self.by_name: dict[tuple[int, str], set[int]] = {}
        codes = {row.values["code"] for row in rows if "code" in row.values}
        listed = Product.objects.filter(public_id__in=codes, page__isnull=False)
        self.by_code = {str(code): pk for code, pk in listed.values_list("public_id", "page_id")}
        pages = {shops.paths[pk]: pk for row in rows for pk in shops.of_row(row.values)}
        below = ProductPage.objects.filter(alias_of__isnull=True).annotate(
            shop_path=Left("path", Length("path") - Page.steplen)
        )
        wanted = below.filter(Q(shop_path__in=pages) | Q(pk__in=self.by_code.values()))
        by_path = {path: pk for pk, path in shops.paths.items()}
        named = wanted.values_list("pk", "shop_path", "title", "draft_title")
        for pk, path, title, draft_title in named:
            self.shop_of[pk] = by_path[path]
            for name in {title, draft_title}:
                self.by_name.setdefault((by_path[path], fold(name)), set()).add(pk)


def _targets(kind: str, rows: Sequence[Understood]) -> dict[int, Target]:
    """What each row is about, by row; a row that does not tell is given its refusal."""
    key = "code" if kind == Kind.UMKM else "shop_code"
    shops = _Shops(row.values[key] for row in rows if key in row.values)
    products = _Products(rows, shops) if kind == Kind.PRODUCT else None
    headings = {HEADINGS[kind][key] for key in TELLING_KEYS & HEADINGS[kind].keys()}
    targets = {}
    for row in rows:
        if any(refusal.column in headings for refusal in row.refusals):
            continue
        try:
            targets[row.row] = (
                _product_target(row.values, shops, products)
                if products
                else _umkm_target(row.values, shops)
            )
        except Refused as refused:
            row.refusals.append(refused.refusal)
    return targets


def _umkm_target(values: Values, shops: _Shops) -> Target:
    headings = HEADINGS[Kind.UMKM]
    if "code" in values:
        return _coded(values["code"], shops.by_code)
    for key in ("title", "region_id"):
        if key not in values:
            raise Refused(SheetReason.MISSING, column=headings[key])
    found = shops.named(values["title"], values["region_id"])
    if len(found) > 1:
        raise Refused(Reason.SEVERAL, column=headings["title"])
    new = (fold(values["title"]), values["region_id"])
    return Target(found[0], page=found[0]) if found else Target(new)


def _product_target(values: Values, shops: _Shops, products: _Products) -> Target:
    headings = HEADINGS[Kind.PRODUCT]
    if "code" in values:
        target = _coded(values["code"], products.by_code)
        if _names_a_shop(values) and _shop(values, shops) != products.shop_of.get(target.page or 0):
            raise Refused(Reason.OTHER_SHOP, column=headings["code"])
        return target
    shop = _shop(values, shops)
    if "title" not in values:
        raise Refused(SheetReason.MISSING, column=headings["title"])
    new = (shop, fold(values["title"]))
    found = products.by_name.get(new, set())
    if len(found) > 1:
        raise Refused(Reason.SEVERAL, column=headings["title"])
    for pk in found:
        return Target(pk, page=pk)
    return Target(new, shop=shop)


def _coded(code: str, by_code: Mapping[str, int]) -> Target:
    page = by_code.get(code)
    if page is None:
        raise Refused(Reason.NO_CODE, column=HEADINGS[Kind.UMKM]["code"])
    return Target(page, page=page)


def _names_a_shop(values: Values) -> bool:
    return "shop_code" in values or "shop_name" in values


def _shop(values: Values, shops: _Shops) -> int:
    """The page of the shop that a product's row names."""
    headings = HEADINGS[Kind.PRODUCT]
    if "shop_code" in values:
        page = shops.by_code.get(values["shop_code"])
        if page is None:
            raise Refused(Reason.NO_CODE, column=headings["shop_code"])
        return page
    if "shop_name" not in values:
        raise Refused(SheetReason.MISSING, column=headings["shop_name"])
    found = shops.named(values["shop_name"], values.get("shop_region"))
    if len(found) != 1:
        reason = Reason.SEVERAL if found else Reason.NO_SHOP
        raise Refused(reason, column=headings["shop_name"])
    return found[0]
