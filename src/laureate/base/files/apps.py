from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "laureate.base.files"
    label = "files"
