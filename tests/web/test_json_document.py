import json
from time import process_time

import pytest

from web.json_document import BadDocument, parse


def test_a_repeated_key_among_many_is_found_in_linear_time():
    keys = [*range(30_000), 29_999]
    text = "{" + ",".join(f"{json.dumps(str(key))}: 1" for key in keys) + "}"
    started = process_time()

    with pytest.raises(BadDocument, match='the key "29999" occurs twice'):
        parse(text)

    assert process_time() - started < 1
