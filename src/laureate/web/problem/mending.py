"""Where on the host's pages a mistake of a challenge is mended."""

from __future__ import annotations

from laureate.engine.faults import Fault
from laureate.engine.problem import MANIFEST

_BY_TABLE = {
    "challenge": "revise_challenge",
    "evaluation": "attach_file",
    "data": "attach_file",
    "baselines": "attach_file",
    "phases": "plan_phases",
    "limits": "plan_phases",
}
_BY_RULE = {
    "no_phase": "plan_phases",
    "duplicate_phase": "plan_phases",
    "phase_order": "plan_phases",
    "phase_over": "plan_phases",
    "phase_begun": "plan_phases",
    "freeze_outside": "plan_phases",
    "freeze_past": "plan_phases",
    "many_selections": "plan_phases",
    "selections_above_entries": "plan_phases",
    "short_brief": "revise_challenge",
    "raw_html": "revise_challenge",
    "unknown_field": "revise_challenge",
}


def page_that_mends(fault: Fault) -> str:
    """Return the name of the page on which a fault of a draft is mended.

    By its rule, by the table of the key it speaks of, else the page of files and measure: what is
    left concerns the content of files.
    """
    if fault.rule in _BY_RULE:
        return _BY_RULE[fault.rule]
    spoken = str(fault.params.get("key") or fault.params.get("table") or "")
    table = spoken.split(".")[0].strip("[]").split("[")[0]
    if fault.file in (MANIFEST, None) or fault.rule.startswith("missing"):
        return _BY_TABLE.get(table, "attach_file")
    return "revise_challenge" if fault.file and fault.file.endswith(".md") else "attach_file"
