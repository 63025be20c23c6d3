"""Fields of knowledge: where a problem comes from, and where its solvers may."""

from __future__ import annotations

from laureate.engine.faults import mark

FIELDS: dict[str, str] = {
    "agriculture": mark("Agriculture and food"),
    "astronomy": mark("Astronomy and space"),
    "banking": mark("Banking and finance"),
    "biology": mark("Biology and genetics"),
    "chemistry": mark("Chemistry"),
    "civil-engineering": mark("Civil engineering and building"),
    "climate": mark("Climate and weather"),
    "computing": mark("Computing and software"),
    "culture": mark("Culture and heritage"),
    "earth-science": mark("Earth science and mining"),
    "ecology": mark("Ecology and environment"),
    "economics": mark("Economics"),
    "education": mark("Education"),
    "electronics": mark("Electronics and telecommunications"),
    "energy": mark("Energy"),
    "health": mark("Health and medicine"),
    "insurance": mark("Insurance"),
    "language": mark("Language and text"),
    "law": mark("Law and public affairs"),
    "manufacturing": mark("Manufacturing and robotics"),
    "marketing": mark("Marketing and retail"),
    "materials": mark("Materials"),
    "mathematics": mark("Mathematics and statistics"),
    "pharmacy": mark("Pharmacy"),
    "physics": mark("Physics"),
    "social-science": mark("Social science"),
    "sport": mark("Sport"),
    "transport": mark("Transport and logistics"),
    "vision": mark("Images and vision"),
    "other": mark("Other fields"),
}
"""Slug to English label, in the order in which they are offered."""

LANGUAGES: dict[str, str] = {"en": mark("English"), "fr": mark("French")}
"""The languages in which the texts of a challenge may be written."""
