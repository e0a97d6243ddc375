"""What is told where a question is not answered: why, and what to do."""
from crm_core.i18n import N_, t

PROBLEMS = {
    "engine": N_("The database does not understand this question."),
    "one_statement": N_("One question at a time: write a single SELECT, without a second statement behind a semicolon."),
    "select_only": N_("Only questions are answered here: begin with SELECT, FROM or WITH. Nothing can be changed, attached, set or written."),
    "show": N_("SHOW, DESCRIBE and SUMMARIZE are not open here: the tables and their columns are listed beside the question."),
    "pivot": N_("PIVOT is not open here: write one column for each value, such as sum(nights) FILTER (WHERE channel = 'ota')."),
    "parameter": N_("A question cannot hold parameters such as ? or $1: write the value itself."),
    "table": N_("“{word}” is none of the tables that are listed here. Write the name alone, without anything in front of it."),
    "table_function": N_("“{word}” cannot stand in place of a table: only the tables listed here, range, generate_series and unnest can."),
    "function": N_("The function “{word}” is not open here: only functions that count with the values they are given are."),
    "type": N_("The type “{word}” is not open here: numbers, texts, dates, instants and lists of them are."),
    "own_name": N_("“{word}” cannot be a name of your own: take a plain word."),
    "unknown": N_("“{word}” is not open here. Say the same in plain SELECT, JOIN, WHERE and GROUP BY."),
    "too_long": N_("This question is too long or too deeply nested: ask it in parts."),
    "control": N_("There are characters in this question that cannot be seen. Type it anew instead of pasting it."),
    "memory": N_("This question needs more memory than the {word} that it may have: read fewer columns, or group before you join."),
    "too_wide": N_("A row of this answer is too large to be shown: choose fewer columns or shorter texts."),
    "time": N_("This question took longer than the {word} seconds that it may have: narrow the dates, or group before you join."),
    "stopped": N_("This question was stopped because it needed more than it may have: narrow the dates, or read fewer columns."),
    "busy": N_("Other questions are being answered: ask again in a moment."),
}


class NotAnswered(Exception):
    """A question without an answer; `said` is DuckDB's own text with the position, where there is one."""

    def __init__(self, problem: str, word: str = ""):
        super().__init__(problem)
        self.problem, self.word = problem, word

    @property
    def said(self) -> str:
        return self.word if self.problem == "engine" else ""

    def words(self) -> str:
        """Return the problem in the language in use."""
        return t(PROBLEMS[self.problem], word=self.word[:80])
