"""Version 1 of the API, put together."""

from __future__ import annotations

from laureate.api import journal, people, post, problem, scoring, staffing, submissions, teaming
from laureate.api.auth import SIGNED_IN
from laureate.api.document import LaureateAPI
from laureate.api.errors import answer_errors
from laureate.api.parsing import StrictParser

api = LaureateAPI(
    title="Laureate",
    version="1",
    description="Prize challenges, from the question to a ranked result.",
    urls_namespace="api",
    docs_url=None,
    auth=SIGNED_IN,
    parser=StrictParser(),
)
answer_errors(api)
for step in (people, problem, staffing, submissions, teaming, scoring, post, journal):
    api.add_router("", step.router)
