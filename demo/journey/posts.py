"""Promotion and posts: made by an editor, changed by an author, signed by a second person, out."""

import re
from datetime import date, timedelta
from typing import Any

from demo.journey.browser import Form, Page
from demo.journey.pages import EDITOR
from demo.journey.walk import Walk, expect, expect_equal, expect_status, wait_for

AUTHOR, SECOND_PERSON = "penulis", "penyetuju"
PROMOTIONS = "/admin/promosi/"
DESK = "/admin/media-sosial/"
SITE, BY_HAND = "Situs Kota", "Saluran WhatsApp Kota"
CHANGED = "Ditulis ulang oleh tim media sosial."


def editor_makes_a_promotion(walk: Walk) -> str:
    """The editor makes a promotion of the shop and its product in the admin and publishes it."""
    today = _today(walk)
    said = _promotion(walk, title=title_of(walk), starts=today, ends=today + timedelta(days=7))
    page = _publish(walk, said, channels=_channels(walk))
    walk.facts.promotion_pages = [_posts_page(walk, title_of(walk))]
    listed = expect_status(walk.anybody.get("/api/v1/promotions"), 200).json()["results"]
    mine = [one for one in listed if one["title"] == title_of(walk)]
    expect_equal(len(mine), 1, "running promotions of that title in /api/v1/promotions")
    return f"{page.text_of('.messages')[:120]!r}, in /api/v1/promotions"


def label_stands_on_the_page(walk: Walk) -> str:
    """While it runs, its label stands on the UMKM's page."""
    page = walk.visitor.get(walk.facts.umkm_page)
    expect(title_of(walk) in page.text, "the UMKM's page does not show the promotion")
    return f"{title_of(walk)!r} on {walk.facts.umkm_page}"


def editor_makes_posts(walk: Walk) -> str:
    """The editor makes posts of it: one per chosen channel, once."""
    _make_posts(walk, walk.facts.promotion_pages[0])
    walk.facts.posts = _posts_of(walk, title_of(walk))
    expect_equal(sorted(walk.facts.posts), sorted(_channels(walk)), "channels with a post")
    return f"{len(walk.facts.posts)} posts: {', '.join(walk.facts.posts)}; pressed twice, once made"


def author_changes_the_words(walk: Walk) -> str:
    """The author of the social media team changes the words and submits the post again."""
    browser, address = walk.browser(AUTHOR), post_page(walk, SITE)
    form = browser.get(f"{address}edit/").form(having="caption")
    caption = dict(form.fields())["caption"]
    saved = form.send({"caption": f"{caption.strip()}\n\n{CHANGED}"})
    expect_equal(saved.status, 200, f"the edit ({saved.text_of('.messages, .errorlist')})")
    browser.get(address).form(leading_to="/submit/").send()
    expect_equal(state_of(walk, SITE), "submitted", "the post's state")
    return "edited, submitted, waiting for approval"


def author_cannot_approve(walk: Walk) -> str:
    """The author, who may approve others' posts, cannot approve this one: page, door and API."""
    page = walk.browser(AUTHOR).get(post_page(walk, SITE))
    expect(not page.has_form(leading_to="/approve/"), "the author is offered to approve")
    app, address = walk.app(AUTHOR), _api(walk, SITE)
    digest = expect_status(app.get(address), 200).json()["digest"]
    refused = expect_status(app.post(f"{address}/approve", {"digest": digest}), 403)
    csrf = dict(page.form(leading_to=DESK).fields())["csrfmiddlewaretoken"]
    fields = [("csrfmiddlewaretoken", csrf), ("digest", digest)]
    walk.browser(AUTHOR).post(
        f"{walk.base_url}{post_page(walk, SITE)}approve/", fields, referer=str(page.address)
    )
    expect_equal(state_of(walk, SITE), "submitted", "the post's state after the attempt")
    return f"no button, and 403 {refused.json()['type']}"


def second_person_approves(walk: Walk) -> str:
    """A second person approves the posts, each as it stands."""
    for channel in walk.facts.posts:
        shown = walk.browser(SECOND_PERSON).get(post_page(walk, channel))
        page = shown.form(leading_to="/approve/").send()
        expect_equal(page.status, 200, "the page after approving")
        expect(state_of(walk, channel) in ("waiting", "claimed", "published"), page.text[:300])
    return f"certificates for {', '.join(walk.facts.posts)}"


def post_is_published(walk: Walk) -> str:
    """Within seconds the post stands on the city's site, in its Atom and JSON feeds and the API."""
    wait_for(lambda: CHANGED in _news(walk), "the post on /kabar/")
    news = walk.visitor.get("/kabar/")
    atom = expect_status(walk.visitor.raw("/kabar/atom.xml"), 200)
    feed = expect_status(walk.visitor.raw("/kabar/feed.json"), 200)
    expect(title_of(walk) in news.text, "the post is not on /kabar/")
    expect(title_of(walk) in atom.text and "<feed" in atom.text, "the post is not in the Atom feed")
    items = [one for one in feed.json()["items"] if title_of(walk) in str(one)]
    expect_equal(len(items), 1, "items of the post in the JSON feed")
    listed = expect_status(walk.anybody.get("/api/v1/posts"), 200).json()["results"]
    mine = [one for one in listed if CHANGED in one["caption"] and title_of(walk) in one["caption"]]
    expect_equal(len(mine), 1, "posts in /api/v1/posts")
    return f"{mine[0]['permalink']}, in /kabar/, atom.xml and feed.json"


def by_hand_is_handed_in(walk: Walk) -> str:
    """The by-hand post waits for a person, who hands in the link to it."""
    expect_equal(state_of(walk, BY_HAND), "waiting", "the by-hand post's state")
    form = walk.browser(AUTHOR).get(post_page(walk, BY_HAND)).form(leading_to="/hand-in/")
    proof = f"https://saluran.contoh.invalid/{walk.code}"
    page = form.send(_proof(form, proof))
    expect_equal(state_of(walk, BY_HAND), "published", f"its state ({page.text_of('.messages')})")
    return f"published, with {proof}"


def waiting_posts_are_held(walk: Walk) -> str:
    """A post about the shop that still waited is held within seconds."""
    wait_for(lambda: state_of(walk, "", number=walk.facts.held) == "held", "the held post")
    reason = expect_status(walk.app(AUTHOR).get(_api_of(walk.facts.held)), 200).json()["reason"]
    return f"held: {reason!r}"


def another_post_waits(walk: Walk) -> str:
    """A second promotion begins tomorrow: its post is approved and waits."""
    title, tomorrow = f"Besok {walk.code}", _today(walk) + timedelta(days=1)
    said = _promotion(walk, title=title, starts=tomorrow, ends=tomorrow + timedelta(days=3))
    _publish(walk, said, channels=[SITE])
    walk.facts.promotion_pages.append(_posts_page(walk, title))
    _make_posts(walk, walk.facts.promotion_pages[-1])
    walk.facts.held = _posts_of(walk, title)[SITE]
    address = f"{DESK}{walk.facts.held}/"
    walk.browser(SECOND_PERSON).get(address).form(leading_to="/approve/").send()
    state = state_of(walk, "", number=walk.facts.held)
    expect_equal(state, "waiting", "the state of tomorrow's post")
    return f"{title!r} waits for tomorrow"


def author_withdraws_the_post(walk: Walk) -> str:
    """The author withdraws the published post; the site and its feeds no longer show it."""
    form = walk.browser(AUTHOR).get(post_page(walk, SITE)).form(leading_to="/withdraw/")
    form.send({"reason": "Jelajah selesai"})
    expect_equal(state_of(walk, SITE), "withdrawn", "the post's state")
    wait_for(lambda: title_of(walk) not in walk.visitor.raw("/kabar/feed.json").text, "its absence")
    expect(title_of(walk) not in walk.visitor.get("/kabar/").text, "it still stands on /kabar/")
    return "withdrawn, gone from /kabar/ and feed.json"


def editor_ends_the_promotions(walk: Walk) -> str:
    """The editor unpublishes both promotions: apps no longer read them."""
    for address in walk.facts.promotion_pages:
        number = address.removeprefix(PROMOTIONS).partition("/")[0]
        page = walk.browser(EDITOR).get(f"{PROMOTIONS}unpublish/{number}/")
        page.form(leading_to="unpublish").send()
    listed = expect_status(walk.anybody.get("/api/v1/promotions"), 200).json()["results"]
    expect(walk.code not in str([one["title"] for one in listed]), "one is still running")
    return f"{len(walk.facts.promotion_pages)} promotions ended: the next walk finds a tidy city"


# --- The promotion's form ------------------------------------------------------------------------


def _channels(walk: Walk) -> list[str]:
    """The city's own, and the platforms that were connected on this walk."""
    return [SITE, BY_HAND, *walk.facts.platforms.values()]


def title_of(walk: Walk) -> str:
    """What the promotion of this walk is called: it stands in the words of all its posts."""
    return f"Pekan Jelajah {walk.code}"


def _today(walk: Walk) -> date:
    """The city's day, not this computer's."""
    return date.fromisoformat(walk.facts.part_before["today"])


def _promotion(walk: Walk, *, title: str, starts: date, ends: date) -> dict[str, Any]:
    return {
        "title": title,
        "message": "Cobalah pecel dari warung tetangga minggu ini.",
        "starts": starts.isoformat(),
        "ends": ends.isoformat(),
        **_chosen("promoted_umkm", "umkm", _choose(walk, "pilih-umkm", walk.facts.umkm["name"])),
        **_chosen(
            "promoted_products",
            "product",
            _choose(walk, "pilih-produk", walk.facts.product["name"]),
        ),
    }


def _chosen(rows: str, field: str, number: str) -> dict[str, str]:
    """One row of an inline form, as the script of Wagtail's chooser adds it."""
    return {
        f"{rows}-TOTAL_FORMS": "1",
        f"{rows}-0-{field}": number,
        f"{rows}-0-id": "",
        f"{rows}-0-ORDER": "1",
        f"{rows}-0-DELETE": "",
    }


def _choose(walk: Walk, chooser: str, name: str) -> str:
    """The number that the chooser offers for a name."""
    address = f"{PROMOTIONS}{chooser}/results/"
    page = walk.browser(EDITOR).get(address, q=name)
    found = re.search(r"/chosen/(\d+)/", page.link(name))
    expect(found, f"{address} does not offer {name!r}: {page.status} {page.text[:200]}")
    assert found is not None
    return found[1]


def _publish(walk: Walk, said: dict[str, Any], *, channels: list[str]) -> Page:
    form = walk.browser(EDITOR).get(f"{PROMOTIONS}add/").form(having="message")
    boxes = [form.choice("channels", name) for name in channels]
    page = form.send({**said, "channels": boxes, "action-publish": "action-publish"})
    errors = page.text_of(".messages, .error-message, .errorlist")
    expect(page.status == 200 and "/add/" not in str(page.address), f"the form came back: {errors}")
    return page


def _posts_page(walk: Walk, title: str) -> str:
    """Where the posts of a promotion are made, found from the list."""
    page = walk.browser(EDITOR).get(PROMOTIONS, q=title)
    found = re.search(r"/promosi/edit/(\d+)/", page.link(title))
    expect(found, f"{PROMOTIONS} does not list {title!r}: {page.text[:300]}")
    assert found is not None
    return f"{PROMOTIONS}{found[1]}/posting/"


def _make_posts(walk: Walk, address: str) -> None:
    """Press the button, and press it again: what was made stands once."""
    form = _posting_form(walk.browser(EDITOR).get(address))
    made = len(form.send().soup.select("[data-post]"))
    again = len(form.send().soup.select("[data-post]"))
    expect(made, f"{address} shows no posts after making them")
    expect_equal(again, made, "posts after pressing twice")


def _posting_form(page: Page) -> Form:
    forms = [Form(page, tag) for tag in page.soup.select("main form[method=post]")]
    expect(forms, f"no button to make posts on {page.address}: {page.text[:300]}")
    return forms[-1]


# --- The desk ------------------------------------------------------------------------------------


def _posts_of(walk: Walk, title: str) -> dict[str, str]:
    """The posts of a promotion by channel, as the desk's API lists them."""
    listed = expect_status(walk.app(AUTHOR).get("/api/v1/social/posts", page_size=100), 200)
    mine = [one for one in listed.json()["results"] if one["caption"].startswith(title)]
    return {one["channel"]["name"]: one["id"] for one in mine}


def post_page(walk: Walk, channel: str) -> str:
    """Where the desk shows the post of a channel."""
    return f"{DESK}{walk.facts.posts[channel]}/"


def _api(walk: Walk, channel: str) -> str:
    return _api_of(walk.facts.posts[channel])


def _api_of(number: str) -> str:
    return f"/api/v1/social/posts/{number}"


def state_of(walk: Walk, channel: str, *, number: str = "") -> str:
    """Where a post stands, by the API."""
    address = _api_of(number) if number else _api(walk, channel)
    return str(expect_status(walk.app(AUTHOR).get(address), 200).json()["state"])


def _news(walk: Walk) -> str:
    """The city's news, with the post of this walk opened where the list shortens it."""
    page = walk.visitor.get("/kabar/")
    link = page.link(title_of(walk)) or next(
        (one for one in page.links() if walk.facts.posts[SITE] in one), ""
    )
    return walk.visitor.get(link).text if link else ""


def _proof(form: Form, link: str) -> dict[str, str]:
    """Whatever the form calls the link to what was posted."""
    names = [name for name, _value in form.fields() if name != "csrfmiddlewaretoken"]
    expect(names, "the form to hand in asks for nothing")
    return {names[0]: link}
