"""Which loyalty programme a row is of: the one it names, else the only one there is; a store's first members found one."""
from functools import cached_property

import sqlalchemy as sa

from crm_core.i18n import N_, t
from crm_core.ingest.targets.definition import Column
from crm_core.ingest.targets.landing import Landing, Misfit, Row
from crm_core.schema import programme

FIRST = "main"
PROGRAMME = Column("programme", N_("The code of the loyalty programme as in Settings; where it is empty, the only one there is."), "text",
    False, FIRST)


class Programmes:
    """The programmes of the store, by code and name."""

    def __init__(self, landing: Landing):
        self.landing = landing

    @cached_property
    def known(self) -> dict[int, sa.Row]:
        """Return the programmes by id."""
        return {row.id: row for row in self.landing.connection.execute(sa.select(programme).order_by(programme.c.id))}

    def of(self, row: Row) -> int:
        """Return the programme that a row names, the only one where it names none; raises Misfit for one that is not known."""
        said = row["programme"].casefold()
        if not self.known and said in ("", FIRST):
            self._establish()
        fitting = [one.id for one in self.known.values() if said in ("", one.code.casefold(), one.name.casefold())]
        if len(fitting) != 1:
            raise Misfit("programme", "no_such_programme" if said else "programme_needed")
        return fitting[0]

    def said(self, row: Row) -> int | None:
        """Return the programme that a row names, None where it names none; raises Misfit."""
        return self.of(row) if row["programme"] else None

    def currency(self, id_: int | None) -> str | None:
        """Return the currency of a programme."""
        return self.known[id_].currency if id_ in self.known else None

    def _establish(self) -> None:
        """Write the first programme: it has no rules, so that the tiers are those that the members' system tells."""
        connection, change = self.landing.connection, self.landing.change
        id_ = connection.execute(sa.insert(programme).values(code=FIRST, name=t("Loyalty programme"), currency=self.landing.reporting,
            revision=change.revision).returning(programme.c.id)).scalar_one()
        self.landing.kept.added("programme", [id_])
        del self.known


def programmes(landing: Landing) -> Programmes:
    """Return the landing's one register of programmes."""
    if not hasattr(landing, "programmes"):
        landing.programmes = Programmes(landing)
    return landing.programmes
