"""Playbooks: which best practices the figures call for now, which are under way and how they stand, and why the others wait."""
from crm_core.ui import playbooks, playbooks_start

if found := playbooks.rows():
    stands = playbooks.standings(found)
    playbooks.called(found, stands)
    playbooks_start.running(found)
    playbooks.waiting(found, stands)
