"""What one reading remembers, and that nothing else does."""

from __future__ import annotations

from laureate.base.memory import one_reading, recall


def test_a_reading_looks_once_and_forgets_at_its_end() -> None:
    looks = iter(range(10))
    assert [recall("key", lambda: next(looks)) for _ in range(2)] == [0, 1]
    with one_reading():
        assert [recall("key", lambda: next(looks)) for _ in range(3)] == [2, 2, 2]
        assert recall("other", lambda: next(looks)) == 3
    with one_reading():
        assert recall("key", lambda: next(looks)) == 4


def test_nothing_found_is_remembered_too_but_no_failure() -> None:
    looks = []
    with one_reading():
        for _ in range(2):
            assert recall("nothing", lambda: looks.append(1)) is None
        assert looks == [1]
        for _ in range(2):
            try:
                recall("broken", lambda: looks.append(2) or 1 / 0)
            except ZeroDivisionError:
                continue
        assert looks == [1, 2, 2]
