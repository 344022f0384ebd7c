"""Posts on platforms of others, as `make journey` runs them beside the system by https."""

from typing import Any

import httpx

from demo.journey.posts import AUTHOR, DESK, post_page, state_of, title_of
from demo.journey.walk import Walk, expect, expect_equal, expect_status, wait_for

ADMINISTRATOR = "administrator"
CHANNELS = f"{DESK}saluran/"
NOT_WALKED = "not walked: no platforms were started beside this system"


def administrator_connects_platforms(walk: Walk) -> str:
    """An administrator connects Telegram, Mastodon and Bluesky; each answers, no key is shown."""
    if not walk.platforms:
        return NOT_WALKED
    for platform, keys in _ask(walk, "keys").items():
        name = f"{platform.capitalize()} {walk.code}"
        form = walk.browser(ADMINISTRATOR).get(f"{CHANNELS}baru/{platform}/").form(having="slug")
        page = form.send({"name": name, "slug": _slug(walk, platform), **keys})
        expect(_slug(walk, platform) in str(page.address), page.text_of(".messages, .desk-error"))
        expect("dapat menerbitkan" in page.text_of(".messages"), page.text_of(".messages"))
        secrets = [value for key, value in keys.items() if key in ("token", "password")]
        expect(not any(secret in page.answer.text for secret in secrets), "a key is shown")
        walk.facts.platforms[platform] = name
    return ", ".join(walk.facts.platforms.values())


def posts_stand_on_the_platforms(walk: Walk) -> str:
    """Within seconds the approved post stands on each platform, once."""
    if not walk.platforms:
        return NOT_WALKED
    for platform, channel in walk.facts.platforms.items():
        _wait_for_words(walk, platform)
        _wait_for_state(walk, channel, "published")
    return _once_each(walk)


def posts_still_stand_once(walk: Walk) -> str:
    """Later, after all that the walk did meanwhile, each still stands there once."""
    return _once_each(walk) if walk.platforms else NOT_WALKED


def author_takes_the_posts_back(walk: Walk) -> str:
    """The author withdraws them; each is withdrawn when its platform shows it no more."""
    if not walk.platforms:
        return NOT_WALKED
    for channel in walk.facts.platforms.values():
        form = walk.browser(AUTHOR).get(post_page(walk, channel)).form(leading_to="/withdraw/")
        form.send({"reason": "Jelajah selesai"})
    for platform, channel in walk.facts.platforms.items():
        _wait_for_state(walk, channel, "withdrawn")
        expect_equal(_seen(walk, platform), 0, f"posts that still stand on {platform}")
    return "gone from each, then withdrawn here"


def administrator_pauses_the_channels(walk: Walk) -> str:
    """The administrator pauses the three channels: the next walk finds a quiet desk."""
    if not walk.platforms:
        return NOT_WALKED
    for platform in walk.facts.platforms:
        address = f"{CHANNELS}{_slug(walk, platform)}/"
        page = walk.browser(ADMINISTRATOR).get(address).form(leading_to="/pause/").send()
        expect(page.has_form(leading_to="/resume/"), f"{address} is not paused")
    return f"{len(walk.facts.platforms)} channels paused"


def _wait_for_words(walk: Walk, platform: str) -> None:
    wait_for(lambda: _seen(walk, platform), f"the post on {platform}")


def _wait_for_state(walk: Walk, channel: str, state: str) -> None:
    wait_for(lambda: state_of(walk, channel) == state, f"that the post of {channel} is {state}")


def _once_each(walk: Walk) -> str:
    seen = {platform: _seen(walk, platform) for platform in walk.facts.platforms}
    expect_equal(set(seen.values()), {1}, f"how often the post stands ({seen})")
    return ", ".join(f"{platform}: {number}" for platform, number in seen.items())


def _seen(walk: Walk, platform: str) -> int:
    """How many posts of this walk stand there, by the platform's own word."""
    return sum(title_of(walk) in words for words in _ask(walk, "standing")[platform])


def _ask(walk: Walk, what: str) -> dict[str, Any]:
    """What the platforms say themselves, by the same https as to the system that posts there."""
    answer: dict[str, Any] = expect_status(httpx.get(f"{walk.platforms}/{what}"), 200).json()
    return answer


def _slug(walk: Walk, platform: str) -> str:
    return f"{platform}-{walk.code}"
