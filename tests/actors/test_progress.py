"""What a running stage has told so far."""

import json
from typing import Any

from actors.progress import Progress


def retry(kind: str) -> dict[str, Any]:
    return {"at_ms": 10.0, "kind": kind, "attempt": 1, "limit": 2, "reason": "it was gone"}


def test_what_was_tried_again_is_told_beside_the_steps() -> None:
    board = Progress(max_clicks=4)

    board.note({"kind": "step", "step": {"number": 1}})
    board.note({"kind": "retry", "retry": retry("element")})

    assert json.loads(str(board.news["retries"])) == [retry("element")]
    assert json.loads(str(board.news["steps"])) == [{"number": 1}]


def test_a_film_that_begins_anew_begins_without_steps() -> None:
    board = Progress(max_clicks=4)

    board.note({"kind": "step", "step": {"number": 1}})
    board.note({"kind": "refused", "refused": {"rule": "blacklist"}})
    board.note({"kind": "retry", "retry": retry("browser")})
    board.note({"kind": "step", "step": {"number": 1, "label": "again"}})

    assert json.loads(str(board.news["steps"])) == [{"number": 1, "label": "again"}]
    assert json.loads(str(board.news["refused"])) == [{"rule": "blacklist"}]


def test_a_sign_of_life_is_no_news() -> None:
    board = Progress(max_clicks=4)

    board.note({"kind": "alive"})

    assert board.news == {}
