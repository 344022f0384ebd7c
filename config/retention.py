"""What is kept how long: every kind of data that goes by itself, and the tick of beat that lets it.

docs/privacy.md repeats the table in words for people; a test holds the two together. Each app owns
its rule; here stands only that there is one.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """One kind of data: how long, with settings by name, and the name of its tick in beat."""

    what: str
    how_long: str
    tick: str


ACTIVATIONS = "marketplace-forget-activations"
RECEIPTS = "marketplace-remove-due-receipts"
SIGN_INS = "accounts-forget-sign-ins"
NOTICES = "social-forget-notices"

TABLE = (
    Kept(
        "A code to activate an account, asked for by mail",
        "1 hour",
        ACTIVATIONS,
    ),
    Kept("A code to activate an account, on paper", "7 days", ACTIVATIONS),
    Kept("That the address in the personnel file was told of an activation", "7 days", ACTIVATIONS),
    Kept(
        "What a file of the personnel office says, encrypted",
        "until it is carried over, 1 day at most",
        "marketplace-carry-stale-personnel",
    ),
    Kept(
        "Everything that says who somebody is, after they withdrew their consent",
        "71 hours",
        "marketplace-erase-who-withdrew",
    ),
    Kept(
        "Everything of an ASN whose service ended",
        "`FORMER_ASN_DAYS` after their last day",
        "marketplace-forget-former",
    ),
    Kept(
        "The sign-in of an ASN whose service ended",
        "until their last day is over",
        "marketplace-close-sign-ins",
    ),
    Kept(
        "What a single shop answered in the yearly survey",
        "365 days after the survey was closed",
        "marketplace-forget-survey-answers",
    ),
    Kept("The photo of a receipt", "`RECEIPT_DAYS`", RECEIPTS),
    Kept(
        "A file of a receipt that no purchase names",
        "1 to 2 days",
        RECEIPTS,
    ),
    Kept(
        "That a letter with one's own figures was sent, and of which period",
        "100 days",
        "marketplace-forget-letters",
    ),
    Kept("A session of the website", "12 hours", SIGN_INS),
    Kept("An app's token that has expired or was ended", "30 days", SIGN_INS),
    Kept("A program of another office that has expired or was revoked", "365 days", SIGN_INS),
    Kept("A secret of such a program that another took the place of", "30 days", SIGN_INS),
    Kept(
        "The first answer to an `Idempotency-Key`", "`IDEMPOTENCY_DAYS`", "core-purge-idempotency"
    ),
    Kept(
        "A change in the feeds, and its delivery to webhooks", "`OUTBOX_DAYS`", "core-prune-outbox"
    ),
    Kept(
        "A notice of the social media desk, and to whom it was brought",
        "90 days after it was settled",
        NOTICES,
    ),
    Kept(
        "When an approver of posts was away, and who stood in",
        "90 days after the last day",
        NOTICES,
    ),
    Kept(
        "A video of the social media desk, after the window of the last post that shows it",
        "90 days",
        "social-forget-videos",
    ),
    Kept(
        "A video of the social media desk that no post shows", "1 to 2 days", "social-forget-videos"
    ),
    Kept("Searches without result", "`SEARCH_MISS_DAYS`", "cms-forget-search-misses"),
)
