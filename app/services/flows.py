"""Call flows and the numbers they answer: read, checked, saved. Nothing that would harm callers is saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncSession

from app.api import models as wire
from app.api.ports import Parts, SignedIn
from app.engine.commit import LogEvent
from app.errors import CapabilityMissing, Finding, FlowChanged, FlowInvalid, LastNumber, NotFound, Unusable
from app.store import records
from app.store.log import append_event
from app.store.repositories.configuration import Configuration
from app.store.repositories.events import AuditTrail
from app.store.repositories.people import Users
from ivr import findings
from ivr.dump import to_dict
from ivr.flow import Flow, Transfer, Voicemail
from ivr.load import FlowUnreadable, from_dict
from ivr.validate import validate
from screenpop import E164, normalise
from telephony.port import Capabilities

_DNIS = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{1,6}|[A-Za-z][A-Za-z0-9_-]{0,31}")
"""A number of E.164, or a short name for inside. National numbers are neither: each carrier has its own."""


class Flows:
    def __init__(self, parts: Parts, who: SignedIn) -> None:
        self._parts = parts
        self._who = who

    # --- flows ---

    async def rows(self) -> list[wire.FlowRow]:
        async with self._parts.database.read() as session:
            configuration = Configuration(session)
            published = {flow.flow_id: flow.version for flow in await configuration.published_flows()}
            return [
                wire.FlowRow(**await self._row(session, flow, published.get(flow.flow_id)))
                for flow in await configuration.flows()
            ]

    async def view(self, flow_id: str) -> wire.FlowView:
        """The newest version as data.

        Raises:
            NotFound: there is no such flow.
        """
        async with self._parts.database.read() as session:
            flow = await Configuration(session).flow(flow_id)
            if flow is None:
                raise NotFound("flow", flow_id)
            published = {
                each.flow_id: each.version for each in await Configuration(session).published_flows()
            }
            row = await self._row(session, flow, published.get(flow_id))
        return wire.FlowView(**row, flow=dict(flow.body))

    async def save(self, flow_id: str, document: wire.FlowDocument) -> wire.FlowSaved:
        """Check a flow and make it the version that new callers get.

        Raises:
            FlowChanged: the document is of a version that is no longer the newest.
            FlowInvalid: with everything that is wrong, each with its place and cure.
            Unusable: the document is of another flow.
        """
        if document.flow_id not in (None, flow_id):
            raise Unusable("flow_id", f"The body is of {document.flow_id!r}, the address says {flow_id!r}.")
        flow = self._read(flow_id, document.flow)
        async with self._parts.database.read() as session:
            numbers = await Configuration(session).numbers()
        said = self.check(flow, [number.backend for number in numbers if number.flow_id == flow_id])
        errors = [finding for finding in said if finding.level is findings.Level.ERROR]
        if errors:
            raise FlowInvalid(flow_id, [_finding(each) for each in errors])
        body = to_dict(flow)
        body.pop("version")
        now = self._parts.clock.now()
        async with self._parts.database.transaction() as session:
            if document.version is not None:
                await _refuse_changed(session, flow_id, document.version)
            saved = await Configuration(session).save_flow(
                flow_id, name=flow.name or flow_id, body=body, at=now, by=self._who.user_id
            )
            await self._written(session, "flow.saved", flow_id, {"version": saved.version})
        self._parts.reload()
        return wire.FlowSaved(flow_id=flow_id, version=saved.version, findings=[_wire(each) for each in said])

    def check(self, flow: Flow, backends: Iterable[str]) -> list[findings.Finding]:
        """What validation says of a flow that answers on `backends`, or nowhere yet."""
        able = [self._parts.capabilities[name] for name in backends if name in self._parts.capabilities]
        reaches = [each.reaches_telephone_network for each in able or self._parts.capabilities.values()]
        context = replace(
            self._parts.flow_context(), reaches_telephone_network=all(reaches) if able else any(reaches)
        )
        said = list(validate(flow, context))
        if not all(each.records for each in able):
            said += [
                findings.Finding.error(
                    node.id,
                    None,
                    "The line this flow answers on cannot record.",
                    "Send the caller to a queue, or answer on a line that records.",
                )
                for node in flow.nodes.values()
                if isinstance(node, Voicemail)
            ]
        return said

    def _read(self, flow_id: str, data: dict[str, object]) -> Flow:
        try:
            flow = from_dict(data)
        except FlowUnreadable as unreadable:
            problems = [
                Finding(field=problem.path, what=problem.what, cure=problem.cure)
                for problem in unreadable.problems
            ]
            raise FlowInvalid(flow_id, problems) from None
        if flow.id != flow_id:
            raise Unusable("flow.id", f"The flow calls itself {flow.id!r}, the address says {flow_id!r}.")
        return flow

    async def _row(self, session: AsyncSession, flow: records.Flow, published: int | None) -> dict[str, Any]:
        user = await Users(session).get(flow.created_by)
        return {
            "flow_id": flow.flow_id,
            "name": flow.name,
            "version": flow.version,
            "published": published,
            "saved_at": flow.created_at,
            "saved_by": user.name if user is not None else flow.created_by,
        }

    # --- numbers ---

    async def numbers(self) -> list[wire.NumberSetting]:
        async with self._parts.database.read() as session:
            return [
                wire.NumberSetting(
                    dnis=each.dnis, label=each.label, flow_id=each.flow_id, backend=each.backend
                )
                for each in await Configuration(session).numbers()
            ]

    async def set_number(self, dnis: str, setting: wire.NumberSetting) -> wire.NumberSetting:
        """Have a flow answer a number on a back end.

        Raises:
            CapabilityMissing: the back end cannot do what the flow asks of it.
            NotFound: there is no such flow.
            Unusable: this is no number, there is no such back end, or body and address name two numbers.
        """
        if setting.dnis != dnis:
            cure = "Send both alike; in the address, + is %2B or a plain +."
            raise Unusable("dnis", f"The body says {setting.dnis!r}, the address {dnis!r}.", cure)
        if _DNIS.fullmatch(dnis) is None:
            raise Unusable("dnis", f"{dnis!r} is no number.", self._dnis_cure(dnis))
        capabilities = self._parts.capabilities.get(setting.backend)
        if capabilities is None:
            known = ", ".join(sorted(self._parts.capabilities))
            raise Unusable("backend", f"There is no back end {setting.backend!r}.", f"Choose one of {known}.")
        async with self._parts.database.read() as session:
            stored = await Configuration(session).flow(setting.flow_id)
        if stored is None:
            raise NotFound("flow", setting.flow_id)
        _refuse_missing(from_dict(dict(stored.body)), setting.backend, capabilities)
        async with self._parts.database.transaction() as session:
            await Configuration(session).put_number(
                records.Number(
                    dnis=dnis, label=setting.label, flow_id=setting.flow_id, backend=setting.backend
                )
            )
            data = {"flow_id": setting.flow_id, "backend": setting.backend}
            await self._written(session, "number.set", dnis, data)
        self._parts.reload()
        return setting

    async def remove_number(self, dnis: str) -> None:
        """Have nothing of its own answer a number any more.

        Raises:
            LastNumber: no other is left.
            NotFound: there is no such number.
        """
        async with self._parts.database.transaction() as session:
            configuration = Configuration(session)
            known = [number.dnis for number in await configuration.numbers()]
            if dnis not in known:
                raise NotFound("number", dnis)
            if len(known) == 1:
                raise LastNumber(dnis)
            await configuration.remove_number(dnis)
            await self._written(session, "number.removed", dnis, {})
        self._parts.reload()

    def _dnis_cure(self, dnis: str) -> str:
        number = normalise(dnis, self._parts.settings.region)
        if isinstance(number, E164):
            first = f"Write it with its country: {number.value}."
        else:
            first = "Write a telephone number with its country, as +442079460100."
        return f"{first} A name for inside has up to 6 digits, or a letter and then letters, digits, - and _."

    async def _written(self, session: AsyncSession, kind: str, subject: str, data: dict[str, Any]) -> None:
        """The event in the log, and the line in the audit."""
        now = self._parts.clock.now()
        about = {**data, "subject": subject, "by": self._who.user_id}
        append_event(session, LogEvent(kind=kind, at=now, data=about))
        await AuditTrail(session).add(
            at=now, actor=self._who.user_id, action=kind, subject=subject, data=data
        )


async def _refuse_changed(session: AsyncSession, flow_id: str, seen: int) -> None:
    newest = await Configuration(session).flow(flow_id)
    version = newest.version if newest is not None else 0
    if version != seen:
        raise FlowChanged(flow_id, version, seen)


def _refuse_missing(flow: Flow, backend: str, capabilities: Capabilities) -> None:
    for node in flow.nodes.values():
        if isinstance(node, Transfer) and not capabilities.reaches_telephone_network:
            raise CapabilityMissing(
                backend,
                f"does not reach the telephone network, and {node.id} transfers to {node.destination}",
                "Choose a back end that does, or change the flow.",
            )
        if isinstance(node, Voicemail) and not capabilities.records:
            raise CapabilityMissing(
                backend,
                f"cannot record, and {node.id} takes messages",
                "Choose a back end that can, or change the flow.",
            )


def _finding(finding: findings.Finding) -> Finding:
    place = ".".join(part for part in (finding.node, finding.field) if part)
    return Finding(field=place, what=finding.what, cure=finding.cure)


def _wire(finding: findings.Finding) -> wire.FlowFinding:
    return wire.FlowFinding(
        level=cast("Any", finding.level.value),
        node=finding.node,
        field=finding.field,
        what=finding.what,
        cure=finding.cure,
    )
