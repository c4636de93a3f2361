"""Audits: who may move them, what may be written when, X-rays, samples, planning by rule, re-reading."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.compliance.domain.audits import Audit, AuditRefused, Finding, Result, State, Verdict
from services.compliance.domain.audits import examining as write
from services.compliance.domain.audits.across import conformity, failing_most, last_signed, yearly_report
from services.compliance.domain.audits.planning import Periodicity, due_audits, is_actor, load
from services.compliance.domain.audits.rereading import reread
from services.compliance.domain.audits.sampling import Declared, draw_sample
from services.compliance.domain.audits.states import MOVES, STATES, Mover, move
from services.compliance.domain.audits.xray import xray
from services.compliance.domain.standards import standard_of
from services.compliance.tables.audits.pieces import check_piece
from shared.network import Network
from tests.compliance.audits_made import AT, made_audit, made_piece
from tests.compliance.test_standards import newer
from tests.shared.networks import small_network

NETWORK = Network.model_validate(small_network())
DAY = date(2006, 6, 1)


def test_only_the_moves_of_the_table_are_made_and_only_by_whom_it_names() -> None:
    allowed = {(one.before, one.after): frozenset(one.movers) for one in MOVES}
    everybody: tuple[Mover, ...] = ("uesl", "lead", "audited")
    for before, after, mover in product(STATES, STATES, everybody):
        audit = made_audit(state=before)
        if mover in allowed.get((before, after), frozenset()):
            moved = move(audit, after, frozenset((mover,)), "x", AT, "parce que")
            assert (moved.state, moved.steps[-1].before, moved.steps[-1].by) == (after, before, "x")
        else:
            with pytest.raises(AuditRefused):
                move(audit, after, frozenset((mover,)), "x", AT, "parce que")


def test_nothing_leaves_what_is_signed_or_cancelled_and_uesl_signs_nothing() -> None:
    assert not [one for one in MOVES if one.before in ("signed", "cancelled")]
    assert [one.movers for one in MOVES if one.after == "signed"] == [("lead",)]
    with pytest.raises(AuditRefused, match="pourquoi"):
        move(made_audit(), "cancelled", frozenset(("uesl",)), "x", AT, "  ")


def test_evidence_asked_for_is_what_the_requirements_cite() -> None:
    asked = write.ask_for_evidence(made_audit(), date(2006, 3, 1)).asked
    assert {one.evidence for one in asked} == {f"EA{n}" for n in range(1, 17)}
    assert {one.due for one in asked} == {date(2006, 3, 31)}
    duties = write.ask_for_evidence(made_audit(audited_kind="platform", audited="PF01"), DAY).asked
    assert [one.evidence for one in duties] == ["EA19", "EA9", "EA17", "EA18", "EA5", "EA8"]


@pytest.mark.parametrize("service", ["assistance", "mobilite"])
def test_what_names_persons_is_never_kept(service: str) -> None:
    standard = standard_of(service, 1)
    for one in standard.evidence:
        if one.on_site:
            with pytest.raises(AuditRefused, match="nomme des personnes"):
                check_piece(standard, one.code, b"x")
        else:
            check_piece(standard, one.code, b"x")
    for code, content in (("EA99", b"x"), (standard.evidence[0].code, b""), (standard.evidence[0].code, b"x" * 2**25)):
        with pytest.raises(AuditRefused):
            check_piece(standard, code, content)


def examined() -> Audit:
    """Everything conforme, shown by EA1 or seen on the spot."""
    audit = write.ask_for_evidence(made_audit(), DAY).model_copy(update={"state": "examining"})
    for one in audit.standard.required_of("member"):
        for code in one.evidence:
            audit = write.note_seen(audit, code, DAY, "")
        audit = write.record_result(audit, one.number, "conforme", "", one.evidence)
    return audit


def doubts(audit: Audit, *pieces: tuple[str, date | None]) -> list[str]:
    return [one.message for one in xray(audit, {code: made_piece(code, until) for code, until in pieces}, DAY)]


def with_result(result: Result) -> Audit:
    audit = examined()
    others = tuple(one for one in audit.results if one.requirement != result.requirement)
    return audit.model_copy(update={"results": (*others, result)})


def test_a_sound_audit_has_no_doubt() -> None:
    assert doubts(examined()) == []


def test_each_doubt_is_raised_alone() -> None:
    audit = examined()
    unexamined = audit.model_copy(update={"results": audit.results[1:]})
    assert doubts(unexamined) == ["1-1 : aucun résultat n’est noté."]
    bare = with_result(Result(requirement="2-2", verdict="conforme"))
    assert doubts(bare) == ["2-2 : conforme, sans pièce déposée ni vue sur place."]
    assert doubts(audit, ("EA6", date(2006, 5, 31))) == ["2-2 : la pièce EA6 a expiré le 31/05/2006."]
    assert doubts(audit, ("EA6", DAY)) == []
    loose = write.add_finding(audit, None, "minor", "x")
    assert doubts(loose) == ["Écart 1 : il ne se rattache à aucune exigence.", "Écart 1 : l’audité n’a pas répondu."]
    failed = with_result(Result(requirement="2-2", verdict="partiel"))
    assert doubts(failed) == ["2-2 : partiel, sans écart relevé."]
    major = audit.model_copy(update={"findings": (
        Finding(n=1, requirement="2-2", severity="major", text="x", answer="y"),)})  # fmt: skip
    assert doubts(major) == ["2-2 : conforme, et pourtant un écart majeur y est relevé."]


WRITES: dict[State, tuple[Callable[[Audit], Audit], ...]] = {
    "examining": (
        lambda audit: write.record_result(audit, "1-1", "partiel", "", ()),
        lambda audit: write.add_finding(audit, "1-1", "minor", "x"),
        lambda audit: write.note_seen(audit, "EA1", DAY, "au mur"),
        lambda audit: write.note_practice(audit, "1-1", "x"),
        lambda audit: write.drop_finding(audit, 1),
    ),
    "answering": (lambda audit: write.answer_finding(audit, 1, "x", "y", AT),),
}


def test_each_thing_is_written_in_its_own_state_only() -> None:
    ready = write.add_finding(examined(), "1-1", "minor", "x")
    for state in STATES:
        for allowed, writes in WRITES.items():
            for one in writes:
                audit = ready.model_copy(update={"state": state})
                if state == allowed:
                    assert one(audit) != audit
                else:
                    with pytest.raises(AuditRefused):
                        one(audit)


@given(
    st.lists(st.tuples(st.sampled_from(["CIL01", "CIL02"]), st.sampled_from(["2005-T1", "2005-T2"]),
                       st.integers(0, 30)), unique_by=lambda one: one[:2]),
    st.integers(1, 20), st.text(max_size=5), st.randoms(),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_sample_is_drawn_alike_whatever_the_order_and_never_beyond_what_was_declared(
    lines: list[tuple[str, str, int]], size: int, seed: str, shuffling: object
) -> None:
    declared = [Declared(*one) for one in lines]
    sample = draw_sample(declared, size, seed)
    assert sample == draw_sample(declared[::-1], size, seed)
    assert len(sample.drawn) == len(set(sample.drawn)) == min(size, sum(one.cases for one in declared))
    most = {(one.member, one.period): one.cases for one in declared}
    assert all(1 <= one.rank <= most[one.member, one.period] for one in sample.drawn)


def test_another_seed_draws_others() -> None:
    declared = [Declared("CIL01", "2005-T1", 500)]
    assert len({draw_sample(declared, 10, str(seed)).drawn for seed in range(20)}) == 20


def situations(day: date, *audits: Audit) -> dict[tuple[str, str], tuple[str, date | None]]:
    due = due_audits(NETWORK, audits, day, Periodicity())
    return {(one.audited, one.service): (one.situation, one.latest) for one in due}


def signed(code: str, day: date, kind: str = "member") -> Audit:
    state: State = "signed"
    return made_audit(audited=code, audited_kind=kind, state=state, signed_on=day, signed_by="x", planned_for=day)


def test_everybody_is_audited_once_until_the_first_renewal() -> None:
    found = situations(date(2005, 6, 1))
    assert found["PF01", "assistance"] == ("lacking", date(2006, 12, 31))
    assert found["PF03", "assistance"] == ("lacking", date(2005, 12, 31))  # its agreement ends then
    assert found["CIL01", "assistance"] == ("lacking", date(2006, 12, 31))
    assert ("CCI03", "mobilite") not in found
    assert situations(date(2006, 12, 31))["CIL01", "assistance"][0] == "lacking"
    assert situations(date(2007, 1, 1))["CIL01", "assistance"][0] == "overdue"


def test_then_a_member_every_three_to_five_years_and_a_platform_when_the_board_says() -> None:
    both = (signed("CIL01", date(2006, 2, 28)), signed("PF01", date(2006, 5, 1), "platform"))
    for day, situation in (
        (date(2009, 2, 27), "up_to_date"), (date(2009, 2, 28), "lacking"),
        (date(2011, 2, 28), "lacking"), (date(2011, 3, 1), "overdue"),
    ):  # fmt: skip
        assert situations(day, *both)["CIL01", "assistance"] == (situation, date(2011, 2, 28)), day
    assert situations(date(2030, 1, 1), *both)["PF01", "assistance"] == ("undated", None)
    leap = situations(date(2013, 2, 28), signed("CIL01", date(2008, 2, 29)))
    assert leap["CIL01", "assistance"] == ("lacking", date(2013, 2, 28))


def test_what_is_planned_fills_the_calendar_unless_it_comes_too_late() -> None:
    day = date(2006, 1, 1)
    planned = made_audit(planned_for=date(2006, 6, 1))
    assert situations(day, planned)["CIL01", "assistance"][0] == "planned"
    assert situations(date(2006, 6, 2), planned)["CIL01", "assistance"][0] == "overdue"
    late = made_audit(planned_for=date(2007, 1, 1))
    assert situations(day, late)["CIL01", "assistance"][0] == "lacking"
    for ignored in (made_audit(state="cancelled"), made_audit(kind="internal", firm="")):
        assert situations(day, ignored)["CIL01", "assistance"][0] == "lacking"
    assert load([planned, late, made_audit(state="cancelled")]) == {(2006, "CAB01"): 1, (2007, "CAB01"): 1}


def test_no_actor_of_the_network_audits_it() -> None:
    assert not is_actor(NETWORK, "CAB01", "Cabinet Durand", ["a@durand.example"])
    for code, name, emails in (
        ("pf01", "x", []), ("OP01", "x", []), ("CAB01", " membre cil01 ", []), ("CAB01", "uesl", []),
        ("CAB01", "x", ["PF01@reseau.example"]),
    ):  # fmt: skip
        assert is_actor(NETWORK, code, name, emails), (code, name)


def test_a_past_audit_is_read_under_a_new_version_and_stays_what_it_is() -> None:
    audit = examined()
    rows = {one.requirement.number: one for one in reread(audit, newer())}
    assert rows["1-5"].is_new
    assert rows["1-6"].results[0].requirement == "1-5" and not rows["1-6"].is_changed
    assert rows["2-3"].is_changed and not rows["2-2"].is_changed
    assert "4-4" not in rows
    assert audit == audit.model_copy(deep=True)


def kept(code: str, day: date, *failed: str, kind: str = "member", **told: object) -> Audit:
    """A signed audit in which all is conforme but what failed, each with a major finding."""
    audit = signed(code, day, kind).model_copy(update=told)
    results: list[Result] = []
    findings: list[Finding] = []
    for one in audit.standard.required_of(audit.audited_kind):
        verdict: Verdict = "non_conforme" if one.number in failed else "conforme"
        results.append(Result(requirement=one.number, verdict=verdict))
        if one.number in failed:
            findings.append(Finding(n=len(findings) + 1, requirement=one.number, severity="major", text="x"))
    return audit.model_copy(update={"results": tuple(results), "findings": tuple(findings)})


def test_conformity_counts_the_last_signed_audit_of_each() -> None:
    audits = [
        kept("CIL01", date(2005, 6, 1), "2-1", "2-2"),
        kept("CIL01", date(2006, 6, 1), "2-2"),
        kept("CIL02", date(2006, 6, 1)),
        kept("CCI03", date(2006, 6, 1), "2-2", "4-4"),
        made_audit(audited="CIL05", state="concluding"),
        kept("CIL05", date(2006, 6, 1), "1-1", kind="member", firm="").model_copy(update={"kind": "internal"}),
        kept("PF01", date(2006, 6, 1), "A-1", kind="platform"),
    ]
    last = last_signed(audits)
    assert len(last) == 4
    found = conformity(last, standard_of("assistance", 1), "member")
    rates = {one.requirement: (one.examined, one.rate) for one in found}
    assert rates["1-1"] == (3, Decimal("100.0"))
    assert rates["2-1"] == (3, Decimal("100.0"))
    assert rates["2-2"] == (3, Decimal("33.3"))
    assert [(one.requirement, one.major) for one in failing_most(found)] == [("2-2", 2), ("4-4", 1)]
    duties = conformity(last, standard_of("assistance", 1), "platform")
    assert [one.requirement for one in failing_most(duties)] == ["A-1"]


def test_what_applied_to_nobody_has_no_rate() -> None:
    audit = kept("CIL01", DAY)
    none = tuple(one.model_copy(update={"verdict": "sans_objet"}) for one in audit.results)
    found = conformity([audit.model_copy(update={"results": none})], standard_of("assistance", 1), "member")
    assert {one.rate for one in found} == {None} and failing_most(found) == []


def test_the_yearly_report_counts_the_audits_of_its_year() -> None:
    audits = [kept("CIL01", date(2005, 6, 1), "2-1"), kept("CIL01", date(2006, 6, 1), "2-2"),
              kept("PF01", date(2006, 6, 1), kind="platform")]  # fmt: skip
    document = yearly_report(2006, audits, [standard_of("assistance", 1), standard_of("mobilite", 1)])
    assert [table.key for table in document.tables] == ["assistance-1-member", "assistance-1-platform"]
    rows = {row.cells[0]: row.cells for row in document.tables[0].rows}
    assert rows["2-1"][2:] == (1, 0, 0, 0, 0, 0, "100,0\u00a0%") and rows["2-2"][2:] == (0, 0, 1, 0, 1, 0, "0,0\u00a0%")
    assert "2 audit(s)" in document.notes[0] and "CIL01" not in str(document.to_json())
