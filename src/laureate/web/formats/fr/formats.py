"""How dates are written in French here."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y à H:i"
MONTH_DAY_FORMAT = "j N"
