"""What a chart draws stands for what it was given."""

from core.charts import COLUMNS_HEIGHT, GAUGE_WIDTH, Point, columns, gauge, segments


def test_the_largest_value_fills_the_height_and_half_of_it_half() -> None:
    largest, half = columns([Point("Jan", 200), Point("Feb", 100)])

    assert float(largest.height) == COLUMNS_HEIGHT
    assert float(half.height) == COLUMNS_HEIGHT / 2
    assert float(half.y) + float(half.height) == COLUMNS_HEIGHT


def test_a_month_of_nothing_is_still_seen() -> None:
    (nothing,) = columns([Point("Mar", 0)])

    assert float(nothing.height) > 0


def test_shares_follow_each_other_and_fill_the_ring() -> None:
    found = segments([Point("RT", 1), Point("RW", 1), Point("Kota", 2)])

    assert [segment.percent for segment in found] == [25, 25, 50]
    assert [float(segment.offset) for segment in found] == [0, -25, -50]
    assert sum(float(segment.length) for segment in found) == 100


def test_nothing_at_all_has_no_shares() -> None:
    assert segments([Point("RT", 0)]) == []


def test_an_amount_beyond_the_zone_stays_on_the_scale() -> None:
    shape = gauge(9_000, low=300, high=500)

    assert float(shape.fill) == GAUGE_WIDTH
    assert float(shape.zone_end) < GAUGE_WIDTH
