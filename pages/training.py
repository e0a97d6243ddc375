"""Training: which certificates hold and which run out, whose they are, what there is to learn, and what classes taught whom."""
import streamlit as st

from crm_core.ui import training, training_class, training_courses, training_person
from crm_core.ui.load import view

if row := training_person.chosen():
    training_person.head(row)
    left, right = st.columns([1.62, 1])
    with left:
        training_person.certificates(row)
    with right:
        training_person.points(row)
        training_person.learning(row)
elif not training.anything():
    training.nothing()
    training_courses.card()
else:
    training.compliance()
    if view().scope.may(training.MAY):
        at = training.department()
        training.due(at)
        training.people(at)
    training_courses.card()
    if view().scope.may(training.MAY):
        training_class.card()
