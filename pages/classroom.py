"""The trainer's desk of a class: who takes part, what is on, what was answered."""
from crm_core.ui import classroom, classroom_screen
from crm_core.ui.load import view

shown = classroom.current()
classroom.heading(shown)
if shown:
    classroom_screen.screen(shown)
elif view().settings.is_demo:
    classroom.beginning()
else:
    classroom.demo_only()
