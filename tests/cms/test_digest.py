"""The digest of a page: the same for what visitors see alike, however it got there."""

from decimal import Decimal

import pytest

from cms.digest import page_digest
from cms.models import UmkmPage
from tests.cms.factories import UmkmPageFactory

pytestmark = pytest.mark.django_db


def test_a_page_reads_back_with_the_digest_it_was_published_with() -> None:
    story = [("paragraph", "<p>Sejak 1998.</p>")]
    page = UmkmPageFactory(latitude=Decimal("-7.98"), longitude=Decimal("112.6"), story=story)

    read_back = UmkmPage.objects.get(pk=page.pk)
    assert page_digest(read_back) == read_back.umkm_row.page_digest
    read_back.save_revision().publish()
    assert page_digest(UmkmPage.objects.get(pk=page.pk)) == read_back.umkm_row.page_digest
