"""Is this page a notice in an article's place? Sites answer 200 and say that it is not there, or not now.

Judges by a headline that says nothing else: 404 may be the number of a road, and a lost dog is not found, either.
"""

from __future__ import annotations

import re

from crawler.articles.article import Article, Origin
from crawler.middlewares.failures import Failure
from crawler.storage.tables import LinkState

# Longer headlines tell a story. Characters.
LONGEST = 80


def _any_of(patterns: str) -> re.Pattern[str]:
    """A pattern for each line, all of it to be matched."""
    return re.compile("|".join(line.strip() for line in patterns.strip().splitlines()), re.IGNORECASE)


_SORRY = r"(?:(?:sorry|извините|к сожалению|кешіріңіз)\W+)?"
_PAGE_EN = r"(?:the |this )?(?:page|article|story|file)"
_PAGE_RU = r"(?:(?:так\w+|эт\w+|запр\w+)\W+(?:вами )?)?(?:страниц|материал|стать|публикаци|новост)\w*"
_PAGE_KK = r"(?:(?:бұл|мұндай|сұралған) )?(?:бет|парақша|парақ|материал)"
_LACKS_EN = r"(?:was |is |can ?not be |could not be |does |do )?(?:not found|found|not exist|no longer available)"
_LACKS_RU = r"(?:была? )?(?:не найден|не существу|удал[её]н|снят)\w*(?: или (?:была? |не )?\w+)?"
_LACKS_KK = r"(?:табылмады|жойылған|жоқ)"
_NUMBER = r"(?:(?:ошибка|error|http|қате)\W*)?404"

_NOT_THERE = _any_of(rf"""
    {_NUMBER}(?:\W+(?:error|not found|не найден\w*|табылмады))?
    (?:{_NUMBER}\W+)?{_SORRY}{_PAGE_EN}\W+{_LACKS_EN}(?:\W+{_NUMBER})?
    (?:{_NUMBER}\W+)?{_SORRY}{_PAGE_RU}\W+{_LACKS_RU}(?:\W+{_NUMBER})?
    (?:{_NUMBER}\W+)?{_SORRY}{_PAGE_KK}\W+{_LACKS_KK}(?:\W+{_NUMBER})?
""")
_NOT_NOW = _any_of(r"""
    just a moment|please wait|access denied|attention required.*|ddos[- ]guard.*
    checking (?:if the site connection is secure|your browser.*)
    are you a (?:robot|human)|verif(?:y|ying) (?:that )?you are (?:a )?human.*
    проверка (?:вашего )?браузера.*|доступ (?:к сайту )?(?:запрещ[её]н|ограничен)|подтвердите,? что вы не робот
    (?:(?:we are|we['’]re|(?:the |this )?(?:web)?site is) )?(?:down for|under|closed for) (?:scheduled )?maintenance
    (?:на сайте )?(?:ведутся |идут )?(?:технические|профилактические) работы(?: на сайте)?
    (?:сайт|портал|ресурс|страница) (?:временно |находится )*(?:недоступ\w+|на техническом обслуживании)
    (?:сайтта )?техникалық жұмыстар(?: жүр\w+)?(?: жатыр)?
    (?:(?:http )?error )?50[0234](?:\W+[a-z ]+)?|bad gateway|service (?:temporarily )?unavailable|internal server error
""")
# Dates that prove no article: an address may have one on any page, and headers print today's.
_WEAK = (Origin.URL, Origin.FEED, Origin.GENERIC)


def notice_of(article: Article) -> Failure | None:
    """What a page says in an article's place; None when it is one. Whatever mark-up dates is an article.

    `soft_404`: that there is none. `notice`: that there is none now (maintenance, a challenge to robots).
    """
    headline = (article.headline or "").strip(" \t.!?…:;-–—|()[]«»\"'")
    is_dated = article.published_at is not None and article.origins.get("published_at") not in _WEAK
    if not headline or len(headline) > LONGEST or is_dated:
        return None
    if _NOT_THERE.fullmatch(headline):
        return Failure("soft_404", f"the page says: {article.headline}", LinkState.GONE)
    if _NOT_NOW.fullmatch(headline):
        return Failure("notice", f"in the article's place the site says: {article.headline}", LinkState.REJECTED)
    return None
