"""Words that tell what an element or a short block is: class names, beginnings of invitations, credits, bylines.

Only hints: each is one number among many that the trees weigh. No words of any page's text. Also how a text is measured
and cut into words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

# What the words of class, id, role, itemprop and test ids say about an element, by kind.
_KIND_WORDS = {
    "body": """
        article body articlebody content post entry story text main paragraph richtext rich copy prose wysiwyg
        storybody articletext postcontent
    """,
    "lead": """
        lead lede standfirst intro summary subtitle subhead subheadline dek deck excerpt description abstract sapo
        ingress chapo vorspann teasertext preamble perex sommario bajada entradilla kicker subheading
    """,
    "related": """
        related recommend recommended recommendation recommendations more readmore also popular trending latest next
        prev previous pagination pager outbrain taboola similar teaser teasers card cards list feed carousel slider
        grid upnext seealso onward
    """,
    "promo": """
        promo promotion newsletter subscribe subscription signup sponsored sponsor ad ads advert advertisement
        banner cta donate donation paywall offer piano adslot membership callout marketing affiliate product form
        register
    """,
    "caption": """
        caption figcaption credit credits copyright photo image img gallery legend media picture video figure
        thumbnail lightbox wp-caption bildunterschrift
    """,
    "byline": """
        author authors byline date time datetime timestamp meta metadata tag tags category categories breadcrumb
        breadcrumbs bio profile published updated info label topic topics source contributor dateline eyebrow
        reading readtime
    """,
    "share": """
        share sharing social follow facebook twitter whatsapp telegram print bookmark tools actions toolbar button
        buttons btn icon icons rating vote audio player
    """,
    "comment": """
        comment comments commentlist disqus reply replies respond discussion forum review reviews livefyre coral
    """,
    "chrome": """
        header footer nav navigation navbar menu sidebar widget widgets aside masthead topbar rail secondary search
        logo site bottom complementary contentinfo banner offcanvas drawer
    """,
    "overlay": """
        cookie cookies consent gdpr modal popup overlay login tooltip toast cmp onetrust dropdown dialog alert
        notification
    """,
    "hidden": """
        hidden visually sr screenreader invisible none offscreen visuallyhidden printonly noprint hide
    """,
    "box": """
        box infobox factbox fact facts faktaboks fakta info-box toc contents highlights keypoints takeaways key
        expert sidenote note inset aside pullout accordion faq timeline glossary disclaimer footnote footnotes
        references correction
    """,
    "quote": """
        quote pullquote blockquote tweet embed instagram oembed citation
    """,
    "heading": """
        title headline heading hed
    """,
}
KIND_NAMES = tuple(_KIND_WORDS)
KIND_OF_WORD: dict[str, int] = {}
"""Bits in the order of `KIND_NAMES`."""
for _bit, _words in enumerate(_KIND_WORDS.values()):
    for _word in _words.split():
        KIND_OF_WORD[_word] = KIND_OF_WORD.get(_word, 0) | 1 << _bit

# Boxes of the known consent managers, by id: they hold the longest texts of some pages, and never the article's. Ids
# only: their class words also stand on the body of pages and on wrappers of whole articles.
CONSENT_ID = re.compile(
    r"onetrust-(?:consent|pc|banner)|didomi-(?:host|popup|notice)|CybotCookiebotDialog|usercentrics-|truste-consent|"
    r"qc-cmp2-(?:container|main)|cookie-(?:law-info-bar|notice|banner|consent)$|cookiescript_injected|cmplz-|"
    r"iubenda-cs-banner|moove_gdpr_|sp_message_container|cookiebanner$"
)

# Phrases with which invitations, credits and bylines begin, by kind; looked for in short blocks only.
BEGINNINGS = re.compile(
    r"(?P<read>(?:"
    r"read|see|more|related|recommended|you (?:may|might)|don.t miss|up next|next|previous|trending|"
    r"most (?:read|popular)|popular|latest|watch|listen|keep reading|continue reading|click here|"
    r"learn more|in this article|table of contents|key (?:takeaways|points)|also read|читайте|читать|"
    r"смотрите|смотреть|см\.|подробнее|также|по теме|другие новости|ранее|оқи|тағы|сондай-ақ|толығырақ|"
    r"lesen sie|mehr|lies|das könnte|auch interessant|les også|läs|læs også|lue myös|lire|à lire|lisez|"
    r"voir aussi|sur le même|lea|te puede|leer más|leia|veja|leggi|potrebbe|approfondi|czytaj|zobacz|"
    r"lees ook|skaityti|xem thêm|đọc thêm|関連|あわせて|相关|延伸閱讀|更多"
    r")\b)"
    r"|(?P<join>"
    r"sign up|follow|join|get the|download|donate|support (?:us|our)|become a|share|поделит|бөлісу|teilen|"
    r"partager|compart"
    r")"
    r"|(?P<wall>"
    r"log ?in|sign in|already (?:a|have)|to continue|create an?|войти|anmelden|einloggen|connectez|inicia|"
    r"accedi|zaloguj"
    r")"
    r"|(?P<ad>"
    r"advertis|sponsored|реклам|жарнама|anzeige|werbung|publicit|publicidad|pubblicit|annonse|annons|"
    r"mainos|reklam|advertentie|affiliate|ad\b"
    r")"
    r"|(?P<photo>"
    r"photo|image|picture|foto|bild\b|фото|сурет|видео|video|credit|illustration|getty|файл|source|quelle|"
    r"источник|copyright|©|\(c\)"
    r")"
    r"|(?P<talk>(?:"
    r"\d+ )?(?:comment|комментар|пікір|kommentar|commentaire|comentario|commenti|leave a|reply|post a"
    r"))"
    r"|(?P<byline>"
    r"by\b|written|posted|published|updated|last (?:updated|modified)|author|about the author|автор|"
    r"редактор|опубликован|обновлен|von\b|par\b|por\b|text:|текст:|мәтін|жариялан|stand:|\d+ ?(?:min|мин)"
    r")"
)
PHRASES = dict(BEGINNINGS.groupindex)
"""Kind of beginning -> its number."""

# Words that tell the same wherever they stand in a short block, by number.
_TELLING = {
    20: """
        cookie cookies javascript datenschutz gdpr privacy
    """,
    21: """
        newsletter newsletters subscribe subscribed subscriber subscribers subscription subscriptions inbox
        unsubscribe подписывайтесь подпишитесь подписаться подписка жазылыңыз жазылу abonnieren abonnement abonner
        iscriviti suscríbete nyhetsbrev prenumerera
    """,
    22: """
        login register registration авторизуйтесь зарегистрируйтесь регистрация paywall
    """,
    23: """
        getty shutterstock unsplash istock reuters afp рейтерс fotolia alamy
    """,
    24: """
        telegram whatsapp facebook twitter instagram youtube телеграм
    """,
    25: """
        comment comments комментарии комментарий reply
    """,
    26: """
        copyright reserved защищены
    """,
}
TELLING = {word: number for number, words in _TELLING.items() for word in words.split()}
TELLING_WORDS = frozenset(TELLING)
READ = PHRASES["read"]
SIGN_UP = frozenset((PHRASES["join"], 21))

_WIDE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
# First bytes of UTF-8 that none of these signs has; 0xE2 begins most punctuation.
_NARROW_BYTES = bytes(sorted({*range(0xE0), 0xE2, 0xEE, *range(0xF0, 0x100)}))
SENTENCE_ENDS = ".!?…。！？؟۔।॥։።"
"""The signs that end a sentence, of all scripts."""

# Signs around words; to cut there and at spaces costs a quarter less than a pattern of words.
_BETWEEN_WORDS = '.,:;!?"“”«»()'


def widths_of(texts: Sequence[str]) -> list[int]:
    """Letters of each text; signs of scripts without spaces count double, as they say twice as much.

    >>> widths_of(["pier", "埠頭"])
    [4, 4]
    """
    widths = [*map(len, texts)]
    if "".join(texts).encode("utf-8", "replace").translate(None, _NARROW_BYTES):
        return [w if t.isascii() else w + len(_WIDE.findall(t)) for w, t in zip(widths, texts, strict=True)]
    return widths


def tokens_of(text: str, wide: int = 0) -> Set[str]:
    """The words of a text; pairs of signs where no spaces part them: where most of its signs are `wide`."""
    folded = text.casefold()
    if wide * 2 > len(text):
        return {folded[i : i + 2] for i in range(len(folded) - 1)}
    for sign in _BETWEEN_WORDS:
        if sign in folded:
            folded = folded.replace(sign, " ")
    return set(folded.split())
