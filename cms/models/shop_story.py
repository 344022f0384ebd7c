"""The blocks of which a shop's story is made."""

from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageBlock


class VideoLink(blocks.StructValue):
    """A video and the site it is on."""

    @property
    def place(self) -> str:
        """The name of the site, such as youtube.com."""
        host = urlsplit(self["url"]).hostname or ""
        return host.removeprefix("www.")


class VideoBlock(blocks.StructBlock):
    """A video somewhere else: a link, so that no page of ours calls another site."""

    title = blocks.CharBlock(label=_("What it shows"), max_length=120)
    url = blocks.URLBlock(label=_("Address"), help_text="https://…")

    class Meta:
        value_class = VideoLink


SHOP_STORY = [
    (
        "text",
        blocks.RichTextBlock(label=_("Text"), features=["bold", "italic", "link", "ul"]),
    ),
    ("picture", ImageBlock(label=_("Picture"))),
    (
        "gallery",
        blocks.ListBlock(ImageBlock(), label=_("Gallery"), icon="image", min_num=2),
    ),
    ("quote", blocks.BlockQuoteBlock(label=_("Quote"))),
    ("video", VideoBlock(label=_("Video"), icon="media")),
    ("order", blocks.TextBlock(label=_("How to order"))),
]
