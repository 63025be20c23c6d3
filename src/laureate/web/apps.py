from django.apps import AppConfig
from django.urls import register_converter

from laureate.web.ui.converters import IdConverter

register_converter(IdConverter, "id")


class WebConfig(AppConfig):
    name = "laureate.web"
    label = "web"
