"""The catalogue's own words: what a visitor's words are read as, though half typed or mistyped.

Each process keeps the words until the search's table was written again, for which it looks once a
second. A shop that is gone writes nothing there, so they also grow old: its words lead nowhere
meanwhile.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from cms.folding import folded_words
from cms.known import Kept
from core.sql import Sql, fetch

KEPT_SECONDS = 300
MOST_WORDS = 6
LONGEST_WORD = 40
MOST_SPELLINGS = 6
SHORTEST_MENDED = 4
"""Shorter words are too near to each other for any guess."""
SHORTEST_COMPLETED = 2
MOST_COMPLETIONS = 4
LONG = 7
"""From this many letters on, two slips are forgiven instead of one."""

DROPPED_SCHWA = re.compile(r"(?<=[bcdfgjkpst])e(?=[lr])")
OLD_SPELLING = re.compile("oe|dj|tj")
NEW_SPELLING = {"oe": "u", "dj": "j", "tj": "c"}
SMALL_WORDS = frozenset(["dan", "dari", "dekat", "di", "ke", "untuk", "yang"])

LAST_WRITTEN = Sql("SELECT 'at', max(written_at) FROM cms_searchentry")
VERSION = Kept(lambda: dict(fetch(LAST_WRITTEN)))
WORDS = Sql("""
    SELECT word FROM ts_stat('SELECT document FROM cms_searchentry') AS found
    LEFT JOIN ts_stat('SELECT document FROM cms_searchentry', 'A') AS named USING (word)
    ORDER BY named.word IS NULL, found.ndoc DESC, word
""")


@dataclass(frozen=True)
class Word:
    """A word as it was typed, as it is understood, and all that it may be written as."""

    typed: str
    understood: str
    spellings: tuple[str, ...]


@dataclass(frozen=True)
class Reading:
    """What a visitor's words are read as."""

    words: tuple[Word, ...] = ()

    @property
    def corrected(self) -> str:
        """What was searched instead of what was typed; empty if that is the same."""
        if all(word.typed == word.understood for word in self.words):
            return ""
        return " ".join(word.understood for word in self.words)


@dataclass(frozen=True)
class Vocabulary:
    """The words of the catalogue by how they are spoken, each with its spellings."""

    version: datetime | None
    gathered_at: float
    spellings: dict[str, list[str]] = field(default_factory=dict)

    def read(self, text: str) -> Reading:
        """What somebody typed, word by word; small words tell nothing beside others."""
        typed = [word[:LONGEST_WORD] for word in folded_words(text)]
        telling = [word for word in typed if word not in SMALL_WORDS] or typed
        return Reading(tuple(self.read_word(word) for word in telling[:MOST_WORDS]))

    def read_word(self, typed: str) -> Word:
        """What is typed is looked for along with what it is understood as: no word is ever lost."""
        holding = self._holding(typed)
        written = [spelling for each in holding for spelling in self.spellings[each]]
        if not written:
            return self._mended(typed)
        understood = typed if any(typed in spelling for spelling in written) else written[0]
        others = [spelling for spelling in written if not spelling.startswith(typed)]
        return Word(typed, understood, (typed, *others[:MOST_SPELLINGS]))

    def completions(self, text: str) -> list[str]:
        """What somebody may be about to type: the words as understood, then the last one longer."""
        typed = [word[:LONGEST_WORD] for word in folded_words(text)[:MOST_WORDS]]
        if not typed or len(typed[-1]) < SHORTEST_COMPLETED:
            return []
        *before, last = understood = [self.read_word(word).understood for word in typed]
        mended = [last] if understood != typed and self._is_whole(last) else []
        longer = islice(self.beginning_with(last), MOST_COMPLETIONS)
        return [" ".join([*before, each]) for each in [*mended, *longer]]

    def beginning_with(self, typed: str) -> Iterator[str]:
        """The longer words that begin like this one, the most telling first."""
        written = (spelling for each in self.spellings.values() for spelling in each)
        return (word for word in written if word.startswith(typed) and word != typed)

    def _is_whole(self, word: str) -> bool:
        return word in self.spellings.get(spoken(word), [])

    def _holding(self, typed: str) -> list[str]:
        """The sounds that are those of the typed word, then those that hold it."""
        sound = spoken(typed)
        exact = [sound] if sound in self.spellings else []
        return exact + [each for each in self.spellings if sound in each and each != sound]

    def _mended(self, typed: str) -> Word:
        """The nearest word within a slip or two: a letter changed, left out, added or swapped."""
        sound = spoken(typed)
        if len(sound) < SHORTEST_MENDED or not sound.isalpha():  # a number is never a slip
            return Word(typed, typed, (typed,))
        slips = 2 if len(sound) >= LONG else 1
        near = process.extractOne(
            sound, list(self.spellings), scorer=OSA.distance, score_cutoff=slips
        )
        if near is None:
            return Word(typed, typed, (typed,))
        written = self.spellings[near[0]]
        return Word(typed, written[0], (typed, *written[:MOST_SPELLINGS]))


_kept = Vocabulary(version=None, gathered_at=0.0)


def read(text: str) -> Reading:
    """Read what somebody typed in the words of the catalogue."""
    return known_words().read(text) if folded_words(text) else Reading()


def spoken(word: str) -> str:
    """A folded word as it sounds: without the e that daily spelling drops (keripik, kripik)."""
    modern = OLD_SPELLING.sub(lambda old: NEW_SPELLING[old.group()], word)
    return DROPPED_SCHWA.sub("", modern)


def known_words() -> Vocabulary:
    """The words that this process keeps, gathered anew when the table says so."""
    global _kept
    version = VERSION.get("at")
    now = time.monotonic()
    if version != _kept.version or now - _kept.gathered_at > KEPT_SECONDS:
        _kept = Vocabulary(version, now, _by_sound(_gathered()))
    return _kept


def _gathered() -> list[str]:
    """Every word of the search's table: those that name something first, then the commonest."""
    return [word for (word,) in fetch(WORDS)]


def _by_sound(words: list[str]) -> dict[str, list[str]]:
    spellings: dict[str, list[str]] = {}
    for word in words:
        spellings.setdefault(spoken(word), []).append(word)
    return spellings
