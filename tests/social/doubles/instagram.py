"""An Instagram account: containers that take a while, their publishing, quota and list."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.social.doubles.graph import GraphDouble, Refusal
from tests.social.doubles.server import Given, Part

ACCOUNT = "17841400008460056"
SHAPES = (
    {"image_url", "alt_text", "caption"},
    {"image_url", "alt_text", "is_carousel_item"},
    {"media_type", "image_url"},
    {"media_type", "children", "caption"},
)


@dataclass
class Container:
    form: dict[str, str]
    looks_left: int = 0
    state: str = "FINISHED"
    status: str = ""


@dataclass
class InstagramDouble(GraphDouble):
    """One account. `slow` containers are asked for so often before they are finished."""

    slow: int = 0
    quota: int = 100
    may_see_insights: bool = False
    containers: dict[str, Container] = field(default_factory=dict)
    media: list[dict[str, Any]] = field(default_factory=list)

    @property
    def published(self) -> int:
        return len(self.media)

    def act(self, line: str, sent: dict[str, Part]) -> Given:
        said = {name: part.text for name, part in sent.items()}
        verb, _slash, number = line.partition(" /")
        match verb, number:
            case "POST", _ if number == f"{ACCOUNT}/media":
                return self._contain(said)
            case "POST", _ if number == f"{ACCOUNT}/media_publish":
                return self._publish(said)
            case "GET", _ if number == ACCOUNT and said["fields"] == "username":
                return Given(200, {"id": ACCOUNT, "username": "kabarkota"})
            case "GET", _ if number == f"{ACCOUNT}/media":
                return self._list(said)
            case "GET", _ if number == f"{ACCOUNT}/content_publishing_limit":
                config = {"quota_total": self.quota, "quota_duration": 86_400}
                return Given(200, {"data": [{"quota_usage": self.published, "config": config}]})
            case "GET", _ if number in self.containers:
                return self._look(number, said)
            case "GET", _:
                for one in self.media:
                    if one["id"] == number:
                        return Given(200, {name: one[name] for name in said["fields"].split(",")})
                    if number == f"{one['id']}/insights":
                        return self._insights(said)
        raise Refusal(100, 33)

    def _contain(self, said: dict[str, str]) -> Given:
        if said.keys() not in SHAPES:
            raise Refusal(100)
        kind = said.get("media_type", "IMAGE")
        if kind not in ("IMAGE", "CAROUSEL", "STORIES") or len(said.get("caption", "")) > 2_200:
            raise Refusal(100, 2207010)
        if "image_url" in said and not said["image_url"].startswith(("https://", "http://local")):
            raise Refusal(9004, 2207052)
        if kind == "CAROUSEL":
            self._check_children(said["children"].split(","))
        number = str(17_889_455_560_051_444 + len(self.containers))
        self.containers[number] = Container(said, self.slow)
        return Given(200, {"id": number})

    def _check_children(self, children: list[str]) -> None:
        if not 2 <= len(children) <= 10:
            raise Refusal(100, 2207028)
        for child in children:
            known = self.containers.get(child)
            if known is None or "is_carousel_item" not in known.form or known.looks_left:
                raise Refusal(9007, 2207027)

    def _look(self, number: str, said: dict[str, str]) -> Given:
        if said["fields"] != "status_code,status":
            raise Refusal(100)
        container = self.containers[number]
        container.looks_left = max(0, container.looks_left - 1)
        state = "IN_PROGRESS" if container.looks_left else container.state
        return Given(200, {"id": number, "status_code": state, "status": container.status})

    def _publish(self, said: dict[str, str]) -> Given:
        container = self.containers.get(said["creation_id"])
        if container is None:
            raise Refusal(100, 2207006)
        if container.state == "EXPIRED":
            raise Refusal(100, 2207008)
        if container.looks_left or container.state != "FINISHED":
            raise Refusal(9007, 2207027)
        if self.published >= self.quota:
            raise Refusal(9, 2207042)
        container.state = "PUBLISHED"
        number = str(18_000_000_000_000_001 + self.published)
        self.media.append(
            {
                "id": number,
                "caption": container.form.get("caption", ""),
                "timestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "permalink": f"https://www.instagram.com/p/{number}/",
                "form": container.form,
                "like_count": 7,
                "comments_count": 2,
            }
        )
        return Given(200, {"id": number})

    def _insights(self, said: dict[str, str]) -> Given:
        if not self.may_see_insights:
            raise Refusal(10, status=403)
        if said["metric"] != "reach,saved,shares,views":
            raise Refusal(100)
        counted = zip(said["metric"].split(","), (90, 3, 4, 120), strict=True)
        rows = [
            {"name": name, "period": "lifetime", "values": [{"value": n}]} for name, n in counted
        ]
        return Given(200, {"data": rows})

    def _list(self, said: dict[str, str]) -> Given:
        fields = said["fields"].split(",")
        return Given(200, {"data": [{name: one[name] for name in fields} for one in self.media]})
