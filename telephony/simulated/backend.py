"""The simulated back end as the control process sees it."""

from __future__ import annotations

from telephony.port import (
    BackendDown,
    Capabilities,
    Command,
    EventSink,
    LinkChanged,
    Originate,
    Snapshot,
    StaleEpoch,
    Unsupported,
)
from telephony.simulated.exchange import SimulatedExchange


class SimulatedLink:
    """Who is in control of an exchange, and whether he can be reached. One for each exchange."""

    def __init__(self, exchange: SimulatedExchange) -> None:
        self.exchange = exchange
        self.epoch_seen = 0
        self.holder: SimulatedBackend | None = None
        self.up = True

    def port(self) -> SimulatedBackend:
        """A new controlling side, not started yet."""
        return SimulatedBackend(self)

    def take(self, holder: SimulatedBackend, epoch: int) -> None:
        before, self.holder = self.holder, holder
        self.epoch_seen = epoch
        self.exchange.controlled(True)
        if before is not None and before is not holder:
            before.tell(LinkChanged(up=False, reason="another owner took control"))

    def leave(self, holder: SimulatedBackend) -> None:
        if self.holder is holder:
            self.holder = None
            self.exchange.journal.pause()
            self.exchange.controlled(False)

    def cut(self) -> None:
        """The exchange cannot be reached any more; calls go on."""
        self.up = False
        self.exchange.journal.pause()
        if self.holder is not None:
            self.exchange.controlled(False)
            self.holder.tell(LinkChanged(up=False, reason="the link was cut"))

    def mend(self) -> None:
        self.up = True
        if self.holder is not None:
            self.exchange.controlled(True)
            self.holder.tell(LinkChanged(up=True))
            self.holder.resume()


class SimulatedBackend:
    """`TelephonyPort` of a `SimulatedExchange`. `LinkChanged` carries sequence 0: it is of no journal."""

    def __init__(self, link: SimulatedLink, *, name: str = "simulated") -> None:
        self._link = link
        self._exchange = link.exchange
        self._name = name
        self._sink: EventSink | None = None
        self._epoch = 0

    @property
    def name(self) -> str:
        return self._name

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            reaches_browsers=False,
            reaches_telephone_network=True,
            records=True,
            supervises=True,
            conferences=True,
            detects_machines=True,
        )

    async def start(self, sink: EventSink, *, epoch: int, acknowledged: int) -> Snapshot:
        """Take control and return what is live; events after `acknowledged` are delivered first.

        Raises:
            StaleEpoch: an owner with a higher epoch was here.
            BackendDown: the link is cut.
        """
        if not self._link.up:
            raise BackendDown(self._name, "the link is cut")
        if epoch < self._link.epoch_seen:
            raise StaleEpoch(epoch, self._link.epoch_seen)
        self._sink, self._epoch = sink, epoch
        self._link.take(self, epoch)
        snapshot = self._exchange.snapshot()
        self._exchange.journal.deliver_to(sink, after=acknowledged)
        return snapshot

    async def execute(self, command: Command) -> None:
        """Hand over one command.

        Raises:
            StaleEpoch: another owner took over.
            BackendDown: not started, closed, or the link is cut.
            Unsupported: a browser is to be called.
        """
        self._require_control()
        if isinstance(command, Originate) and command.destination.startswith("browser:"):
            raise Unsupported(self._name, "call a browser")
        self._exchange.apply(command)

    async def acknowledge(self, sequence: int) -> None:
        """Events up to `sequence` are committed.

        Raises:
            StaleEpoch, BackendDown: as for `execute`.
        """
        self._require_control()
        self._exchange.journal.acknowledge(sequence)

    async def snapshot(self) -> Snapshot:
        """What is live now.

        Raises:
            StaleEpoch, BackendDown: as for `execute`.
        """
        self._require_control()
        return self._exchange.snapshot()

    async def close(self) -> None:
        """Let go of control. Live calls go on."""
        self._link.leave(self)
        self._sink = None

    def tell(self, event: LinkChanged) -> None:
        if self._sink is not None:
            self._sink(0, self._exchange.clock.now(), event)

    def resume(self) -> None:
        """Deliver what happened while the link was cut."""
        if self._sink is not None:
            journal = self._exchange.journal
            journal.deliver_to(self._sink, after=journal.delivered)

    def _require_control(self) -> None:
        if self._epoch < self._link.epoch_seen:
            raise StaleEpoch(self._epoch, self._link.epoch_seen)
        if self._link.holder is not self:
            raise BackendDown(self._name, "this process is not in control")
        if not self._link.up:
            raise BackendDown(self._name, "the link is cut")
