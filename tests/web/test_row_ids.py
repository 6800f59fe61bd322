import pytest

from web.row_ids import parse_row_id


@pytest.mark.parametrize("text, pk", [("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_a_number_that_a_bigint_can_hold_is_an_id(text, pk):
    assert parse_row_id(text) == pk


@pytest.mark.parametrize(
    "text", ["", "abc", "-1", "1.0", " 1", "٣", "²", "1\0", "9" * 19, "9" * 5000]
)
def test_anything_else_is_none(text):
    assert parse_row_id(text) is None
