from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StartRefused
from bot.storage.errors import SealBroken
from bot.storage.seal import Keyring, open_sealed, seal

KEY = bytes(32)
OTHER = Keyring(bytes([7]) * 32)


def key_file(master: bytes, remark: str = "# alwand key v1\n") -> str:
    return remark + base64.b64encode(master).decode() + "\n"


@given(st.binary(max_size=500))
def test_what_is_sealed_opens_for_its_own_cell_only(plain: bytes) -> None:
    value = seal(KEY, "residents", "address", "a", plain)
    assert open_sealed(KEY, "residents", "address", "a", value) == plain
    for table, column, row in (("drafts", "address", "a"), ("residents", "profile", "a"), ("residents", "address", "b")):
        with pytest.raises(SealBroken):
            open_sealed(KEY, table, column, row, value)


def test_the_same_words_are_never_sealed_alike() -> None:
    assert seal(KEY, "t", "c", "r", b"x") != seal(KEY, "t", "c", "r", b"x")


@pytest.mark.parametrize("damage", [b"", b"\x01", b"\x01short", b"\x02" + bytes(40)])
def test_a_damaged_value_is_told_apart_from_a_bug(damage: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(KEY, "t", "c", "r", damage)


def test_another_key_opens_nothing() -> None:
    """B51: without the key the values are unreadable."""
    with pytest.raises(SealBroken):
        open_sealed(bytes([1]) * 32, "t", "c", "r", seal(KEY, "t", "c", "r", b"secret"))


def test_a_data_key_unwraps_for_its_owner_and_key_file_only(keys: Keyring) -> None:
    key = keys.new_data_key("resident:a")
    assert keys.unwrap(key.wrapped, "resident:a") == key.plain
    for ring, owner in ((keys, "resident:b"), (OTHER, "resident:a")):
        with pytest.raises(SealBroken):
            ring.unwrap(key.wrapped, owner)


def test_a_lookup_depends_on_the_key_the_kind_and_the_value(keys: Keyring) -> None:
    token = keys.lookup("resident", "telegram:1")
    assert len(token) == 64
    assert token == keys.lookup("resident", "telegram:1")
    assert (
        len({token, keys.lookup("member", "telegram:1"), keys.lookup("resident", "telegram:2"), OTHER.lookup("resident", "telegram:1")})
        == 4
    )


def test_a_button_is_valid_in_its_own_chat_and_as_it_was_made_only(keys: Keyring) -> None:
    """B45: a press that was copied to another chat, changed or guessed is recognised."""
    signature = keys.sign("forum:khanaqin", "take:ticketaaaaaa")
    assert len(signature) == 11
    assert keys.verify("forum:khanaqin", "take:ticketaaaaaa", signature)
    assert not keys.verify("forum:mandali", "take:ticketaaaaaa", signature)
    assert not keys.verify("forum:khanaqin", "take:ticketbbbbbb", signature)
    assert not OTHER.verify("forum:khanaqin", "take:ticketaaaaaa", signature)
    for guess in ("", signature[:-1], signature + "A", "سسسسسسسسسسس", "\udcff"):
        assert not keys.verify("forum:khanaqin", "take:ticketaaaaaa", guess)


def test_a_key_file_is_read_with_its_remarks(keys: Keyring) -> None:
    text = key_file(bytes(range(32)), "# alwand key v1\n# keep a copy\n\n")
    assert Keyring.parse(text).lookup("a", "b") == keys.lookup("a", "b")
    assert Keyring.parse(text.replace("\n", "\r\n")).lookup("a", "b") == keys.lookup("a", "b")


@pytest.mark.parametrize("text", ["", "# only a remark\n", "not base64!", key_file(bytes(31)), key_file(bytes(33)), "ключ"])
def test_what_is_no_key_file_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(StartRefused, match="alwand keys new"):
        Keyring.parse(text)


def test_a_keyring_shows_nothing_of_its_keys(keys: Keyring) -> None:
    key = keys.new_data_key("x")
    assert key.plain.hex() not in repr(key) + repr(keys)
    assert repr(key.plain)[2:-1] not in repr(key)
