"""The journey: the main job walked over HTTP against a running system, never its database.

A step is a function: its docstring says what should happen, its answer what was seen. The first
step that did not happen ends the walk. Each walk makes its own shop and promotion, so that it can
be walked again and again.
"""

from collections.abc import Callable

from demo.journey import (
    catalogue,
    figures,
    ledger,
    pages,
    platforms,
    posts,
    proposals,
    purchases,
    refusals,
    single_sign_on,
)
from demo.journey.walk import DidNotHappen, Walk

Step = Callable[[Walk], str]

STEPS: tuple[Step, ...] = (
    pages.system_is_a_demo,
    catalogue.app_notes_where_it_stands,
    pages.editor_signs_in,
    pages.editor_publishes_umkm,
    pages.editor_publishes_product,
    pages.visitors_see_them,
    pages.apps_read_them,
    catalogue.visitor_browses_a_place,
    catalogue.visitor_mistypes,
    catalogue.visitor_finds_nothing,
    catalogue.visitor_looks_around,
    catalogue.visitor_opens_the_product,
    catalogue.pages_speak_to_machines,
    catalogue.app_reads_what_changed,
    purchases.asn_signs_in_over_the_api,
    purchases.asn_agrees_to_take_part,
    figures.auditor_looks_before,
    figures.outsiders_may_not_look,
    purchases.asn_records,
    purchases.same_request_changes_nothing,
    purchases.same_key_with_another_body_is_refused,
    purchases.own_participation_grew,
    figures.circulation_grew,
    figures.public_figures_stand_still,
    purchases.asn_voids,
    figures.circulation_is_back,
    purchases.asn_sees_what_is_kept,
    purchases.asn_names_an_unlisted_shop,
    proposals.editor_finds_the_named_shop,
    proposals.editor_merges_it,
    purchases.asn_records_on_the_website,
    purchases.asn_sees_and_voids_on_the_website,
    ledger.phone_sends_what_it_kept,
    ledger.asn_corrects_in_one_step,
    ledger.asn_adds_a_receipt,
    ledger.auditor_looks_and_its_owner_reads_of_it,
    ledger.asn_takes_the_history_along,
    single_sign_on.asn_signs_in_at_the_provider,
    single_sign_on.provider_opens_no_other_door,
    refusals.bad_purchases_are_refused,
    refusals.bad_requests_are_told,
    platforms.administrator_connects_platforms,
    posts.editor_makes_a_promotion,
    posts.label_stands_on_the_page,
    posts.editor_makes_posts,
    posts.author_changes_the_words,
    posts.author_cannot_approve,
    posts.second_person_approves,
    posts.post_is_published,
    platforms.posts_stand_on_the_platforms,
    posts.by_hand_is_handed_in,
    posts.another_post_waits,
    pages.editor_closes_the_umkm,
    posts.waiting_posts_are_held,
    platforms.posts_still_stand_once,
    platforms.author_takes_the_posts_back,
    platforms.administrator_pauses_the_channels,
    posts.author_withdraws_the_post,
    posts.editor_ends_the_promotions,
)


def walk_through(
    base_url: str, *, tell: Callable[[str], None], provider: bool = False, platforms: str = ""
) -> None:
    """Take every step, telling each with what was seen. Raises `DidNotHappen`.

    `provider` says that demo.openid_provider signs people in there, `platforms` where Telegram,
    Mastodon and Bluesky run beside it.
    """
    with Walk(base_url, provider=provider, platforms=platforms) as here:
        for number, step in enumerate(STEPS, start=1):
            tell(f"{number:2}. {_said(step)}")
            tell(f"    saw: {step(here)}")


def _said(step: Step) -> str:
    return (step.__doc__ or step.__name__).strip().splitlines()[0]


__all__ = ["STEPS", "DidNotHappen", "Walk", "walk_through"]
