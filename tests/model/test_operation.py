"""Operations speak a vocabulary, and policies can name every word of it."""

from __future__ import annotations

import pytest

from execgate.model.operation import OPERATION_TYPES, FileOperation
from execgate.model.source import Span
from execgate.model.values import Unknown

AT = Span(1, 0, 1, 1)
WORDED = [kind for kind in OPERATION_TYPES if kind.word is not None]
OTHERS = {"paths": (), "names": (), "tables": (), "tool": "t"}


def make(kind, word):
    field, _ = kind.word
    fields = {name: value for name, value in OTHERS.items() if name in kind.__dataclass_fields__}
    return kind(via="f", location=AT, **{**fields, field: word})


@pytest.mark.parametrize("kind", WORDED)
def test_an_operation_takes_every_word_of_its_vocabulary(kind) -> None:
    field, known = kind.word
    assert [getattr(make(kind, word), field) for word in known] == list(known)


@pytest.mark.parametrize("kind", WORDED)
@pytest.mark.parametrize("word", ["teleport", "", "*"])
def test_an_operation_refuses_a_word_that_no_policy_can_name(kind, word) -> None:
    with pytest.raises(ValueError, match=f"{kind.word[0]} of a {kind.type} must be one of .*, got '"):
        make(kind, word)


def test_an_operation_that_could_not_be_worked_out_is_no_word() -> None:
    operation = FileOperation(operation=Unknown("the mode is a variable"), paths=(), via="open", location=AT)
    assert operation.unresolved == ("operation: the mode is a variable",)


def test_only_what_is_done_to_all_below_says_so() -> None:
    one = FileOperation(operation="delete", paths=("d",), via="os.remove", location=AT)
    whole = FileOperation(operation="delete", paths=("d",), recursive=True, via="shutil.rmtree", location=AT)
    assert "recursive" not in one.to_json()
    assert whole.to_json()["recursive"] is True
