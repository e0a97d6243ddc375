"""One lesson: its question, its view, its quiz; before a class; or as it is being written."""
import streamlit as st

from crm_core.ui import lesson, lesson_edit, lesson_quiz, lesson_screen

shown = lesson.chosen()
if lesson_edit.is_open(shown):
    lesson_edit.editor(shown)
elif lesson_screen.is_open(shown):
    lesson_screen.screen(shown)
elif shown is None:
    lesson.unknown()
else:
    lesson.heading(shown)
    left, right = st.columns([1.62, 1])
    with left:
        lesson.question(shown)
        lesson_quiz.quiz(shown)
    with right:
        lesson.notice(shown)
        lesson_quiz.answers(shown["lesson"])
        lesson.presenter(shown["lesson"])
