import { IconEar, IconHeadphones, IconMicrophone, IconPhone, IconSpeakerphone, IconX } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { SupervisingView } from "../../api/types";
import { Since } from "../../components/bits";
import { StateGlyph } from "../../components/StateGlyph";
import { attempt } from "../../desk/commands";
import { PHONE_ERROR } from "../../desk/words";
import { useLive, useServerThere } from "../../stores/live";
import { usePhone } from "../../stores/phone";
import { floor, type SuperviseMode } from "./commands";
import { changeMode, forgetWish, openAndSupervise, useSupervising, type Wish } from "./supervising";

/** Across the whole width while somebody is listened to: who hears whom, and how to change it. */
export function Dock() {
  const supervising = useLive((s) => s.agent?.supervising ?? null);
  const wish = useSupervising((s) => s.wish);
  if (supervising !== null) return <Listening view={supervising} />;
  return wish === null ? null : <Wishing wish={wish} />;
}

function Listening({ view }: { view: SupervisingView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const chosen = useSupervising((s) => s.chosen);
  const mode = chosen ?? view.mode;
  const agent = view.agent_name ?? t`the agent`;
  const first = agent.split(" ")[0] ?? agent;
  const words = { listen: t`Listening`, whisper: t`Whispering`, barge: t`In the call` } as const;
  const modes: { mode: SuperviseMode; icon: ReactNode; name: string; who: string }[] = [
    { mode: "listen", icon: <IconEar size={16} stroke={1.8} aria-hidden />, name: t`Listen`, who: t`nobody hears you` },
    { mode: "whisper", icon: <IconMicrophone size={16} stroke={1.8} aria-hidden />, name: t`Whisper`, who: t`only ${first} hears` },
    { mode: "barge", icon: <IconSpeakerphone size={16} stroke={1.8} aria-hidden />, name: t`Barge in`, who: t`both hear you` },
  ];
  return (
    <section className="monitor" aria-label={t`Listening`} data-testid="dock" data-mode={view.mode} data-state={view.state}>
      <span className="row g6 b6 nowrap mon-w" aria-live="polite">
        <IconHeadphones size={18} stroke={1.7} aria-hidden />
        {view.state === "connecting" ? <Trans>Connecting</Trans> : words[mode]}
        <span className="num b5"><Since at={view.since} /></span>
      </span>
      <Cord view={view} mode={mode} agent={agent} />
      <div className="mseg" role="radiogroup" aria-label={t`How you take part`}>
        {modes.map((each) => (
          <button key={each.mode} type="button" role="radio" aria-checked={mode === each.mode} className={mode === each.mode ? "on" : ""} disabled={!there} onClick={() => void changeMode(view.contact_id, each.mode)} data-testid={`mode-${each.mode}`}>
            {each.icon}
            <span>{each.name}<small>{each.who}</small></span>
          </button>
        ))}
      </div>
      <button type="button" className="cord-btn" disabled={!there} onClick={() => void attempt(floor.stopSupervising)} data-testid="stop-listening"><IconX size={15} stroke={2} aria-hidden /><Trans>Stop</Trans></button>
    </section>
  );
}

/** Who hears whom. Solid cord: both hear. Thin cord: one hears. The words stand on it. */
function Cord({ view, mode, agent }: { view: SupervisingView; mode: SuperviseMode; agent: string }) {
  const { t } = useLingui();
  const first = agent.split(" ")[0] ?? agent;
  const wire = {
    listen: { kind: "oneway", label: t`you hear both`, you: t`silent` },
    whisper: { kind: "whisper", label: t`${first} hears you`, you: t`speaking` },
    barge: { kind: "talk", label: t`all hear each other`, you: t`speaking` },
  }[mode];
  return (
    <div className="row grow mon-c" data-testid="cord">
      <Jack name={t`Caller`} note={view.caller} />
      <span className="wire wire-talk"><span><Trans>both hear</Trans></span></span>
      <Jack name={agent} note={view.answered_at === null ? "" : <Since at={view.answered_at} />} />
      <span className={`wire wire-${wire.kind}`}><span>{wire.label}</span></span>
      <Jack name={t`You`} note={wire.you} />
    </div>
  );
}

function Jack({ name, note }: { name: string; note: ReactNode }) {
  return (
    <span className="jack">
      <StateGlyph state="live" inherit size={18} />
      <b className="cut">{name}</b>
      <span className="num cut">{note}</span>
    </span>
  );
}

/** Listening needs a phone: it is opened here, or cured on the check page. */
function Wishing({ wish }: { wish: Wish }) {
  const { t, i18n } = useLingui();
  const phone = usePhone((s) => s.state);
  const error = usePhone((s) => s.error);
  return (
    <section className="monitor" aria-label={t`Listening`} data-testid="dock" data-state="phone">
      <IconPhone size={18} stroke={1.7} aria-hidden />
      <span className="grow" role="status">
        {phone === "ready" ? <Trans>Joining {wish.agentName}</Trans>
          : error !== null ? <><b>{i18n._(PHONE_ERROR[error].cause)}.</b> {i18n._(PHONE_ERROR[error].cure)}</>
          : phone === "connecting" ? <Trans>Your phone opens. Then you hear {wish.agentName}.</Trans>
          : <Trans><b>Your phone is not open.</b> To hear {wish.agentName} it opens here, with your headset.</Trans>}
      </span>
      {phone === "none" && <button type="button" className="cord-btn primary" onClick={() => void openAndSupervise()} data-testid="open-phone"><IconPhone size={15} stroke={2} aria-hidden /><Trans>Open the phone</Trans></button>}
      {error !== null && <Link to="/check" className="cord-btn"><Trans>Check it</Trans></Link>}
      <button type="button" className="cord-btn" onClick={forgetWish} data-testid="forget-wish"><IconX size={15} stroke={2} aria-hidden /><Trans>Cancel</Trans></button>
    </section>
  );
}
