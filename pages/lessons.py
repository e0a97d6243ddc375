"""Lessons that can be taught from the demo, and those written here."""
from crm_core.ui import lesson_files, lessons

shelf = lessons.shelf()
lessons.heading(shelf)
lessons.on_the_demo()
lessons.shipped(shelf)
lessons.own(shelf)
lesson_files.files(shelf)
