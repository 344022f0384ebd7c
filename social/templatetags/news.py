"""The latest published posts, for pages of other apps that may not import this one."""

from django import template

from social.models import Post
from social.views import site_posts

register = template.Library()


@register.simple_tag
def latest_posts(number: int) -> list[Post]:
    """The latest posts of the city's own site, newest first."""
    return list(site_posts()[:number])
