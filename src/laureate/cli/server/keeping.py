"""What ``laureate login`` keeps: address and token, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from platformdirs import user_config_path

from laureate.engine.faults import BadInputError, Fault, mark

DEFAULT_URL = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class Login:
    """The server that commands talk to, and as whom; empty where not signed in."""

    url: str = DEFAULT_URL
    token: str = ""
    token_id: int | None = None
    email: str = ""
    from_environment: bool = False
    """Whether the token came from LAUREATE_TOKEN."""


def login_file() -> Path:
    """Return where the login is kept."""
    return user_config_path("laureate", appauthor=False) / "login.json"


def kept_login() -> Login:
    """Return what was kept; raises BadInputError where the file cannot be read."""
    file = login_file()
    try:
        kept = json.loads(file.read_text("utf-8"))
        return Login(str(kept["url"]), str(kept["token"]), kept.get("token_id"), str(kept.get("email", "")))
    except FileNotFoundError:
        return Login()
    except (OSError, ValueError, KeyError, TypeError):
        raise BadInputError(
            [
                Fault(
                    "login_unreadable",
                    mark("What “laureate login” kept cannot be read: %(path)s."),
                    mark("Delete that file and run “laureate login” again."),
                    {"path": str(file)},
                )
            ]
        ) from None


def current_login(environ: Mapping[str, str] | None = None) -> Login:
    """Return address and token to use: LAUREATE_URL and LAUREATE_TOKEN win over what was kept.

    A kept token goes to the server that issued it and to no other.
    """
    environ = os.environ if environ is None else environ
    url, token = (
        environ.get("LAUREATE_URL", "").strip().rstrip("/"),
        environ.get("LAUREATE_TOKEN", "").strip(),
    )
    if url and token:
        return Login(url, token, from_environment=True)
    kept = kept_login()
    if token:
        return Login(kept.url, token, from_environment=True)
    return kept if url in ("", kept.url) else Login(url)


def keep_login(login: Login) -> None:
    """Keep address and token; the file is never readable by others, not even while it is written."""
    file = login_file()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # mkstemp makes the file with mode 0600.
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".login-")
    kept = {key: value for key, value in asdict(login).items() if key != "from_environment"}
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(kept, out, indent=2)
        out.write("\n")
    Path(name).replace(file)


def forget_login() -> None:
    """Forget address and token."""
    login_file().unlink(missing_ok=True)
