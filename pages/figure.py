"""One figure: its value, its months, and how it splits by any dimension, with the guests or stays behind each part."""
from crm_core.ui import figure

key, by = figure.choose()
figure.value(key)
group = figure.split(key, by)
figure.rows(key, group)
figure.months(key)
