"""``laureate up``: one process tree with web and worker on one data folder.

The parent imports Django once, migrates, takes the port and forks: a web process and the
workers. It watches them, starts a dead one again, and stops all of them when it is told to
stop. A child that loses its parent (even by SIGKILL) sees the end of a pipe and stops too.
"""

from __future__ import annotations

import functools
import gc
import hashlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

log = logging.getLogger("laureate")
GRACE_SECONDS = 10.0
LONGEST_PAUSE = 30.0


class PortTakenError(Exception):
    """Raised when another program listens on the address already."""


def take_port(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address.

    Raises:
        PortTakenError: when it is in use, or not an address of this machine.

    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
        taken.listen(512)  # now: two servers may be bound to one port, but only one can listen
    except (OSError, OverflowError) as error:
        taken.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise PortTakenError(f"cannot listen on {host}:{port}: {reason}") from None
    taken.set_inheritable(True)
    return taken


def prepare_database() -> None:
    """Bring the database to the present schema."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


@dataclass
class Child:
    """A process of the tree: how to start it, and how it fares."""

    name: str
    run: Callable[[], None]
    pid: int = 0
    started: float = 0.0
    pause: float = 0.0


@dataclass
class Tree:
    """The parent's view of its children."""

    children: list[Child]
    stopping: bool = False
    _lifeline: tuple[int, int] = field(default_factory=os.pipe)

    def run(self) -> None:
        """Start all children and watch them until told to stop."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for child in self.children:
            self._start(child)
        while not self.stopping:
            self._reap()
            time.sleep(0.2)
        self._end()

    def _stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        self.stopping = True

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        child.pid = os.fork()
        if child.pid == 0:
            status = 1
            try:
                # Until the child has handlers of its own, a signal ends it as it would any program.
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, signal.SIG_DFL)
                os.close(self._lifeline[1])
                _die_with_parent(self._lifeline[0])
                child.run()
                status = 0
            except KeyboardInterrupt:
                status = 0
            except BaseException:
                log.exception("%s failed", child.name)
            finally:
                logging.shutdown()
                os._exit(status)

    def _reap(self) -> None:
        for child in self.children:
            if child.pid == 0:
                if time.monotonic() >= child.started + child.pause:
                    self._start(child)
                continue
            ended, status = os.waitpid(child.pid, os.WNOHANG)
            if ended == 0:
                continue
            lived = time.monotonic() - child.started
            child.pause = 0.5 if lived > LONGEST_PAUSE else min(LONGEST_PAUSE, child.pause * 2 or 0.5)
            log.error("%s ended (status %s); starting it again in %.1f s", child.name, status, child.pause)
            child.pid, child.started = 0, time.monotonic()

    def _end(self) -> None:
        alive = [child for child in self.children if child.pid]
        for child in alive:
            os.kill(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while alive and time.monotonic() < deadline:
            alive = [child for child in alive if os.waitpid(child.pid, os.WNOHANG)[0] == 0]
            time.sleep(0.02)
        for child in alive:
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)


def _die_with_parent(lifeline: int) -> None:
    def watch() -> None:
        os.read(lifeline, 1)  # returns when the parent's end is closed, whatever closed it
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_SECONDS)
        os._exit(1)  # whatever held it up: without its parent it has nothing to wait for

    threading.Thread(target=watch, daemon=True, name="lifeline").start()


def serve_web(listener: socket.socket) -> None:
    """Serve pages and API on a bound socket until SIGTERM."""
    import uvicorn
    from django.conf import settings

    from laureate.config.asgi import make_application

    config = uvicorn.Config(
        make_application(),
        log_config=None,
        log_level="warning",
        lifespan="off",
        proxy_headers=settings.OPTIONS["trust_proxy"],
        forwarded_allow_ips="127.0.0.1" if settings.OPTIONS["trust_proxy"] else "",
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    uvicorn.Server(config).run(sockets=[listener])


def work(number: int) -> None:
    """Do tasks until SIGTERM, under a name that the same worker bears again after a restart."""
    from django.conf import settings

    from laureate.worker.loop import Worker

    home = hashlib.sha256(str(settings.DATA).encode()).hexdigest()[:8]
    Worker(f"{socket.gethostname()[:40]}:{home}:{number}").run()


def bring_up(say: Callable[[str], None], *, fill: Callable[[], None] | None = None) -> None:
    """Run the whole platform in the foreground; ``fill`` puts data into a fresh database first.

    Raises:
        PortTakenError: before anything is changed.

    """
    from django.conf import settings
    from django.db import connections

    options = settings.OPTIONS
    listener = take_port(options["host"], options["port"])
    prepare_database()
    if fill is not None:
        fill()
    _greet(say)
    connections.close_all()
    gc.collect()
    gc.freeze()
    sys.stdout.flush()
    children = [Child("web", lambda: serve_web(listener))]
    numbers = range(1, options["workers"] + 1)
    children += [Child(f"worker {number}", functools.partial(work, number)) for number in numbers]
    Tree(children).run()
    listener.close()


def _greet(say: Callable[[str], None]) -> None:
    from django.conf import settings

    from laureate.base.people.queries import is_set_up

    say(f"Laureate is at {settings.PUBLIC_URL}  (data in {settings.DATA}; Ctrl-C stops it)")
    if not is_set_up():
        say(
            f"First run: open {settings.PUBLIC_URL}/setup?code={settings.SETUP_CODE} to make the administrator."
        )
