"""Figures about others have one door: read from the source, no other module looks behind it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

APPS = ["accounts", "cms", "config", "core", "marketplace", "promotions", "social"]
ROWS = {
    "Purchase",
    "Void",
    "PurchaseItem",
    "CirculationCell",
    "CirculationMonth",
    "BuyerMonth",
    "Block",
    "Release",
    "Residents",
    "Staff",
    "ShopReach",
    "ShopTakings",
    "CounterStep",
    "Spread",
    "Stayed",
    "Turnout",
}
TABLES = (
    "purchase",
    "void",
    "purchaseitem",
    "circulationcell",
    "circulationmonth",
    "buyermonth",
    "block",
    "release",
    "residents",
    "staff",
    "shopreach",
    "shoptakings",
    "counterstep",
    "spread",
    "stayed",
    "turnout",
)
ROLLUPS = {"circulation.total", "circulation.turnover"}
LAST_WORDS = {"objects", "total", "turnover", "standing", "aggregate"}
"""What a look ends with: nothing else has to be written out to be compared."""

OF_THE_LEDGER = {
    "marketplace/booked.py",  # the rows of months to close
    "marketplace/books.py",  # in which month a purchase counts
    "marketplace/circulation.py",  # keeps the rollups, for the auditor
    "marketplace/closing.py",  # cuts the blocks
    "marketplace/counter.py",  # moves the city's counter
    "marketplace/models/counter.py",  # its triggers
    "marketplace/frozen.py",  # keeps the blocks that the one door reads
    "marketplace/models/releases.py",  # its triggers
    "marketplace/reach.py",  # counts who shopped at a shop, for closing
    "marketplace/releases.py",  # the one door
    "marketplace/spread.py",  # counts shops, for closing
    "marketplace/turnout.py",  # counts people, for closing
}
OF_ONESELF = {
    "marketplace/diary.py",
    "marketplace/favourites.py",
    "marketplace/my_data.py",
    "marketplace/neighbourhood.py",
    "marketplace/participation.py",
    "marketplace/purchases.py",
    "marketplace/receipts.py",
    "marketplace/year_card.py",
}
OF_RECORDING = "marketplace/recording.py"
"""Writes a purchase, and reads of those before it one alone: its buyer's under the same key."""

OF_THE_AUDITOR = "marketplace/api/figures.py"
OF_PROPOSALS = "marketplace/proposals.py"
"""Tells an editor new, several or many of a shop without a page; no sum, no day, no person."""

OF_KEEPING = "marketplace/keeping.py"
"""Tells whoever removes a page whether a purchase leads there: yes or no."""

OF_ERASING = "marketplace/erasure.py"
"""Empties words and lets go of rows; it reads no sum and tells nothing."""

OF_MARKS = "marketplace/marks.py"
"""Compares a purchase with its own buyer's before it; writes marks, tells nothing."""

OF_AUDITING = "marketplace/auditing.py"
"""Shows an auditor marked purchases, one by one, by pseudonym; whoever asks logs the look."""


OF_RECOGNITION = "marketplace/recognition.py"
"""Counts the weeks in which who asked to be thanked by name bought something; no sum."""


def sources() -> list[str]:
    """The path of every module of the apps, without migrations."""
    root = Path(settings.BASE_DIR)
    paths = [path for app in APPS for path in sorted((root / app).rglob("*.py"))]
    return [path.relative_to(root).as_posix() for path in paths if "migrations" not in path.parts]


def source(path: str) -> ast.Module:
    """A module; none is kept: beside all other trees each takes twice as long to read."""
    return ast.parse((Path(settings.BASE_DIR) / path).read_text())


def looks(module: ast.Module) -> Iterator[str]:
    """Each way by which a module reads rows of purchases or of what is summed from them."""
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr in LAST_WORDS:
            said = ast.unparse(node)
            owner = said.removesuffix(".objects").split(".")[-1]
            if said.endswith(".objects") and owner in ROWS:
                yield said
            if said in ROLLUPS or said.endswith(("purchases.standing", "purchases.aggregate")):
                yield said
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from names_in(node.value)


def names_in(text: str) -> Iterator[str]:
    """Tables in SQL, and lookups across a relation to purchases such as `purchases__amount`."""
    words = text.replace('"', " ").replace("(", " ").replace(")", " ").replace(".", " ").split()
    tables = {f"marketplace_{table}" for table in TABLES}
    for word in words:
        if word in tables or word.startswith(("purchases__", "purchase__", "blocks__")):
            yield word


def functions_with(module: ast.Module, said: str) -> list[str]:
    """The functions that say so."""
    functions = (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef))
    return [text for text in map(ast.unparse, functions) if said in text]


def test_no_view_page_serializer_or_tag_sums_purchases_itself() -> None:
    allowed = (
        OF_THE_LEDGER
        | OF_ONESELF
        | {
            OF_RECORDING,
            OF_THE_AUDITOR,
            OF_PROPOSALS,
            OF_KEEPING,
            OF_MARKS,
            OF_AUDITING,
            OF_ERASING,
            OF_RECOGNITION,
        }
    )

    found = {path: sorted(set(looks(source(path)))) for path in sources() if path not in allowed}

    assert {path: said for path, said in found.items() if said} == {}


def test_the_api_of_figures_reads_the_rollups_for_the_auditor_alone() -> None:
    module = source(OF_THE_AUDITOR)

    assert sorted(set(looks(module))) == ["circulation.total"]
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and "circulation.total" in ast.unparse(node):
            assert "permission_classes = [IsAuditor]" in ast.unparse(node)
            assert ast.unparse(node).index("audit.record") < ast.unparse(node).index(
                "circulation.total"
            )


def test_the_queue_of_proposed_shops_counts_in_the_database_and_tells_a_band() -> None:
    module = source(OF_PROPOSALS)

    assert sorted(set(looks(module))) == ["Purchase.objects"]
    [reads] = functions_with(module, "Purchase.objects")
    assert reads.startswith("def _purchases(")
    [asks] = [said for said in functions_with(module, "_purchases(") if said != reads]
    assert ".alias(named=_purchases(" in asks  # an alias leaves no count on the row


def test_which_rows_must_stay_is_all_that_is_told_of_what_was_bought() -> None:
    module = source(OF_KEEPING)

    assert sorted(set(looks(module))) == ["Purchase.objects", "PurchaseItem.objects"]
    [reads] = functions_with(module, "Purchase.objects")
    assert reads.startswith("def needed(pages: Sequence[Page]) -> set[int]:")
    told = set(re.findall(r"\.values_list\('(\w+)'\)", reads))
    assert told == {"umkm__page", "product__page", "merged_into__page"}
    assert reads.count(".objects") == reads.count(".values_list(")


def test_an_erasure_reads_no_sum() -> None:
    module = source(OF_ERASING)

    assert sorted(set(looks(module))) == ["Purchase.objects", "Void.objects"]
    assert not {"Sum", "Count", "aggregate"} & set(re.findall(r"\w+", ast.unparse(module)))


def test_thanks_by_name_know_weeks_of_named_buyers_and_no_sum() -> None:
    module = source(OF_RECOGNITION)

    assert set(looks(module)) == {"marketplace_purchase", "marketplace_void"}
    said = ast.unparse(module)
    assert said.count("FROM marketplace_purchase") == 1
    assert "p.buyer_id = ANY(%s)" in said
    assert "amount" not in said


def test_recording_reads_its_buyers_purchase_under_its_key_and_no_other() -> None:
    said = ast.unparse(source(OF_RECORDING))

    assert set(looks(source(OF_RECORDING))) == {
        "marketplace_purchase",
        "marketplace_purchaseitem",
    }
    assert said.count("JOIN marketplace_purchase ") == 1
    assert "before.buyer_id = asn.buyer_id AND before.client_key = %s" in said
    assert not re.search(r"FROM marketplace_purchase|\b(sum|count)\(", said)


def test_a_purchase_is_marked_beside_its_own_buyers_alone() -> None:
    module = source(OF_MARKS)

    assert set(looks(module)) == {"Purchase.objects"}
    reads = functions_with(module, "Purchase.objects")
    assert all("purchase.buyer_id" in said or "public_id__in" in said for said in reads)


def test_an_auditor_sees_marked_purchases_only_and_no_sum() -> None:
    module = source(OF_AUDITING)

    reads = functions_with(module, "Purchase.objects")
    shown = [said for said in reads if ".values('buyer')" not in said]
    assert ["filter(pk__in=Mark.objects.values('purchase'))" in said for said in shown] == [True]
    assert not {"Sum", "Count", "aggregate"} & set(re.findall(r"\w+", ast.unparse(module)))


@pytest.mark.parametrize("path", sorted(OF_ONESELF))
def test_ones_own_figures_come_from_ones_own_purchases(path: str) -> None:
    module = source(path)

    reads = functions_with(module, "Purchase.objects")

    assert reads
    assert [said for said in reads if "asn.buyer" not in said] == []
    assert not {"CirculationCell", "CirculationMonth", "Block"} & {
        node.id for node in ast.walk(module) if isinstance(node, ast.Name)
    }


@pytest.mark.parametrize(
    "said",
    [
        "Purchase.objects.aggregate(Sum('amount'))",
        "models.CirculationCell.objects.filter(day=today)",
        "umkm.purchases.aggregate(n=Count('buyer'))",
        "buyer.purchases.standing()",
        "Umkm.objects.annotate(money=Sum('purchases__amount'))",
        "cursor.execute('SELECT sum(amount) FROM marketplace_purchase WHERE true')",
        "circulation.total(home=code)",
        "Block.objects.get(pk=1)",
    ],
)
def test_the_watch_would_notice(said: str) -> None:
    assert list(looks(ast.parse(said)))
