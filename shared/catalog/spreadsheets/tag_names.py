"""Tags as a file spells them: by their titles, which may be told apart or not, else by their slugs."""

from collections.abc import Iterable

from shared.catalog.spreadsheets import cells
from shared.platform.work import Work


class TagNames:
    """The brand's tags, given as slugs and titles. Pure."""

    def __init__(self, known: Iterable[tuple[str, str]]) -> None:
        self._titles: dict[str, str] = {}
        self._by_title: dict[str, str | None] = {}
        for slug, title in known:
            self._titles[slug] = title
            key = title.casefold()
            self._by_title[key] = slug if key not in self._by_title else None

    @classmethod
    def read(cls, work: Work) -> "TagNames":
        """The tags of the brand."""
        return cls(
            (row.slug, row.title) for row in work.all("SELECT slug, title FROM catalog.tags ORDER BY slug")
        )

    def resolve(self, token: str) -> str:
        """The slug that a word means: of the one tag of this title, else of this slug, else the slug that a new tag of this title
        would have; empty when it would have none."""
        if found := self._by_title.get(token.casefold()):
            return found
        return token if token in self._titles else cells.slug(token)

    def is_known(self, slug: str) -> bool:
        """Whether there is such a tag."""
        return slug in self._titles

    def spelled(self, slug: str) -> str:
        """The word that means this tag: its title where that is one word of a list and means it, else its slug."""
        title = self._titles.get(slug, slug)
        fits = "," not in title and title == title.strip() and self.resolve(title) == slug
        return title if fits else slug
