"""Every metric against scikit-learn, or against its definition written another way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn import metrics as peer

from laureate.engine.metrics import get_metric
from laureate.engine.metrics.retrieval import average_precision

CASES = range(12)


def numbers(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(20, 300))
    truth = rng.gamma(1.0, 3.0, rows) + 0.1
    return truth, truth * rng.lognormal(0, 0.5, rows), rng.random(rows) + 0.1


def classes(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(20, 300))
    truth = np.concatenate(([0, 1], (rng.random(rows) < 0.3).astype(int)))
    guess = np.round(np.clip(rng.random(rows + 2) * 0.8 + 0.2 * truth, 0, 1), 1 if seed % 2 else 4)
    return truth, guess, rng.random(rows + 2) + 0.1


@pytest.mark.parametrize("seed", CASES)
def test_errors(seed: int) -> None:
    truth, guess, weight = numbers(seed)
    for name, theirs in {
        "rmse": peer.root_mean_squared_error,
        "mae": peer.mean_absolute_error,
        "rmsle": peer.root_mean_squared_log_error,
        "mape": peer.mean_absolute_percentage_error,
        "r2": peer.r2_score,
    }.items():
        ours = get_metric(name)
        assert ours.compute(truth, guess) == pytest.approx(theirs(truth, guess), rel=1e-12), name
        assert ours.compute(truth, guess, weight) == pytest.approx(
            theirs(truth, guess, sample_weight=weight), rel=1e-12
        ), name


@pytest.mark.parametrize("seed", CASES)
def test_auc_and_log_loss(seed: int) -> None:
    truth, guess, weight = classes(seed)
    for name, theirs in {"auc": peer.roc_auc_score, "log_loss": peer.log_loss}.items():
        ours = get_metric(name)
        inner = np.clip(guess, 1e-6, 1 - 1e-6) if name == "log_loss" else guess
        assert ours.compute(truth, inner) == pytest.approx(theirs(truth, inner), rel=1e-12)
        assert ours.compute(truth, inner, weight) == pytest.approx(
            theirs(truth, inner, sample_weight=weight), rel=1e-12
        )


@pytest.mark.parametrize("seed", CASES)
def test_log_loss_of_many_classes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    codes = np.concatenate((np.arange(4), rng.integers(0, 4, 50)))
    given = rng.dirichlet(np.ones(4), 54)
    ours = get_metric("log_loss").compute(np.eye(4)[codes], given * 3.0)
    assert ours == pytest.approx(peer.log_loss(codes, given), rel=1e-12)


def gini_of_one_order(truth: np.ndarray) -> float:
    share = np.cumsum(truth) / truth.sum()
    return float((share - np.arange(1, len(truth) + 1) / len(truth)).sum())


@pytest.mark.parametrize("seed", CASES)
def test_gini_is_the_mean_over_all_orders_of_ties(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, 6).astype(float)
    truth[0] = 5.0
    guess = rng.integers(0, 3, 6)
    orders = [
        order
        for order in itertools.permutations(range(6))
        if all(guess[a] >= guess[b] for a, b in itertools.pairwise(order))
    ]
    reached = np.mean([gini_of_one_order(truth[list(order)]) for order in orders])
    perfect = gini_of_one_order(np.sort(truth)[::-1])
    assert get_metric("normalized_gini").compute(truth, guess) == pytest.approx(reached / perfect, abs=1e-12)


@pytest.mark.parametrize("seed", CASES)
def test_gini_of_two_classes_is_twice_auc_minus_one(seed: int) -> None:
    truth, guess, weight = classes(seed)
    gini, auc = get_metric("normalized_gini"), get_metric("auc")
    assert gini.compute(truth, guess, weight) == pytest.approx(2 * auc.compute(truth, guess, weight) - 1)


@pytest.mark.parametrize("seed", CASES)
def test_labels(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = np.array(["ant", "bee", "cat", "dog"])
    truth = names[rng.integers(0, 3, 80)]
    guess = np.where(rng.random(80) < 0.5, truth, names[rng.integers(0, 4, 80)])
    weight = rng.random(80)
    for sample in (None, weight):
        for name, average in {"f1_macro": "macro", "f1_micro": "micro"}.items():
            assert get_metric(name).compute(truth, guess, sample) == pytest.approx(
                peer.f1_score(truth, guess, average=average, sample_weight=sample), rel=1e-12
            )
        assert get_metric("accuracy").compute(truth, guess, sample) == pytest.approx(
            peer.accuracy_score(truth, guess, sample_weight=sample), rel=1e-12
        )
        assert get_metric("f1").with_options({"positive": "bee"}).compute(
            truth, guess, sample
        ) == pytest.approx(peer.f1_score(truth == "bee", guess == "bee", sample_weight=sample), rel=1e-12)


@pytest.mark.parametrize("seed", CASES)
def test_kappa(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, weight = rng.integers(1, 7, 90), rng.random(90)
    guess = np.clip(truth + rng.integers(-2, 3, 90), 1, 6)
    ours = get_metric("quadratic_weighted_kappa")
    for sample in (None, weight):
        assert ours.compute(truth, guess, sample) == pytest.approx(
            peer.cohen_kappa_score(
                truth, guess, labels=range(1, 7), weights="quadratic", sample_weight=sample
            ),
            rel=1e-10,
        )


def precision_by_definition(relevant: set[str], ranked: list[str], depth: int) -> float:
    total = 0.0
    for place in range(1, min(depth, len(ranked)) + 1):
        item = ranked[place - 1]
        if item in relevant and item not in ranked[: place - 1]:
            total += len(relevant & set(ranked[:place])) / place
    return total / min(depth, len(relevant))


@pytest.mark.parametrize("seed", CASES)
def test_average_precision(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items = np.array(list("abcdefghij"))
    relevant = rng.choice(items, rng.integers(1, 7)).tolist()
    ranked = rng.choice(items, rng.integers(1, 10)).tolist()
    for depth in (1, 3, 5, 12):
        assert average_precision(relevant, ranked, depth) == pytest.approx(
            precision_by_definition(set(relevant), ranked, depth), abs=1e-15
        )


def test_known_values() -> None:
    assert get_metric("map_at_k").compute(["a"], ["b a a"]) == 0.5
    assert get_metric("map_at_k").compute(["a b"], ["a x b"]) == pytest.approx((1 + 2 / 3) / 2)
    assert get_metric("auc").compute([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) == 0.75
    assert get_metric("auc").compute([0, 1], [3, 3]) == 0.5
    assert get_metric("quadratic_weighted_kappa").compute([1, 2, 3], [2, 2, 2]) == pytest.approx(0)
    assert get_metric("normalized_gini").compute([1, 0, 2], [1, 1, 1]) == pytest.approx(0, abs=1e-15)
    assert get_metric("accuracy").compute([1, 2], np.array([1.0, 3.0])) == 0.5
