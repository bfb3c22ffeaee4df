"""The names of the numbers that the trees see of a block, in order, and which of them are integers. Measures nothing.

`STRUCTURE` is what `body_features` measures of every block, `TEXT` what `body_text` reads where that does not decide,
`CONTEXT` what `body_context` adds for the second pass. Each number is always of one type: Python compares equal types
at twice the speed, and comparisons are most of what the trees do.
"""

from __future__ import annotations

from crawler.extraction.body_blocks import WITHIN
from crawler.extraction.body_words import KIND_NAMES

OWN = "width link_share bold_share links breaks ends images_since".split()
_COLUMN = "depth path_blocks path_width path_mean path_links path_ends path_long path_share".split()
PATH = [
    *("tag", "parent_tag", "grand_tag"),
    *(f"kind_{kind}" for kind in KIND_NAMES),
    *(f"in_{tag}" for tag in WITHIN),
    *_COLUMN,
]
_SUBTREE = ("width", "blocks", "mean", "links", "long")
_AROUND = [f"{name}_{level}" for level in ("own", "parent", "grand", "great") for name in _SUBTREE]
TREE = ["siblings", "parent_siblings", *_AROUND]
PLACE = """
    index reverse index_share width_share from_h1 from_headline h1s_before long_before long_after longs_before
    longs_after from_first_long article_same article_share article_none place_gap place_gap_after heading_level
    heading_distance heading_kinds
""".split()
NEAR = """
    width-2 width-1 width+1 width+2 links-2 links-1 links+1 links+2 links+3 tag-2 tag-1 tag+1 tag+2 ends-1 ends+1
    same_parent-1 same_parent+1 near_links near_width wider_links
""".split()
PAGE = "page_blocks page_width page_longs page_mean page_articles page_h1s has_body has_lead".split()
STRUCTURE = [*OWN, *PATH, *TREE, *PLACE, *NEAR, *PAGE]
TEXT = """
    words ellipsis sentences commas opening word_length sign_density repeats seen in_headline headline_in in_lead
    lead_in article_body phrase phrase-1 phrase+1 heading_phrase
""".split()
FIRST = [*STRUCTURE, *TEXT]
_FRACTIONS = """
    link_share bold_share word_length in_headline headline_in in_lead lead_in sign_density path_mean path_links
    path_ends path_share index_share width_share article_share links-2 links-1 links+1 links+2 links+3 near_links
    wider_links page_mean
""".split()
_FRACTIONS += [name for name in _AROUND if name.startswith(("width", "mean", "links"))]
CONTEXT = """
    p p-3 p-2 p-1 p+1 p+2 p+3 near_p path_p path_kept parent_p grand_p great_p kept_before kept_after kept_share
    gap_before gap_after gap_wide_before gap_wide_after article_p after_first level below kept_width page_sure
    from_first heading_p section_p next_heading_p shared_words shared_often kept_path_share
""".split()
_WHOLE_CONTEXT = """
    kept_before kept_after gap_before gap_after gap_wide_before gap_wide_after after_first level below kept_width
    from_first
""".split()
WHOLE = (frozenset(FIRST) - frozenset(_FRACTIONS)) | frozenset(_WHOLE_CONTEXT)
"""Those that are integers; the others are fractions."""
