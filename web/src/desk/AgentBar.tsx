import { Menu } from "@mantine/core";
import { IconArrowRight, IconCheck, IconChevronDown, IconLogout, IconStethoscope } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { Trans, useLingui } from "@lingui/react/macro";
import type { AgentSelf, Choice } from "../api/types";
import { Since } from "../components/bits";
import { STATE, StateGlyph } from "../components/StateGlyph";
import { bandClockOf, clockOf } from "../lib/time";
import { useDesk } from "../stores/desk";
import { useKey } from "../stores/keys";
import { useLive, useServerThere } from "../stores/live";
import { usePhone } from "../stores/phone";
import { signOut } from "../stores/session";
import { attempt, commands } from "./commands";
import { useReference } from "./queries";
import { jackOf, labelOf, PHONE_ERROR, UNREACHABLE } from "./words";

const BUSY = new Set<AgentSelf["state"]>(["ringing", "on_contact", "acw"]);

/** The agent's half of the top bar: state, time in it, and the state that comes next. Always visible. */
export function AgentBar() {
  const me = useLive((s) => s.agent?.me ?? null);
  if (me === null) return null;
  return (
    <>
      <StateButton me={me} />
      {BUSY.has(me.state) && <NextState me={me} />}
    </>
  );
}

function StateButton({ me }: { me: AgentSelf }) {
  const { t, i18n } = useLingui();
  const contact = useLive((s) => s.agent?.contact ?? null);
  const opened = useDesk((s) => s.stateMenuOpen);
  const { keys } = useKey("state");
  const reasons = useReference().data?.not_ready_reasons;
  const jack = jackOf(me, contact);
  const since = jack === "unreachable" && me.unreachable_since !== null ? me.unreachable_since : me.since;
  const words = me.state === "not_ready" && jack === "notready" ? labelOf(reasons, me.reason) : null;
  const once = me.once && me.state === "available" && jack === "available";
  const label = once ? t`Available, one call` : me.state === "ringing" && jack === "ringing" ? t`Ringing you` : (words ?? i18n._(STATE[jack === "hold" ? "live" : jack].label));
  const shown = jack === "hold" ? "live" : jack;
  return (
    <Menu opened={opened} onChange={(stateMenuOpen) => useDesk.setState({ stateMenuOpen })} position="bottom-start" width={280} trapFocus returnFocus>
      <Menu.Target>
        <button
          type="button"
          className={`state-btn tone-${STATE[shown].tone}`}
          aria-keyshortcuts={keys}
          data-testid="state-selector"
          data-state={jack === "unreachable" ? "unreachable" : me.state}
        >
          <StateGlyph state={shown} />
          {label}
          <span className="num"><Since at={since} as={BUSY.has(me.state) && me.state === "on_contact" ? bandClockOf : clockOf} /></span>
          <IconChevronDown size={14} stroke={2} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <StateMenu me={me} reasons={reasons ?? []} />
      </Menu.Dropdown>
    </Menu>
  );
}

/** "Next" changes what comes after the call; it never ends the call or closes the wrap-up. */
function NextState({ me }: { me: AgentSelf }) {
  const { i18n } = useLingui();
  const reasons = useReference().data?.not_ready_reasons;
  const next = me.next_state === null ? null
    : me.next_state === "not_ready" ? (labelOf(reasons, me.next_reason) ?? i18n._(STATE.notready.label))
    : me.next_state === "signed_out" ? i18n._(STATE.signedout.label)
    : i18n._(STATE.available.label);
  return (
    <Menu position="bottom-start" width={260} trapFocus returnFocus>
      <Menu.Target>
        <button type="button" className="next-btn" data-testid="next-state">
          <IconArrowRight size={14} stroke={1.8} aria-hidden />
          {next === null ? <Trans>Set next state</Trans> : <span><Trans>Next: <b>{next}</b></Trans></span>}
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <StateMenu me={me} reasons={reasons ?? []} />
      </Menu.Dropdown>
    </Menu>
  );
}

function StateMenu({ me, reasons }: { me: AgentSelf; reasons: readonly Choice[] }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const serverThere = useServerThere();
  const busy = BUSY.has(me.state);
  const current = busy ? me.next_state : me.state;
  const reason = busy ? me.next_reason : me.reason;
  const tick = (on: boolean) => (on ? <IconCheck size={14} stroke={2.2} aria-hidden /> : null);
  const leave = () => {
    if (busy) void attempt(() => commands.setState("signed_out"));
    else void signOut().finally(() => void navigate({ to: "/" }));
  };
  return (
    <>
      {!me.reachable && <WhyUnreachable me={me} />}
      <Menu.Label>{busy ? t`After this call and its wrap-up` : t`Change to`}</Menu.Label>
      <Menu.Item
        role="menuitemradio"
        aria-checked={current === "available" && !me.once}
        leftSection={<StateGlyph state="available" size={15} />}
        rightSection={tick(current === "available" && !me.once)}
        disabled={!serverThere || (!busy && !me.reachable)}
        onClick={() => void attempt(() => commands.setState("available"))}
        data-testid="state-available"
      >
        <Trans>Available</Trans>
      </Menu.Item>
      <Menu.Item
        role="menuitemradio"
        aria-checked={me.once && !busy}
        leftSection={<StateGlyph state="available" size={15} />}
        rightSection={tick(me.once && !busy)}
        disabled={!serverThere || (!busy && !me.reachable)}
        onClick={() => void attempt(() => commands.setState("available", null, true))}
        data-testid="state-once"
      >
        <Trans>Available for one call</Trans>
      </Menu.Item>
      {reasons.map((r) => (
        <Menu.Item
          key={r.code}
          role="menuitemradio"
          aria-checked={current === "not_ready" && reason === r.code}
          leftSection={<StateGlyph state="notready" size={15} />}
          rightSection={tick(current === "not_ready" && reason === r.code)}
          disabled={!serverThere}
          onClick={() => void attempt(() => commands.setState("not_ready", r.code))}
          data-testid={`state-${r.code}`}
        >
          {r.label}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item leftSection={<IconLogout size={15} stroke={1.7} aria-hidden />} disabled={busy && !serverThere} onClick={leave}>
        {busy ? t`Sign out after this call` : t`Sign out`}
      </Menu.Item>
    </>
  );
}

/** The cause, since when, and the one thing that cures it. */
function WhyUnreachable({ me }: { me: AgentSelf }) {
  const { i18n } = useLingui();
  const navigate = useNavigate();
  const error = usePhone((s) => s.error);
  const words = error !== null ? PHONE_ERROR[error] : UNREACHABLE[me.unreachable_why ?? "no_phone"];
  return (
    <div className="menu-why tone-bad" data-testid="unreachable-why">
      <p><b>{i18n._(words.cause)}.</b> <Trans>No call reaches you.</Trans> {i18n._(words.cure)}</p>
      <Menu.Item leftSection={<IconStethoscope size={15} stroke={1.7} aria-hidden />} onClick={() => void navigate({ to: "/check" })}>
        <Trans>Run the check</Trans>
      </Menu.Item>
    </div>
  );
}
