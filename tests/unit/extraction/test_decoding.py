"""Bytes -> text, whatever the page claims about itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extraction.decoding import to_utf8

RUSSIAN = "Жители города встретили весну: мост открыли, дороги починили, а деревья вдоль реки наконец зазеленели. " * 3
KAZAKH = "Қала тұрғындары көктемді қарсы алды, өзен бойындағы ағаштар жапырақ жайды, көпір ашылды. " * 3
JAPANESE = "春になり、市民は川沿いの並木道を散歩しています。新しい橋も開通しました。" * 5
CHINESE = "春天来了，市民们在河边的林荫道上散步。新的大桥也已经开通，人们都很高兴。" * 5
KOREAN = "봄이 와서 시민들은 강변의 가로수길을 산책하고 있습니다. 새 다리도 개통되었습니다." * 5
FRENCH = "Les élèves ont été reçus à l'école où l'été s'achève déjà, très loin de la forêt. " * 3


@pytest.mark.parametrize(
    ("text", "encoding", "header", "declared"),
    [
        pytest.param(RUSSIAN, "utf-8", None, None, id="UTF-8, nothing declared"),
        pytest.param(
            RUSSIAN, "utf-8", None, "windows-1251", id="UTF-8 although the page names another: archives re-encode"
        ),
        pytest.param(
            RUSSIAN, "utf-8", "text/html; charset=iso-8859-1", None, id="UTF-8 although the server names another"
        ),
        pytest.param(RUSSIAN, "cp1251", "text/html; charset=windows-1251", None, id="header"),
        pytest.param(RUSSIAN, "cp1251", None, "windows-1251", id="meta"),
        pytest.param(RUSSIAN, "cp1251", None, None, id="windows-1251 found by its letters"),
        pytest.param(RUSSIAN, "cp1251", "text/html; charset=ISO-8859-1", None, id="a server's wrong default"),
        pytest.param(RUSSIAN, "cp1251", None, "utf-8", id="declared UTF-8 that is not"),
        pytest.param(RUSSIAN, "koi8-r", None, "koi8-r", id="KOI8-R declared"),
        pytest.param(RUSSIAN, "koi8-r", None, None, id="KOI8-R found"),
        pytest.param(RUSSIAN, "koi8-r", None, "windows-1251", id="KOI8-R that calls itself windows-1251"),
        pytest.param(RUSSIAN, "cp866", None, None, id="cp866 found"),
        pytest.param(RUSSIAN, "iso8859-5", None, "iso-8859-5", id="ISO 8859-5"),
        pytest.param(KAZAKH, "kz1048", None, "kz-1048", id="Kazakh code page"),
        pytest.param(FRENCH, "cp1252", None, "iso-8859-1", id="Latin-1 means windows-1252"),
        pytest.param(FRENCH, "cp1252", None, None, id="Western by default"),
        pytest.param(JAPANESE, "shift_jis", None, "Shift_JIS", id="Shift JIS"),
        pytest.param(JAPANESE, "euc_jp", None, None, id="EUC-JP found"),
        pytest.param(CHINESE, "gbk", None, "gb2312", id="GBK that calls itself GB2312"),
        pytest.param(CHINESE, "gb18030", None, None, id="GB 18030 found"),
        pytest.param(KOREAN, "euc_kr", None, None, id="EUC-KR found"),
        pytest.param(RUSSIAN, "utf-16", None, None, id="UTF-16 with a byte-order mark"),
        pytest.param(FRENCH, "utf-16-le", None, None, id="UTF-16 without one"),
        pytest.param(
            RUSSIAN, "utf-8-sig", "text/html; charset=windows-1251", None, id="a byte-order mark beats the header"
        ),
        pytest.param(FRENCH, "utf-8", None, "no-such-encoding", id="a label that means nothing"),
        pytest.param(FRENCH, "utf-8", None, "rot13", id="a codec that is no encoding"),
    ],
)
def test_text_is_read_rightly(text: str, encoding: str, header: str | None, declared: str | None) -> None:
    meta = f'<meta charset="{declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><p>{text}</p></body></html>"

    assert to_utf8(page.encode(encoding), content_type=header).decode() == page


def test_damaged_utf_8_stays_utf_8() -> None:
    page = f"<p>{RUSSIAN}</p>".encode()

    decoded = to_utf8(page[:400] + page[401:]).decode()

    assert decoded.count("\ufffd") <= 2 and "деревья вдоль реки" in decoded


def test_what_was_encoded_twice_is_decoded_twice() -> None:
    twice = "It doesn’t rain — much".encode().decode("latin-1").encode()

    assert to_utf8(twice).decode() == "It doesn’t rain — much"


def test_a_part_that_was_encoded_twice_is_found_behind_many_signs_that_share_its_bytes() -> None:
    blanks = "wide\u00a0blank " * 1_100

    twice = "It doesn’t rain".encode().decode("latin-1").encode()

    assert to_utf8(blanks.encode() + twice).decode() == f"{blanks}It doesn’t rain"


def test_utf_8_is_known_wherever_its_pieces_are_cut() -> None:
    for start in range(4):
        page = f"<p>{'x' * start}{'Ә😀' * 20_000}".encode()

        assert to_utf8(page, content_type="text/html; charset=windows-1251") is page


def test_one_wrong_byte_far_into_a_page_makes_it_no_utf_8() -> None:
    page = f"<p>{RUSSIAN * 100}".encode("cp1251")

    assert (
        to_utf8(b"<p>" + b"x" * 100_000 + page, content_type="text/html; charset=windows-1251")
        .decode()
        .endswith(RUSSIAN)
    )


@given(st.binary(max_size=2_000), st.sampled_from([None, "text/html; charset=windows-1251", "text/html; charset=\x00"]))
def test_any_bytes_become_utf_8(html: bytes, content_type: str | None) -> None:
    to_utf8(html, content_type=content_type).decode()
