from django.apps import AppConfig


class ProblemConfig(AppConfig):
    name = "laureate.recipe.problem"
    label = "problem"
