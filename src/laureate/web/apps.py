from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "laureate.web"
    label = "web"
