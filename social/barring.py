"""Pictures that may not be posted: another app handed them in, and says when they are barred.

sources_known("photo:")                              # not out yet, or barred: look at these
bar({"photo:12"}, reason="Izinnya dicabut")          # stopped, and refused from now on
let_go({"photo:12"})                                 # may be submitted and approved again
"""

from collections.abc import Collection

from django.db import transaction

from social.errors import PictureBarred
from social.messages import hold_posts_showing
from social.models import BarredPicture, Post, PostDraftMedia

AT_WORK = frozenset(
    {
        Post.State.DRAFT,
        Post.State.SUBMITTED,
        Post.State.WAITING,
        Post.State.HELD,
        Post.State.FAILED,
        Post.State.MISSED,
    }
)
"""Where a post may still be on its way out."""


def sources_known(beginning: str) -> set[str]:
    """Where pictures came from that are not out yet, or are barred, of those that begin so."""
    shown = PostDraftMedia.objects.filter(source_ref__startswith=beginning, post__state__in=AT_WORK)
    barred = BarredPicture.objects.filter(source_ref__startswith=beginning)
    both = shown.order_by().values_list("source_ref").union(barred.values_list("source_ref"))
    return {source for (source,) in both}


@transaction.atomic
def bar(sources: Collection[str], *, reason: str) -> int:
    """Let no post show these from now on; return how many posts that waited were stopped.

    Written before the posts are locked: who approves one at this moment either sees it, or is
    waited for and stopped. Repeated, it stops what slipped through, else nothing.
    """
    if not sources:
        return 0
    rows = [BarredPicture(source_ref=source, reason=reason) for source in sorted(sources)]
    BarredPicture.objects.bulk_create(rows, ignore_conflicts=True)
    return hold_posts_showing(sources, reason=reason)


def let_go(sources: Collection[str]) -> None:
    """Posts may show these again; what was stopped waits for a person to send it on."""
    if sources:
        BarredPicture.objects.filter(source_ref__in=sources).delete()


def refuse_barred(post: Post) -> None:
    """Raise `PictureBarred` for a post with a picture that may not go out."""
    if (reason := reason_barred(post)) is not None:
        raise PictureBarred(reason)


def reason_barred(post: Post) -> str | None:
    """Why a picture of the post may not go out; None if all may."""
    shown = PostDraftMedia.objects.filter(post=post.pk).exclude(source_ref="")
    barred = BarredPicture.objects.filter(source_ref__in=shown.values("source_ref"))
    return barred.values_list("reason", flat=True).first()
