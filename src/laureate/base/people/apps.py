from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "laureate.base.people"
    label = "people"
