from django.apps import AppConfig


class SubmissionsConfig(AppConfig):
    name = "laureate.recipe.submissions"
    label = "submissions"
