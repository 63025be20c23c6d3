from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "laureate.web.ui"
    label = "ui"
