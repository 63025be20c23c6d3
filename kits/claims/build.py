"""Build the files of the claims prize from the RAND Health Insurance Experiment in statsmodels.

Run with the development dependencies: ``python kits/claims/build.py``. The result is the same on
every machine: rows are shuffled and split by SHA-256, the incumbent's model has no chance in it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import PoissonRegressor
from statsmodels.datasets import randhie

HERE = Path(__file__).resolve().parent
TARGET = "mdvis"
FEATURES = ["lncoins", "idp", "lpi", "fmde", "physlm", "disea", "hlthg", "hlthf", "hlthp"]
INCUMBENT = ["lncoins", "disea"]
TRAIN, PUBLIC = 0.60, 0.72


def load_rows() -> pd.DataFrame:
    """Return all rows with an ``id`` that says nothing about their order in the source.

    The source lists the years of one person next to each other and has no key. Ids are therefore
    given along a shuffle, or a row's neighbours would tell its answer.
    """
    rows = randhie.load_pandas().data[[*FEATURES, TARGET]].reset_index(drop=True)
    shuffled = sorted(range(len(rows)), key=lambda n: hashlib.sha256(f"randhie:{n}".encode()).digest())
    rows = rows.iloc[shuffled].reset_index(drop=True)
    rows.insert(0, "id", np.arange(1, len(rows) + 1))
    return rows


def split_of(number: int) -> str:
    """Return ``Train``, ``Public`` or ``Private`` for an id, by its hash."""
    share = int.from_bytes(hashlib.sha256(f"claims:{number}".encode()).digest()[:4], "big") / 2**32
    return "Train" if share < TRAIN else "Public" if share < PUBLIC else "Private"


def incumbent(train: pd.DataFrame, rows: pd.DataFrame) -> np.ndarray:
    """Return the predictions of the model in use: a Poisson regression on two columns."""
    model = PoissonRegressor(alpha=0.0, max_iter=1000, tol=1e-10).fit(train[INCUMBENT], train[TARGET])
    return np.asarray(model.predict(rows[INCUMBENT]))


def main() -> None:
    """Write the data for solvers, the solution and the baseline."""
    rows = load_rows()
    usage = rows["id"].map(split_of)
    train, hidden = rows[usage == "Train"], rows[usage != "Train"]
    for folder in ("data", "hidden"):
        (HERE / folder).mkdir(exist_ok=True)
    train.to_csv(HERE / "data/train.csv", index=False, lineterminator="\n")
    hidden.drop(columns=TARGET).to_csv(HERE / "data/test.csv", index=False, lineterminator="\n")
    answers = hidden[["id", TARGET]]
    sample = answers.assign(mdvis=round(float(train[TARGET].mean()), 2))
    sample.to_csv(HERE / "data/sample_submission.csv", index=False, lineterminator="\n")
    answers.assign(Usage=usage[usage != "Train"]).to_csv(
        HERE / "hidden/solution.csv", index=False, lineterminator="\n"
    )
    answers.assign(mdvis=incumbent(train, hidden).round(3)).to_csv(
        HERE / "hidden/incumbent.csv", index=False, lineterminator="\n"
    )
    print(f"{len(train)} rows to learn from, {len(hidden)} hidden: {usage.value_counts().to_dict()}")


if __name__ == "__main__":
    main()
