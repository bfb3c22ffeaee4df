"""Who looks: language, zone, theme, and what the visitor may do. Read from one request; renders nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from starlette.requests import Request

from crawler.monitoring.problems import Problem
from crawler.web.languages import choose
from crawler.web.languages.language import Language
from crawler.web.languages.printing import Printing

LANGUAGE_COOKIE, THEME_COOKIE = "language", "theme"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Visitor:
    """One visitor, as far as pages differ by it."""

    language: Language
    printing: Printing
    theme: Literal["light", "dark"] | None
    """None: as the system is."""
    may_act: bool
    """May start, pause and cancel, not only look."""
    signed_in: bool
    """Came with a cookie, and may want to sign out."""

    @classmethod
    def of(cls, request: Request) -> Visitor:
        """The visitor who sent a request."""
        language = choose(request.cookies.get(LANGUAGE_COOKIE), request.headers.get("accept-language"))
        theme = request.cookies.get(THEME_COOKIE)
        return cls(
            language,
            Printing(language, request.app.state.config.zone, datetime.now(UTC)),
            theme if theme in THEMES else None,  # type: ignore[arg-type]
            getattr(request.state, "may_act", False),
            getattr(request.state, "signed_in", False),
        )

    def message(self, problem: Problem) -> str:
        """What is wrong, in the visitor's language."""
        return self._sentence(problem.template, problem)

    def remedy(self, problem: Problem) -> str:
        """What to do about it."""
        return self._sentence(problem.remedy_template, problem)

    def _sentence(self, template: str, problem: Problem) -> str:
        say = self.language.say
        said = {name: say(value) if isinstance(value, str) else value for name, value in problem.values.items()}
        return self.language.sentences.get(template, template).format(**said)
