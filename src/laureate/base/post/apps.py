from django.apps import AppConfig


class PostConfig(AppConfig):
    name = "laureate.base.post"
    label = "post"
