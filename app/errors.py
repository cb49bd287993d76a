"""What a request can be refused for. Each error carries its status and composes its own message.

PatchbayError
├── SignedOut                401
├── WrongCredentials         401
├── Refused                  403
│   ├── RoleMissing
│   ├── CsrfMismatch
│   ├── ForeignOrigin
│   └── HostNotAllowed
├── NotFound                 404
├── CommandRefused           404, 409 or 503, by its code
├── Conflict                 409
│   ├── CaseChanged
│   ├── FlowChanged
│   ├── FlowInvalid
│   ├── LastNumber
│   └── CapabilityMissing
├── TooLarge                 413
├── Unusable                 422
├── TooManyRequests          429
└── Unavailable              503

`app/api/problems.py` turns them into problem documents (RFC 9457); nothing else decides a status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong with what was sent, and how to mend it."""

    field: str
    what: str
    cure: str = ""


class PatchbayError(Exception):
    """Root of the errors that reach a person. `code` is stable, `str()` says what to change."""

    status = 500
    code = "internal"
    title = "Something went wrong"

    @property
    def findings(self) -> Sequence[Finding]:
        return ()

    @property
    def headers(self) -> dict[str, str]:
        return {}


class SignedOut(PatchbayError):
    status = 401
    code = "signed_out"
    title = "Signed out"

    def __init__(self, why: str = "There is no session") -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return f"{self.why}. Sign in again."


class WrongCredentials(PatchbayError):
    """The same words whether the name is unknown, the password wrong or the user disabled."""

    status = 401
    code = "wrong_credentials"
    title = "Not signed in"

    def __str__(self) -> str:
        return "Name and password do not fit. Check both; a supervisor can set a new password."


class Refused(PatchbayError):
    status = 403
    code = "refused"
    title = "Not allowed"


class RoleMissing(Refused):
    code = "role_missing"

    def __init__(self, needed: Sequence[str]) -> None:
        super().__init__(needed)
        self.needed = tuple(needed)

    def __str__(self) -> str:
        return f"This needs the role {' or '.join(self.needed)}. An administrator can give it."


class CsrfMismatch(Refused):
    code = "csrf"

    def __str__(self) -> str:
        return "The header X-CSRF-Token is missing or does not belong to this session. Load the page again."


class ForeignOrigin(Refused):
    code = "foreign_origin"

    def __init__(self, origin: str) -> None:
        super().__init__(origin)
        self.origin = origin

    def __str__(self) -> str:
        return (
            f"Requests from {self.origin[:120]} are not accepted. Open Patchbay by its own address, "
            "or set PATCHBAY_PUBLIC_BASE_URL to the address people use."
        )


class HostNotAllowed(Refused):
    code = "host_not_allowed"

    def __init__(self, host: str) -> None:
        super().__init__(host)
        self.host = host

    def __str__(self) -> str:
        return (
            f"This server is not known as {self.host[:120]!r}. Set PATCHBAY_PUBLIC_BASE_URL to the address "
            "people use, or add the name to PATCHBAY_ALLOWED_HOSTS."
        )


class NotFound(PatchbayError):
    status = 404
    code = "not_found"
    title = "Not found"

    def __init__(self, what: str, id: str = "") -> None:
        super().__init__(what, id)
        self.what = what
        self.id = id

    def __str__(self) -> str:
        return f"There is no {self.what} {self.id[:80]}.".replace(" .", ".")


class CommandRefused(PatchbayError):
    """The engine said no. The status of each code stands in `app/api/problems.py`."""

    title = "Not done"

    def __init__(self, code: str, detail: str, status: int) -> None:
        super().__init__(code, detail, status)
        self.code = code
        self.detail = detail
        self.status = status

    def __str__(self) -> str:
        return self.detail or f"The call's state does not allow this ({self.code})."


class Conflict(PatchbayError):
    status = 409
    code = "conflict"
    title = "Not possible now"


class CaseChanged(Conflict):
    code = "case_changed"
    title = "The case has changed"

    def __init__(self, number: int, version: int, seen: int) -> None:
        super().__init__(number, version, seen)
        self.number = number
        self.version = version
        self.seen = seen

    def __str__(self) -> str:
        return (
            f"Case {self.number} was changed by somebody else (version {self.version}, you saw {self.seen}). "
            "Load it again and make your change once more."
        )


class FlowChanged(Conflict):
    code = "flow_changed"
    title = "The flow has changed"

    def __init__(self, flow_id: str, version: int, seen: int) -> None:
        super().__init__(flow_id, version, seen)
        self.flow_id = flow_id
        self.version = version
        self.seen = seen

    def __str__(self) -> str:
        return (
            f"The newest version of {self.flow_id} is {self.version}, you changed version {self.seen}. "
            "Load it again and make your change once more."
        )


class LastNumber(Conflict):
    code = "last_number"
    title = "The last number stays"

    def __init__(self, dnis: str) -> None:
        super().__init__(dnis)
        self.dnis = dnis

    def __str__(self) -> str:
        return f"Without {self.dnis} no flow answers any call. Set up another number first."


class FlowInvalid(Conflict):
    code = "flow_invalid"
    title = "The flow cannot be saved"

    def __init__(self, flow_id: str, findings: Sequence[Finding]) -> None:
        super().__init__(flow_id, findings)
        self.flow_id = flow_id
        self._findings = tuple(findings)

    @property
    def findings(self) -> Sequence[Finding]:
        return self._findings

    def __str__(self) -> str:
        many = len(self._findings)
        errors = "error" if many == 1 else "errors"
        return f"{self.flow_id} has {many} {errors}. Mend what is listed and save again."


class CapabilityMissing(Conflict):
    code = "capability_missing"
    title = "The back end cannot do this"

    def __init__(self, backend: str, what: str, cure: str) -> None:
        super().__init__(backend, what, cure)
        self.backend = backend
        self.what = what
        self.cure = cure

    def __str__(self) -> str:
        return f"The back end {self.backend} {self.what}. {self.cure}"


class TooLarge(PatchbayError):
    status = 413
    code = "too_large"
    title = "Too large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(limit_bytes)
        self.limit_bytes = limit_bytes

    def __str__(self) -> str:
        return f"The body is over {self.limit_bytes // 1024} KiB. Send less."


class Unusable(PatchbayError):
    """Well-formed, but nothing can be made of one field."""

    status = 422
    code = "malformed"
    title = "Malformed"

    def __init__(self, field: str, what: str, cure: str = "", code: str = "malformed") -> None:
        super().__init__(field, what, cure)
        self.code = code
        self.finding = Finding(field=field, what=what, cure=cure)

    @property
    def findings(self) -> Sequence[Finding]:
        return (self.finding,)

    def __str__(self) -> str:
        return f"{self.finding.what} {self.finding.cure}".strip()


class TooManyRequests(PatchbayError):
    status = 429
    code = "too_many_requests"
    title = "Too many at once"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(retry_after_s)
        self.retry_after_s = retry_after_s

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after_s)}

    def __str__(self) -> str:
        return f"Too many tries in a short time. Try again in {self.retry_after_s} seconds."


class Unavailable(PatchbayError):
    status = 503
    title = "Not available just now"

    def __init__(self, code: str, what: str) -> None:
        super().__init__(code, what)
        self.code = code
        self.what = what

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "2"}

    def __str__(self) -> str:
        return self.what
