"""From POST to visible score, and entries scored per minute by one worker, through a real server.

    python benchmarks/latency/post_to_score.py [--rows 100000 1000] [--repeats 20] [--workers 1]

Starts ``laureate up`` on an empty folder (SQLite, one worker), sets it up by its own doors and hands
in entries by the API, each with other numbers. Latency is the time from the first byte of the POST to
the answer that holds the score, asked for with ``?wait=``. Throughput is taken with four solvers at
once, from the first POST to the last score. Client, web and worker share the machine, so run it on an
idle one. The peers' figures are their published ones for 100,000 rows, on machines of their own.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np

from laureate.engine.problem import Limits, Phase, Problem, pack_bundle, write_problem

LAUREATE = Path(sys.executable).with_name("laureate")
EMAIL = "bench{}@example.org"
SOLVERS = 4
PER_DAY = 1000
PATIENCE = 120.0
PEERS_ROWS, PEERS = 100_000, (4.9, 60.0)
IN_A_BATCH = {1_000: 200, 100_000: 40}


@dataclass(frozen=True)
class Platform:
    """A running server: its address and the tokens of the solvers, who take part in every challenge."""

    url: str
    tokens: Sequence[str]

    def solver(self, number: int) -> httpx.Client:
        """Return a program of one solver, with a connection of its own."""
        return program(self.url, self.tokens[number % len(self.tokens)])


def program(url: str, token: str = "") -> httpx.Client:
    """Return a program that speaks to the API."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=PATIENCE, trust_env=False)


def good(answer: httpx.Response) -> httpx.Response:
    """Return an answer that is one; end the run at any other."""
    if answer.status_code >= 300:
        raise SystemExit(f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}")
    return answer


@contextlib.contextmanager
def running(folder: Path, workers: int) -> Iterator[str]:
    """Run a server on an empty folder; give the address of its first-run page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LAUREATE_")}
    with log.open("wb") as out:
        command = [LAUREATE, "up", "--data", folder / "data", "--port", str(port), "--workers", str(workers)]
        server = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            env=environ | {"PYTHONUNBUFFERED": "1", "LAUREATE_LOG_LEVEL": "WARNING"},
        )
    try:
        yield first_page(server, log)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def first_page(server: subprocess.Popen[bytes], log: Path) -> str:
    """Return the address that the server prints, once it answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(r"First run: open (\S+) ", log.read_text("utf-8"))
        with contextlib.suppress(httpx.TransportError):
            if found and httpx.get(found[1], trust_env=False).status_code == 200:
                return found[1]
        time.sleep(0.05)
    raise SystemExit(f"the server does not start:\n{log.read_text('utf-8')}")


def set_up(wizard: str, folder: Path, sizes: Sequence[int]) -> Platform:
    """Make the administrator, one challenge for each size, and solvers who take part in all of them."""
    url, password = wizard.partition("/setup")[0], secrets.token_urlsafe(16)
    host = EMAIL.format(0)
    form = {"name": "Host", "email": host, "password": password, "organisation": "Benchmarks"}
    with httpx.Client(timeout=PATIENCE, trust_env=False) as browser:
        browser.get(wizard)
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        if browser.post(wizard, data=form).status_code != 302:
            raise SystemExit("the administrator was not made")

    def token(email: str, *scopes: str) -> str:
        asked = {"email": email, "password": password, "name": "benchmark", "scopes": scopes}
        secret: str = good(api.post("/tokens", json=asked)).json()["token"]
        return secret

    with program(url) as api:
        with program(url, token(host, "read", "host")) as hosting:
            for rows in sizes:
                publish(hosting, folder, rows)
        tokens = []
        for number in range(1, SOLVERS + 1):
            email = EMAIL.format(number)
            account = {"email": email, "name": f"Solver {number}", "password": password}
            good(api.post("/accounts", json=account))
            tokens.append(token(email, "read", "submit"))
            with program(url, tokens[-1]) as solver:
                for rows in sizes:
                    good(solver.post(f"/challenges/{slug_of(rows)}/join"))
    return Platform(url, tokens)


def slug_of(rows: int) -> str:
    """Return the short name of the challenge of a size."""
    return f"rows-{rows}"


def publish(hosting: httpx.Client, folder: Path, rows: int) -> None:
    """Publish a challenge of so many rows, 30 % of them public."""
    now, slug = datetime.now(UTC).replace(microsecond=0), slug_of(rows)
    chance = np.random.default_rng(28)
    truth = np.round(chance.gamma(0.4, 5.0, rows))
    usage = np.where(chance.random(rows) < 0.3, "Public", "Private")
    sources = {"solution.csv": folder / f"{slug}-solution.csv", "sample.csv": folder / f"{slug}-sample.csv"}
    lines = (f"{n},{value:.0f},{use}\n" for n, (value, use) in enumerate(zip(truth, usage, strict=True), 1))
    sources["solution.csv"].write_text("id,prediction,Usage\n" + "".join(lines))
    sources["sample.csv"].write_text("id,prediction\n" + "".join(f"{n},0\n" for n in range(1, rows + 1)))
    problem = Problem(
        slug=slug,
        title=f"{rows} rows",
        language="en",
        summary="Predict each claim.",
        brief="# Claims\n\nPredict each claim.",
        field="insurance",
        sponsor="Benchmarks",
        time_zone="UTC",
        metric="normalized_gini",
        options={},
        id_column="id",
        targets=("prediction",),
        solution="solution.csv",
        sample="sample.csv",
        data=(),
        phases=(Phase("main", "Main", now - timedelta(days=1), now + timedelta(days=30)),),
        limits=Limits(PER_DAY, None, 2, 5, None),
        baselines=(),
    )
    write_problem(problem, folder / slug, sources)
    bundle = folder / f"{slug}.zip"
    pack_bundle(folder / slug, bundle)
    good(hosting.post("/challenges", files={"bundle": (bundle.name, bundle.read_bytes())}))
    good(hosting.post(f"/challenges/{slug}/publish"))


def entries(rows: int, many: int, seed: int) -> list[bytes]:
    """Return entries of a size, no two alike, with 17 digits to read in each row."""
    chance = np.random.default_rng(seed)
    header = "id,prediction\n"
    return [
        (
            header + "".join(f"{n},{value!r}\n" for n, value in enumerate(chance.random(rows).tolist(), 1))
        ).encode()
        for _ in range(many)
    ]


def post(solver: httpx.Client, rows: int, entry: bytes) -> int:
    """Hand in an entry and return its number."""
    number: int = good(
        solver.post(f"/challenges/{slug_of(rows)}/entries", files={"file": ("entry.csv", entry)})
    ).json()["id"]
    return number


def wait(solver: httpx.Client, number: int) -> None:
    """Return when the score of an entry is visible to its solver."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        entry = good(solver.get(f"/entries/{number}", params={"wait": 20})).json()
        if entry["state"] == "scored" and entry["score"]["public"]["score"] is not None:
            return
        if entry["state"] != "received":
            raise SystemExit(f"entry {number} is {entry['state']}: {entry['faults']}")
    raise SystemExit(f"entry {number} was not scored in {PATIENCE:.0f} s")


def latencies(platform: Platform, rows: int, repeats: int) -> tuple[float, list[float], list[float]]:
    """Return the seconds of the first entry, of all others, and of the POST alone of these."""
    whole, received = [], []
    with platform.solver(0) as solver:
        for entry in entries(rows, repeats + 1, seed=rows):
            start = time.perf_counter()
            number = post(solver, rows, entry)
            received.append(time.perf_counter() - start)
            wait(solver, number)
            whole.append(time.perf_counter() - start)
    return whole[0], whole[1:], received[1:]


def throughput(platform: Platform, rows: int, many: int) -> float:
    """Return entries per minute, handed in by all solvers at once, from the first POST to the last score."""
    batch = entries(rows, many, seed=rows + 1)
    shares = [batch[number::SOLVERS] for number in range(SOLVERS)]

    def hand_in(number: int) -> list[int]:
        with platform.solver(number) as solver:
            return [post(solver, rows, entry) for entry in shares[number]]

    start = time.perf_counter()
    with ThreadPoolExecutor(SOLVERS) as threads:
        received = list(threads.map(hand_in, range(SOLVERS)))
    for number, mine in enumerate(received):
        with platform.solver(number) as solver:
            for entry in mine:
                wait(solver, entry)
    return many / (time.perf_counter() - start) * 60


def report(platform: Platform, sizes: Sequence[int], repeats: int) -> None:
    """Measure all and print it, with what else the machine has to do."""
    print(f"Load of the last minute, before the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores\n")
    print(f"POST to visible score, {repeats} entries one after the other; the first one also warms up")
    print(
        "     rows     median   90th pct   POST alone      first   "
        + "".join(f"peer {p:g} s  " for p in PEERS)
    )
    for rows in sizes:
        first, whole, received = latencies(platform, rows, repeats)
        median, high = statistics.median(whole), statistics.quantiles(whole, n=10, method="inclusive")[-1]
        ratios = (
            "".join(f"{p / median:8.1f} x  " for p in PEERS)
            if rows == PEERS_ROWS
            else "        –           –"
        )
        print(
            f"{rows:>9,}  {median:7.3f} s  {high:7.3f} s    {statistics.median(received):7.3f} s  "
            f"{first:7.3f} s {ratios}",
            flush=True,
        )
    print(f"\nEntries scored per minute, {SOLVERS} solvers at once")
    for rows in sizes:
        many = IN_A_BATCH.get(rows, 40)
        print(f"{rows:>9,}  {throughput(platform, rows, many):9,.0f}   ({many} entries)", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000])
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--workers", type=int, default=1)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the server is stopped too
    with (
        tempfile.TemporaryDirectory(prefix="laureate-bench-") as name,
        running(Path(name), chosen.workers) as wizard,
    ):
        report(set_up(wizard, Path(name), chosen.rows), chosen.rows, chosen.repeats)


if __name__ == "__main__":
    main()
