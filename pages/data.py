"""What comes in: files from anywhere, what they hold, what was kept out, and the way back."""
import streamlit as st

from crm_core.i18n import t
from crm_core.ui import batches, gate, inbox, intake, running, states
from crm_core.ui.load import own_store

st.header(t("Data"), anchor=False)
if gate.is_class():
    states.closed_while_teaching()
else:
    with own_store():
        left, right = st.columns([1.62, 1])
        with left:
            one = intake.drop()
        with right:
            inbox.card()
        running.working()
        if one and (found := intake.read(one)):
            guess = intake.suggested(one, found)
            left, right = st.columns([1.62, 1])
            with left:
                intake.columns(one, found, guess)
            with right:
                intake.form(one, found)
                intake.decide(one, found, guess)
        if job := running.import_job():
            running.outcome(job)
        batches.history()
