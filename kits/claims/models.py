"""The model families of the demo's teams: each turns a level of skill into a fitted model.

A level between 0 and 1 says how far a team has come: how many columns it uses, how long it trains,
whether it has noticed that a person's years share one profile. All predictions are real.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.linear_model import (
    ElasticNet,
    GammaRegressor,
    Lasso,
    LinearRegression,
    PoissonRegressor,
    Ridge,
    TweedieRegressor,
)
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

RAW = ["lncoins", "idp", "lpi", "fmde", "physlm", "disea", "hlthg", "hlthf", "hlthp"]
MADE = ["free", "health", "sick", "sick_free", "coins_mid", "coins_high", "years"]
SHORT = {
    "lncoins": "coinsurance",
    "idp": "deductible",
    "lpi": "incentive",
    "fmde": "max. expenditure",
    "physlm": "limitation",
    "disea": "chronic diseases",
    "hlthg": "good health",
    "hlthf": "fair health",
    "hlthp": "poor health",
}
Floats = NDArray[np.float64]
Attempt = tuple[Floats, str]


@dataclass(frozen=True)
class Tables:
    """What a team has: rows to learn from, and the distinct profiles among the rows to predict."""

    train: pd.DataFrame
    visits: Floats
    profiles: pd.DataFrame
    group: NDArray[np.int64]
    """The profile of each training row, numbered over train and test together."""
    profile_group: NDArray[np.int64]


def prepare(train: pd.DataFrame, test: pd.DataFrame) -> tuple[Tables, NDArray[np.int64]]:
    """Return the tables, and for each row of ``test`` the number of its profile."""
    both = pd.concat([train[RAW], test[RAW]], ignore_index=True)
    group = both.groupby(RAW, sort=True).ngroup().to_numpy()
    both = _with_made(both, group)
    of_test = group[len(train) :]
    distinct, first, rows = np.unique(of_test, return_index=True, return_inverse=True)
    profiles = both.iloc[len(train) + first].reset_index(drop=True)
    visits = train["mdvis"].to_numpy(float)
    tables = Tables(
        both.iloc[: len(train)].reset_index(drop=True), visits, profiles, group[: len(train)], distinct
    )
    return tables, rows.astype(np.int64)


def _with_made(rows: pd.DataFrame, group: NDArray[np.int64]) -> pd.DataFrame:
    free = (rows["lncoins"] == 0).astype(float)
    return rows.assign(
        free=free,
        health=rows["hlthg"] + 2 * rows["hlthf"] + 3 * rows["hlthp"],
        sick=np.log1p(rows["disea"]),
        sick_free=np.log1p(rows["disea"]) * free,
        coins_mid=((rows["lncoins"] > 0) & (rows["lncoins"] < 4)).astype(float),
        coins_high=(rows["lncoins"] >= 4).astype(float),
        years=np.log(np.bincount(group)[group]),
    )


def profile_means(tables: Tables, prior: Floats | float, weight: float) -> Floats:
    """Return the mean visits of each profile, shrunk to ``prior`` as if it were ``weight`` more rows."""
    size = int(max(tables.group.max(), tables.profile_group.max())) + 1
    total = np.bincount(tables.group, tables.visits, size)[tables.profile_group]
    count = np.bincount(tables.group, minlength=size)[tables.profile_group]
    return np.asarray((total + weight * prior) / (count + weight))


class Studio:
    """Fits models for one team; all its chance comes from one generator."""

    def __init__(self, tables: Tables, rng: np.random.Generator) -> None:
        self.tables, self.rng = tables, rng
        self.favourites = list(
            rng.permutation(["disea", "lncoins", "physlm", "hlthp", "hlthf", "idp", "fmde", "lpi", "hlthg"])
        )

    def columns(self, level: float) -> list[str]:
        """Return the columns that a team of this level uses."""
        if level < 0.55:
            return self.favourites[: 1 + round(level / 0.55 * 7)]
        return RAW if level < 0.75 else RAW + MADE

    def said(self, columns: list[str]) -> str:
        """Return the columns in words."""
        if len(columns) > len(RAW):
            return "all columns and interactions"
        return (
            "all nine columns"
            if len(columns) == len(RAW)
            else ", ".join(SHORT[name] for name in columns[:3])
            + (f" and {len(columns) - 3} more" if len(columns) > 3 else "")
        )

    def fit(self, model: object, columns: list[str], share: float = 1.0, scale: str = "raw") -> Floats:
        """Fit on a share of the rows, with visits on a scale, and return predicted visits of all profiles."""
        visits = self.tables.visits
        target = {"raw": visits, "log": np.log1p(visits), "sqrt": np.sqrt(visits), "half": visits + 0.5}[
            scale
        ]
        kept = np.arange(len(visits))
        if share < 1:
            kept = np.sort(self.rng.choice(len(visits), int(share * len(visits)), replace=False))
        model.fit(self.tables.train[columns].to_numpy()[kept], target[kept])  # type: ignore[attr-defined]
        guess = np.asarray(model.predict(self.tables.profiles[columns].to_numpy()), dtype=float)  # type: ignore[attr-defined]
        return {
            "raw": guess,
            "log": np.expm1(np.clip(guess, -1, 6)),
            "sqrt": np.clip(guess, 0, None) ** 2,
            "half": guess - 0.5,
        }[scale]

    def seed(self) -> int:
        """Return a seed for a model with chance of its own."""
        return int(self.rng.integers(1_000_000))


def rule_of_thumb(studio: Studio, level: float) -> Attempt:
    """Weigh columns by hand."""
    rows, rng = studio.tables.profiles, studio.rng
    free = rng.uniform(0.2, 1.5)
    guess = rows["disea"] / 10 + free * rows["free"] + level * 3 * (rows["health"] / 3 + rows["physlm"])
    if level > 0.5:
        guess = guess * (1 + 0.5 * rows["free"]) - 0.15 * rows["idp"]
    return guess.to_numpy(), f"Rule of thumb: diseases / 10 + {free:.1f} for free care" + (
        ", plus health" if level > 0.3 else ""
    )


def count_regression(studio: Studio, level: float) -> Attempt:
    """Fit a generalised linear model."""
    columns, kind = (
        studio.columns(level),
        studio.rng.choice(["Poisson", "Gamma", "Tweedie"], p=[0.5, 0.2, 0.3]),
    )
    alpha = float(10 ** studio.rng.uniform(-4, -1))
    power = float(studio.rng.uniform(1.1, 1.8))
    model = {
        "Poisson": PoissonRegressor(alpha=alpha, max_iter=400),
        "Gamma": GammaRegressor(alpha=alpha, max_iter=400),
        "Tweedie": TweedieRegressor(power=power, alpha=alpha, link="log", max_iter=400),
    }[kind]
    name = f"Tweedie regression, power {power:.2f}" if kind == "Tweedie" else f"{kind} regression"
    guess = studio.fit(
        make_pipeline(StandardScaler(), model), columns, scale="half" if kind == "Gamma" else "raw"
    )
    return guess, f"{name}, {studio.said(columns)}"


def linear(studio: Studio, level: float) -> Attempt:
    """Fit a penalised linear model."""
    columns, scale = studio.columns(level), str(studio.rng.choice(["raw", "log", "sqrt"]))
    alpha = float(10 ** studio.rng.uniform(-3, -1))
    name, model = [
        ("Least squares", LinearRegression()),
        ("Ridge", Ridge(alpha=100 * alpha)),
        ("Lasso", Lasso(alpha=alpha)),
        ("Elastic net", ElasticNet(alpha=alpha)),
    ][studio.rng.integers(4)]
    said = {"raw": "visits", "log": "log visits", "sqrt": "root of visits"}[scale]
    return studio.fit(
        make_pipeline(StandardScaler(), model), columns, scale=scale
    ), f"{name} on {said}, {studio.said(columns)}"


def neighbours(studio: Studio, level: float) -> Attempt:
    """Average over the nearest training rows."""
    columns, k = studio.columns(min(1, level + 0.2)), max(5, round(250 * (1 - level) ** 2))
    weights = "distance" if level > 0.7 else "uniform"
    guess = studio.fit(make_pipeline(StandardScaler(), KNeighborsRegressor(k, weights=weights)), columns)
    return guess, f"{k} nearest neighbours, {studio.said(columns)}"


def forest(studio: Studio, level: float) -> Attempt:
    """Grow a random forest or extremely randomised trees."""
    columns, extra = studio.columns(min(1, level + 0.25)), studio.rng.random() < 0.4
    trees, leaf = round(25 + 55 * level), max(1, round(60 * (1 - level) ** 2))
    kind = ExtraTreesRegressor if extra else RandomForestRegressor
    model = kind(
        trees,
        min_samples_leaf=leaf,
        max_features=float(studio.rng.uniform(0.4, 1)),
        n_jobs=2,
        random_state=studio.seed(),
        max_depth=None if level > 0.6 else round(3 + 8 * level),
    )
    guess = studio.fit(
        model, columns, share=float(studio.rng.choice([0.6, 0.8, 1.0])) if level < 0.8 else 1.0
    )
    return (
        guess,
        f"{kind.__name__[:-9]}: {trees} trees, leaves of {leaf}, {studio.said(columns)}",
    )


def boosting(studio: Studio, level: float) -> Attempt:
    """Boost trees on the Poisson deviance."""
    columns, rounds = studio.columns(min(1, level + 0.25)), round(30 + 220 * level**2)
    leaves, rate = round(4 + 40 * level**2), float(studio.rng.choice([0.03, 0.05, 0.08]))
    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=rate,
        max_iter=rounds,
        max_leaf_nodes=leaves,
        min_samples_leaf=max(4, round(60 * (1 - level))),
        random_state=studio.seed(),
    )
    return studio.fit(
        model, columns
    ), f"Histogram boosting, Poisson loss: {rounds} rounds of {leaves} leaves at {rate}"


def classic_boosting(studio: Studio, level: float) -> Attempt:
    """Boost trees on squares, row by row."""
    columns, rounds, depth = studio.columns(min(1, level + 0.2)), round(20 + 80 * level), round(2 + 5 * level)
    model = GradientBoostingRegressor(
        n_estimators=rounds, max_depth=depth, subsample=0.6, max_features=0.6, random_state=studio.seed()
    )
    scale = "log" if studio.rng.random() < 0.4 else "raw"
    return studio.fit(model, columns, scale=scale), f"Gradient boosting: {rounds} trees of depth {depth}" + (
        " on log visits" if scale == "log" else ""
    )


def support_vectors(studio: Studio, level: float) -> Attempt:
    """Fit support vectors on a sample, for they are slow on all rows."""
    columns, share = studio.columns(min(1, level + 0.3)), 0.08 + 0.2 * level
    model = make_pipeline(
        StandardScaler(), SVR(C=float(0.3 + 5 * level), gamma=float(0.05 + 0.5 * level), epsilon=0.2)
    )
    return studio.fit(
        model, columns, share=share, scale="log"
    ), f"Support vectors on {share:.0%} of the rows, log visits"


def network(studio: Studio, level: float) -> Attempt:
    """Train a small neural network."""
    columns, width, epochs = studio.columns(min(1, level + 0.3)), round(8 + 40 * level), round(6 + 24 * level)
    net = MLPRegressor(
        hidden_layer_sizes=(width, width // 2),
        max_iter=epochs,
        learning_rate_init=0.005,
        batch_size=128,
        random_state=studio.seed(),
    )
    scale = str(studio.rng.choice(["log", "sqrt"]))
    return studio.fit(
        make_pipeline(StandardScaler(), net), columns, scale=scale
    ), f"Neural network {width}-{width // 2}, {epochs} epochs"


def families(studio: Studio, level: float) -> Attempt:
    """Take the mean of each profile, shrunk: most people were followed for several years."""
    weight = float(np.round(25 * (1 - level) ** 2 + 0.8, 1))
    if level < 0.6:
        note = f"Mean visits of the same profile, shrunk to the overall mean ({weight:g} rows)"
        return profile_means(studio.tables, float(studio.tables.visits.mean()), weight), note
    prior, note = boosting(studio, level) if level > 0.8 else count_regression(studio, level)
    return profile_means(
        studio.tables, np.clip(prior, 0.05, None), weight
    ), f"Profile means, shrunk to: {note}"


FAMILIES: dict[str, Callable[[Studio, float], Attempt]] = {
    one.__name__: one
    for one in (
        rule_of_thumb,
        count_regression,
        linear,
        neighbours,
        forest,
        boosting,
        classic_boosting,
        support_vectors,
        network,
        families,
    )
}
