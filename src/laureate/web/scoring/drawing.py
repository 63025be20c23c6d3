"""The course of a challenge, drawn."""

from __future__ import annotations

from laureate.base.people.viewer import Viewer
from laureate.recipe.scoring.queries import course
from laureate.web.ui.charts import CourseChart, course_chart


def drawn_course(viewer: Viewer, slug: str) -> CourseChart | None:
    """Return the chart of all public scores over time, the baseline and the viewer's own marked."""
    found = course(viewer, slug)
    return course_chart(
        [(point.time, point.score) for point in found.points],
        higher=found.higher,
        baseline=found.baseline,
        ours=[(point.time, point.score) for point in found.ours],
    )
