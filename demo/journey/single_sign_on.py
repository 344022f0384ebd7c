"""Signing in with the city's own OpenID Connect, at the provider that `make journey` starts."""

from demo.journey.browser import Page
from demo.journey.walk import Walk, expect, expect_equal
from demo.signins import BY_PROVIDER

MINE = "/belanja/"
STRANGER = "199008172015042002"
NOT_WALKED = "not walked: no provider was started beside this system"


def asn_signs_in_at_the_provider(walk: Walk) -> str:
    """An ASN signs in at the city's provider and lands on Belanjaku as themselves; so again."""
    if not walk.has_provider:
        return NOT_WALKED
    first, second = (_signed_in_as(walk, BY_PROVIDER) for _ in range(2))
    expect(first.endswith(BY_PROVIDER[-3:]), f"signed in as {first}")
    expect_equal(second, first, "who it is the second time")
    return f"{first}, found by the NIP and then by the subject"


def provider_opens_no_other_door(walk: Walk) -> str:
    """A NIP that the file does not know and a nonce of another browser are refused."""
    if not walk.has_provider:
        return NOT_WALKED
    unknown = _came_back(walk, STRANGER)
    tampered = _came_back(walk, BY_PROVIDER, nonce="dari-peramban-lain")
    for page in (unknown, tampered):
        expect_equal(page.status, 403, "the answer")
        expect("/masuk/" in str(page.browser.get(MINE).address), "they are signed in all the same")
    expect("berkas kepegawaian" in unknown.text, "it is not said what to do")
    return "403 and no session for both"


def _signed_in_as(walk: Walk, nip: str) -> str:
    """The NIP as their own page shows it, masked."""
    page = _came_back(walk, nip)
    expect_equal(page.address.path, MINE, "where the sign-in led")
    expect_equal(page.text_of("h1"), "Belanjaku", "the page it led to")
    mine = page.browser.get("/data-saya/")
    expect(nip not in mine.text + str(page.address), "the whole NIP is shown")
    return mine.text_of("dt:-soup-contains('NIP') + dd")


def _came_back(walk: Walk, nip: str, **tampered: str) -> Page:
    """What the site answers to who signs in at the provider with this number."""
    browser = walk.newcomer()
    door = browser.get(MINE)
    ways = [link for link in door.links() if "/masuk/sso/" in link]
    expect(ways, "the sign-in page does not lead to the provider")
    return browser.get(ways[0]).form(having="nip").send({"nip": nip, **tampered})
