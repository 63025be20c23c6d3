from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "laureate.base.journal"
    label = "journal"
