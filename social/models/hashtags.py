"""Hashtags that are used together, under a name."""

import regex
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

TAG = regex.compile(r"#\w*[^\W\d_]\w*")


def check_tags(tags: str) -> None:
    """Raise `ValidationError` for anything that is no hashtag."""
    wrong = [word for word in tags.split() if not TAG.fullmatch(word)]
    if wrong:
        raise ValidationError(_("No hashtag: %(words)s"), params={"words": " ".join(wrong)})


class HashtagGroup(models.Model):
    """Hashtags that an author puts into a post by one tap."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    tags = models.CharField(
        _("hashtags"),
        max_length=500,
        validators=[check_tags],
        help_text=_("With blanks between them, for example #Malang #UMKM."),
    )

    class Meta:
        verbose_name = _("hashtag group")
        verbose_name_plural = _("hashtag groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """One blank between them, whatever was typed."""
        self.tags = " ".join(self.tags.split())
