"""What members declared, quarter by quarter: the reading that samples are drawn from."""

import json
from collections.abc import Sequence

from services.compliance.domain.audits import Audit
from services.compliance.domain.audits.sampling import Declared
from shared.events import SubmissionAccepted
from shared.forms import FORMS
from shared.periods import Period
from shared.transaction import Transaction

_CLEAR = """
DELETE FROM declared_activity
WHERE platform = :platform AND form = :form AND period = :period AND version < :version
"""
_KEEP = """
INSERT INTO declared_activity (platform, form, period, member, version, figures)
SELECT :platform, :form, :period, member, :version, CAST(figures AS jsonb)
FROM unnest(CAST(:members AS text[]), CAST(:figures AS text[])) AS line (member, figures) ON CONFLICT DO NOTHING
"""
_NEWEST = "SELECT max(version) FROM declared_activity WHERE platform = :platform AND form = :form AND period = :period"
_DECLARED = """
SELECT member, period, sum(CAST(figures ->> :measure AS numeric)) AS cases FROM declared_activity
WHERE form = :form AND period = ANY(CAST(:periods AS text[])) AND CASE WHEN :kind = 'platform' THEN platform ELSE member
      END = :code
GROUP BY member, period ORDER BY period, member
"""


async def note_activity(work: Transaction, event: SubmissionAccepted) -> None:
    """The lines of the newest version of a quarterly form; an older one heard later changes nothing."""
    form = FORMS.get(event.form)
    if form is None or form.kind != "quarterly":
        return
    where = {"platform": event.platform, "form": event.form, "period": event.period, "version": event.version}
    newest = (await work.execute(_NEWEST, where)).scalar_one()
    if newest is not None and newest >= event.version:
        return
    await work.execute(_CLEAR, where)
    figures = [json.dumps({name: str(value) for name, value in line.values.items()}) for line in event.lines]
    await work.execute(_KEEP, {**where, "members": [line.member for line in event.lines], "figures": figures})


def measured_form(service: str) -> tuple[str, str]:
    """The quarterly form of the service, and its first measure: how many cases."""
    form = next(one for one in FORMS.values() if one.kind == "quarterly" and one.services == (service,))
    return form.code, form.measures[0].name


async def declared_by(work: Transaction, audit: Audit, periods: Sequence[Period]) -> list[Declared]:
    form, measure = measured_form(audit.service)
    values = {"form": form, "measure": measure, "periods": [str(one) for one in periods]}
    rows = await work.execute(_DECLARED, {**values, "kind": audit.audited_kind, "code": audit.audited})
    return [Declared(row.member, row.period, int(row.cases)) for row in rows]
