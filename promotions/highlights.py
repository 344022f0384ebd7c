"""The label of a running promotion on the pages of its shops, written into cms.Highlight."""

from cms.models import Highlight
from promotions.models import Promotion


def renew(promotion: Promotion) -> None:
    """Write the label on each shop's page, and take it off those that no longer show it.

    The days stand in the row, so that nothing has to run when the promotion begins or ends.
    """
    source = f"promotion:{promotion.public_id}"
    pages = _pages(promotion) if promotion.live else set()
    Highlight.objects.filter(source=source).exclude(page_id__in=pages).delete()
    for page in pages:
        Highlight.objects.update_or_create(
            page_id=page,
            source=source,
            defaults={
                "label": promotion.title,
                "starts": promotion.starts,
                "until": promotion.ends,
            },
        )


def _pages(promotion: Promotion) -> set[int]:
    return {shop.page_id for shop in promotion.shops if shop.page_id is not None}
