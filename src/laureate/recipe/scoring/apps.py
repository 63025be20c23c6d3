from django.apps import AppConfig


class ScoringConfig(AppConfig):
    name = "laureate.recipe.scoring"
    label = "scoring"
