"""What a job says to whoever waits for it, in the reader's language."""

from crm_core.i18n import N_, t
from crm_core.ingest import problems
from crm_core.ingest.problems import PROBLEMS, ImportProblem
from crm_core.jobs.store import Cancelled, Job

STATES = {
    "queued": N_("Waiting"),
    "running": N_("Running"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "cancelled": N_("Cancelled"),
}
PHASES = {
    "reading": N_("Reading the file"),
    "checking": N_("Checking the rows"),
    "writing": N_("Writing"),
    "scoring": N_("Reading what guests wrote"),
    "fitting": N_("Fitting the scorer to your labels"),
}
MESSAGES = {
    "cancelled": N_("It was cancelled; nothing was written."),
    "interrupted": N_("It was interrupted; nothing was written. Try again."),
    "gave_up": N_("It was interrupted twice; nothing was written. Divide the file into several, or give the computer more memory."),
    "unexpected": N_("It ended with an error of Innsight ({kind}); nothing was written. The file worker.log in the data folder says where."),
    "link": N_("{file} is a link and not a file of its own. Put the file itself into the inbox."),
    "not_a_file": N_("{file} is not a file. Put the exported file itself into the inbox."),
    "few_labels": N_("{n} reviews are labelled, {wanted} are needed. Label more on the page Accuracy."),
    "nothing_taken": N_("None of the rows could be taken in. The file of rejected lines beside this one says why for each of them."),
}


class Refused(ValueError):
    """A job that cannot be done as it was asked; `code` is a key of MESSAGES."""

    def __init__(self, code: str, **values):
        super().__init__(code)
        self.code, self.values = code, values


def said(job: Job) -> str:
    """Return what the job has to say, "" where there is nothing."""
    return message(job.message["code"], job.message["values"]) if job.message else ""


def message(code: str, values: dict) -> str:
    """Return a message of MESSAGES or of the import's PROBLEMS in the language in use."""
    return t(MESSAGES.get(code) or PROBLEMS[code], **values)


def state(job: Job) -> str:
    """Return the word for a job's state."""
    return t(STATES[job.state])


def phase(job: Job) -> str:
    """Return what the job does at this moment; the steps of a refresh have no words of their own and are the word of its state."""
    return t(PHASES[job.phase]) if job.phase in PHASES else state(job)


def failure(problem: Exception) -> tuple[str, dict]:
    """Return the code and values of the message that an exception becomes; of an unforeseen one only its kind is told."""
    if isinstance(problem, Cancelled | problems.Cancelled):
        return "cancelled", {}
    if isinstance(problem, ImportProblem | Refused):
        return problem.code, problem.values
    return "unexpected", {"kind": type(problem).__name__}
