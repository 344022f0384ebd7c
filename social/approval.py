"""The certificate: submitted, looked at by a second person, compared again as it is sent."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from datetime import UTC
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from social import pace
from social.barring import reason_barred, refuse_barred
from social.channels import adapter_of, is_connected
from social.errors import (
    AlreadySigned,
    ChannelRetired,
    NotAnApprover,
    PostChanged,
    PostNotReady,
    SecondPersonNeeded,
    StepRefused,
    WindowOver,
)
from social.messages import as_read, draft_of, edit_post
from social.models import Approval, MessageContributor, Post, PostMedia, PostWording
from social.pausing import refuse_retired
from social.pictures import fit_picture
from social.states import lock_post, log_move, step

APPROVE = "social.approve_post"


def digest(post: Post) -> str:
    """SHA-256 over all that is sent: words, link, media, alt texts, channel, format, window.

    Computed from the tables each time; the version is part of it, so that an edit that is undone
    brings no old certificate back.
    """
    content = {
        "post": str(post.public_id),
        "version": post.version,
        "channel": post.channel_id,
        "caption": post.caption,
        "link": post.link,
        "window": [
            moment.astimezone(UTC).isoformat() for moment in (post.window_from, post.window_until)
        ],
        "media": [[one.sha256, one.alt] for one in post.pictures],
    }
    if post.video:
        content["video"] = [post.video.sha256, post.video_alt]
    if post.channel.format:
        content["format"] = post.channel.format
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


@transaction.atomic
def submit(post: Post, *, by: User) -> Post:
    """Ask for approval: check for the channel, freeze the pictures' final bytes, hand over.

    Raises `PostNotReady` with what is missing, `WindowOver`, `StepRefused`.
    """
    post = lock_post(post.pk)
    if post.window_until <= timezone.now():
        raise WindowOver
    if problems := problems_of(post):
        raise PostNotReady(fields=problems)
    if post.state == Post.State.DRAFT:
        _freeze_pictures(post)
        PostWording.objects.create(
            post=post,
            version=post.version,
            caption=post.caption,
            link=post.link,
            video=post.video,
            video_alt=post.video_alt,
        )
    return step(post, to=Post.State.SUBMITTED, actor=by)


def problems_of(post: Post) -> dict[str, list[str]]:
    """What keeps a post from being submitted, by field, in words for its author."""
    found: dict[str, list[str]] = {}
    for problem in adapter_of(post.channel).check(post):
        if not problem.blocks:
            continue
        found.setdefault(problem.field, []).append(str(problem.message))
    if post.channel.retired_at is not None:
        found.setdefault("channel", []).append(str(ChannelRetired.title))
    if not is_connected(post.channel):
        found.setdefault("channel", []).append(str(_("This channel is not connected yet.")))
    if (reason := reason_barred(post)) is not None:
        found.setdefault("media", []).append(reason)
    if (reason := pace.never_leaves(post)) is not None:
        found.setdefault("send_at", []).append(reason)
    return found


def advice_for(post: Post) -> list[str]:
    """What may go out as it stands but would do better otherwise, in words for people."""
    found = adapter_of(post.channel).check(post)
    later = pace.leaves_later(post)
    return [str(one.message) for one in found if not one.blocks] + ([later] if later else [])


@transaction.atomic
def approve(post: Post, *, by: User, seen: str) -> Approval:
    """Sign what was seen: the post may go out within its window, once enough people have.

    `seen` is the digest of what the signer was looking at. Raises `PostChanged` when the post is
    no longer that, `SecondPersonNeeded`, `NotAnApprover`, `AlreadySigned`, `PictureBarred`,
    `WindowOver`, `StepRefused`.
    """
    post = lock_post(post.pk)
    _check_signer(post, by)
    refuse_barred(post)
    refuse_retired(post)
    if post.state != Post.State.SUBMITTED:
        raise StepRefused(extra={"state": post.state})
    if seen != digest(post):
        raise PostChanged
    if post.window_until <= timezone.now():
        raise WindowOver
    if by.pk in signers_of(post):
        raise AlreadySigned
    approval = _sign(post, by=by, decision=Approval.Decision.APPROVED)
    if signatures_missing(post):
        log_move(post, actor=by, reason="signed-first")
    else:
        step(post, to=Post.State.WAITING, actor=by)
    return approval


def is_first_of_two(signed: Approval) -> bool:
    """Whether a signature that was just given needs another person's beside it."""
    return signed.post.state == Post.State.SUBMITTED


@transaction.atomic
def request_changes(post: Post, *, by: User, reason: str, suggested_wording: str = "") -> Approval:
    """Send a post back to its author, with a reason and perhaps other words.

    The suggestion stays the signer's: accepted by the author it becomes the author's, so that
    the same two people suffice. Raises as `approve` does.
    """
    post = lock_post(post.pk)
    _check_signer(post, by)
    if not reason.strip():
        raise PostNotReady(fields={"reason": [_("Say what should change.")]})
    approval = _sign(
        post,
        by=by,
        decision=Approval.Decision.CHANGES_ASKED,
        reason=reason.strip(),
        suggested_wording=suggested_wording.strip(),
    )
    step(post, to=Post.State.DRAFT, actor=by, reason="changes-asked")
    return approval


def accept_suggestion(post: Post, *, by: User, version: int) -> Post:
    """Take over the wording suggested last; from then on it is `by` who wrote it."""
    suggestion = suggestion_for(post)
    if suggestion is None:
        raise StepRefused
    draft = draft_of(post)
    changed = type(draft)(**{**vars(draft), "caption": suggestion.suggested_wording})
    return edit_post(post, by=by, version=version, draft=changed)


def suggestion_for(post: Post) -> Approval | None:
    """The other wording that came with the last request for changes, while it is unanswered."""
    last = post.approvals.select_related("signer").last()
    if last is None or last.version != post.version - 1:
        return None
    return last if last.suggested_wording else None


def covers(post: Post) -> bool:
    """Whether a certificate covers the post exactly as it stands, by other people's hands.

    It covers no picture that was barred since.
    """
    words = _words_on(post)
    return (
        bool(words)
        and words[-1]["decision"] == Approval.Decision.APPROVED
        and not _missing(post, _signers(post, words))
        and (not post.pictures or reason_barred(post) is None)
    )


def signatures_missing(post: Post) -> int:
    """How many more people have to sign the post as it stands, on its channel."""
    return _missing(post, signers_of(post))


def signers_of(post: Post) -> set[int]:
    """Keys of the people who signed exactly this and contributed none of it."""
    return _signers(post, _words_on(post))


def certificate_of(post: Post) -> Approval | None:
    """The last word on the present version, if it was yes."""
    last = post.approvals.filter(version=post.version).last()
    approved = last is not None and last.decision == Approval.Decision.APPROVED
    return last if approved else None


def contributed(post: Post, user_id: int) -> bool:
    """Whether this person wrote or changed anything of the post's message."""
    named = MessageContributor.objects.filter(message_id=post.message_id, user_id=user_id)
    return named.exists()


def may_sign(post: Post, user: User) -> bool:
    """Whether this person could be the second person for this post."""
    return user.has_perm(APPROVE) and not contributed(post, user.pk)


def waiting_for(user: User) -> QuerySet[Post]:
    """Posts that wait for this person's signature: of others, and not signed by them yet."""
    if not user.has_perm(APPROVE):
        return Post.objects.none()
    waiting = Post.objects.filter(state=Post.State.SUBMITTED, window_until__gt=timezone.now())
    return waiting.filter(open_to(user))


def open_to(user: User) -> Q:
    """The condition on posts that this person wrote none of and has not signed as they stand."""
    own = MessageContributor.objects.filter(message=OuterRef("message"), user=user)
    signed = Approval.objects.filter(
        post=OuterRef("pk"),
        version=OuterRef("version"),
        signer=user,
        decision=Approval.Decision.APPROVED,
    )
    return ~Q(Exists(own)) & ~Q(Exists(signed))


def _words_on(post: Post) -> list[dict[str, Any]]:
    """What was said of the present version, the last word last, and whether by a contributor."""
    named = MessageContributor.objects.filter(message_id=post.message_id, user=OuterRef("signer"))
    words = post.approvals.filter(version=post.version).annotate(is_own=Exists(named))
    columns = ("decision", "digest", "window_from", "window_until", "signer_id", "is_own")
    return list(words.order_by("pk").values(*columns))


def _signers(post: Post, words: Iterable[Mapping[str, Any]]) -> set[int]:
    signed = {
        "decision": Approval.Decision.APPROVED,
        "digest": digest(post),
        "window_from": post.window_from,
        "window_until": post.window_until,
        "is_own": False,
    }
    return {word["signer_id"] for word in words if signed.items() <= word.items()}


def _missing(post: Post, signers: Collection[int]) -> int:
    return max(post.channel.signers_needed - len(signers), 0)


def _check_signer(post: Post, user: User) -> None:
    if not user.has_perm(APPROVE):
        raise NotAnApprover
    if contributed(post, user.pk):
        raise SecondPersonNeeded


def _sign(
    post: Post,
    *,
    by: User,
    decision: Approval.Decision,
    reason: str = "",
    suggested_wording: str = "",
) -> Approval:
    return Approval.objects.create(
        post=post,
        decision=decision,
        version=post.version,
        digest=digest(post),
        window_from=post.window_from,
        window_until=post.window_until,
        signer=by,
        reason=reason,
        suggested_wording=suggested_wording,
    )


def _freeze_pictures(post: Post) -> None:
    """Copy the final bytes, fitted to the channel, to where nothing changes them any more."""
    longest_edge = adapter_of(post.channel).capabilities.longest_edge
    for draft in post.draft_media.defer(None):
        final = fit_picture(as_read(draft), longest_edge=longest_edge)
        PostMedia.objects.create(
            post=post,
            version=post.version,
            position=draft.position,
            content=final.content,
            sha256=hashlib.sha256(final.content).hexdigest(),
            mime=final.mime,
            width=final.width,
            height=final.height,
            alt=draft.alt,
        )
