"""Laws 7 and 10 on the models: no signals, no hidden saving, foreign keys that point backward."""

from __future__ import annotations

import ast
import gc
import weakref

import pytest
from django.apps import apps
from django.db import models
from django.dispatch import Signal

from .sources import dotted, imported, modules

ORDER = (
    *("laureate.base.people", "laureate.base.journal", "laureate.base.files", "laureate.base.post"),
    *("laureate.recipe.problem", "laureate.recipe.submissions", "laureate.recipe.scoring"),
)
"""The apps that have tables, earliest first: a step may point only to what stands before it."""

HOUSE = [config for config in apps.get_app_configs() if config.name.startswith("laureate.")]
MODELS = [model for config in HOUSE for model in config.get_models(include_auto_created=True)]
KEYS = [
    (model, field)
    for model in MODELS
    for field in model._meta.get_fields()
    if isinstance(field, models.ForeignKey | models.ManyToManyField)
]


def app_of(model: type[models.Model]) -> str:
    return apps.get_app_config(model._meta.app_label).name


def test_every_app_with_tables_has_its_place_in_the_order() -> None:
    assert {app_of(model) for model in MODELS} == set(ORDER)
    recipe = [name for name in ORDER if name.startswith("laureate.recipe.")]
    installed = [config.name for config in HOUSE if config.name in recipe]
    assert installed == recipe


@pytest.mark.parametrize(
    ("model", "field"), KEYS, ids=lambda part: getattr(part, "name", None) or part.__name__
)
def test_foreign_keys_across_steps_point_backward_and_leave_no_trace(
    model: type[models.Model], field: models.ForeignKey[models.Model, models.Model]
) -> None:
    own, other = app_of(model), app_of(field.related_model)
    if own == other:
        return
    assert ORDER.index(other) < ORDER.index(own)
    assert field.remote_field.hidden, 'write related_name="+"'


def test_there_are_keys_to_judge() -> None:
    across = [field for model, field in KEYS if app_of(model) != app_of(field.related_model)]
    assert len(across) >= 10


def test_no_model_saves_or_deletes_in_its_own_way() -> None:
    overridden = [
        f"{holder.__module__}.{holder.__name__}.{name}"
        for model in MODELS
        for holder in model.__mro__
        if holder.__module__.startswith("laureate.")
        for name in ("save", "save_base", "delete", "full_clean", "clean", "refresh_from_db")
        if name in vars(holder)
    ]
    assert overridden == []


def test_no_receiver_of_a_signal_is_ours() -> None:
    # All that the house loads on start is loaded by now: handlers of a late import are read in the source.
    signals = [one for one in gc.get_objects() if issubclass(type(one), Signal)]  # isinstance wakes lazy ones
    homes = [getattr(receiver, "__module__", "") or "" for signal in signals for receiver in _live(signal)]
    assert any(home.startswith("django.") for home in homes), "receivers are found at all"
    assert [home for home in homes if home.startswith("laureate.")] == []


def _live(signal: Signal) -> list[object]:
    held = [entry[1] for entry in signal.receivers]
    return [one() if isinstance(one, weakref.ReferenceType) else one for one in held]


def test_no_signal_is_imported_or_connected() -> None:
    forbidden = ("django.dispatch", "django.db.models.signals", "django.core.signals")
    places = []
    for module in modules():
        places += [module.place(node) for name, node in imported(module.tree) if name.startswith(forbidden)]
        places += [
            module.place(node)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] == "receiver"
        ]
    assert places == []


EVENT_KEYS = frozenset({"sha256", "user", "kind", "fields", "file", "entry"})
"""What the payload of an event may hold (law 8): ids, digests and names of fields, never scores or names."""


def test_events_carry_ids_and_digests_only() -> None:
    recorded = [
        (module, call)
        for module in modules()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and dotted(call.func).split(".")[-1] == "record"
    ]
    assert len(recorded) > 20
    for module, call in recorded:
        for keyword in call.keywords:
            if keyword.arg == "payload":
                assert isinstance(keyword.value, ast.Dict), f"{module.place(call)}: write the payload out"
                keys = {key.value if isinstance(key, ast.Constant) else None for key in keyword.value.keys}
                assert keys <= EVENT_KEYS, module.place(call)
