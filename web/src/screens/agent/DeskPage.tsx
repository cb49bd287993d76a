import { useEffect, useRef, useState } from "react";
import { useLingui } from "@lingui/react/macro";
import type { AgentTopic, ContactView, OfferView } from "../../api/types";
import { Shell } from "../../components/Shell";
import { Skeleton } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { useActions } from "../../desk/useActions";
import { useIsLeader } from "../../desk/useAgentTab";
import { focusPane } from "../../desk/useKeyboard";
import { useTellShown } from "../../desk/useRinging";
import { isTyping } from "../../lib/keymap";
import { type PaneName, useDesk } from "../../stores/desk";
import { useLive } from "../../stores/live";
import { CallerPane } from "./CallerPane";
import { HistoryPane } from "./HistoryPane";
import { IdleDesk } from "./IdleDesk";
import { NeedBody, UnverifiedChip } from "./NeedPane";
import { OutcomePane } from "./OutcomePane";
import { PeopleList } from "./PeopleList";

/** The agent's one page: idle, ringing, talking, wrapping up. Who, what, next never change places. */
export function DeskPage() {
  const topic = useLive((s) => s.agent);
  useActions({ state: () => useDesk.setState((s) => ({ stateMenuOpen: !s.stateMenuOpen })) });
  return <Shell active="desk">{topic === null ? <Loading /> : <Body topic={topic} />}</Shell>;
}

function Body({ topic }: { topic: AgentTopic }) {
  const { offer, contact } = topic;
  if (offer !== null) return <OfferDesk key={offer.offer_id} offer={offer} />;
  if (contact !== null) return <ContactDesk key={contact.contact_id} contact={contact} />;
  return <IdleDesk topic={topic} />;
}

function OfferDesk({ offer }: { offer: OfferView }) {
  const { t } = useLingui();
  useTellShown(offer.offer_id);
  useFirstPane(`${offer.offer_id}:offer`, "left");
  useActions({ cases: () => void focusPane("left") });
  return (
    <Desk
      left={<CallerPane pop={offer.pop} contact={null} offer={offer} />}
      mid={<HistoryPane pop={offer.pop} contact={null} />}
      right={
        <div className="pane-right" data-pane="right" tabIndex={-1}>
          <div className="pane-h"><h2>{t`What you will need`}</h2><span className="push"><UnverifiedChip pop={offer.pop} /></span></div>
          <NeedBody pop={offer.pop} contact={null} offer={offer} />
        </div>
      }
    />
  );
}

function ContactDesk({ contact }: { contact: ContactView }) {
  const over = contact.state === "acw";
  useFirstPane(`${contact.contact_id}:${over ? "acw" : "call"}`, over ? "right" : null);
  useActions({ cases: () => void focusPane("left") });
  useAttachProposal(contact);
  return (
    <Desk
      first={over ? "right" : "mid"}
      left={<CallerPane pop={contact.pop} contact={contact} offer={null} />}
      mid={<HistoryPane pop={contact.pop} contact={contact} />}
      right={over ? <OutcomePane contact={contact} /> : <CallSide contact={contact} />}
    />
  );
}

function CallSide({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const [tab, setTab] = useState<"need" | "people">("need");
  const accepted = useDesk((s) => s.accepted);
  const tabs = [["need", t`What you will need`], ["people", t`People`]] as const;
  return (
    <div className="pane-right" data-pane="right" tabIndex={-1}>
      <div className="pane-h">
        <div className="seg" role="tablist" aria-label={t`Beside the call`}>
          {tabs.map(([key, label]) => (
            <button key={key} type="button" role="tab" id={`side-${key}`} aria-selected={tab === key} aria-controls="side-panel" className={tab === key ? "on" : ""} onClick={() => setTab(key)}>{label}</button>
          ))}
        </div>
        <span className="push"><UnverifiedChip pop={contact.pop} /></span>
      </div>
      <div className="pane-fill" role="tabpanel" id="side-panel" aria-labelledby={`side-${tab}`}>
        {tab === "need" ? <NeedBody pop={contact.pop} contact={contact} offer={accepted?.contact_id === contact.contact_id ? accepted : null} /> : <div className="scroll grow sec"><PeopleList find /></div>}
      </div>
    </div>
  );
}

type Tab = "left" | "mid" | "right";

/** Three panes; at 760 and below one at a time, under tabs. `first` is shown when the phase of the call begins. */
function Desk({ first = "mid", left, mid, right }: { first?: Tab; left: React.ReactNode; mid: React.ReactNode; right: React.ReactNode }) {
  const { t } = useLingui();
  const [tab, setTab] = useState(first);
  const [begun, setBegun] = useState(first);
  if (begun !== first) {
    setBegun(first);
    setTab(first);
  }
  const tabs = [["left", t`Caller`], ["mid", t`History`], ["right", t`Next`]] as const;
  return (
    <>
      <div className="narrow-tabs" role="group" aria-label={t`Show`}>
        {tabs.map(([key, label]) => <button key={key} type="button" aria-pressed={tab === key} className={tab === key ? "on" : ""} onClick={() => setTab(key)}>{label}</button>)}
      </div>
      <div className="desk" data-tab={tab}>{left}{mid}{right}</div>
    </>
  );
}

/** Each phase of a call has the pane its digits belong to; somebody who is typing is not interrupted. */
function useFirstPane(phase: string, pane: PaneName | null): void {
  useEffect(() => {
    if (!isTyping(document.activeElement)) useDesk.setState({ pane });
  }, [phase, pane]);
}

/** What was picked while it rang, or the likeliest case that was shown as chosen, holds once it is answered here. */
function useAttachProposal(contact: ContactView): void {
  const leads = useIsLeader();
  const done = useRef(false);
  const { contact_id: id, case_id: attached, pop, state } = contact;
  useEffect(() => {
    const { accepted, pickedCase } = useDesk.getState();
    if (done.current || !leads || attached !== null || state === "acw" || accepted?.contact_id !== id || pop.customer === null) return;
    const choice = pickedCase ?? pop.likely_case_id;
    done.current = true;
    if (choice !== null && choice !== "new") void attempt(() => commands.attachCase(id, { case_id: choice, new: null }));
  }, [id, attached, pop, state, leads]);
}

/** Nothing for the first 300 ms, then the shape of what is coming. */
function Loading() {
  return (
    <>
      <div className="band band-quiet" data-testid="band" data-state="quiet"><div className="band-main late-in"><div className="band-who"><Skeleton width={44} height={44} /><Skeleton width={180} height={20} /></div></div></div>
      <div className="desk late-in" aria-hidden>
        <div className="pane-left sec col g12"><Skeleton width="60%" /><Skeleton width="100%" height={64} /><Skeleton width="100%" height={64} /></div>
        <div className="pane-mid sec col g12">{[92, 78, 86].map((w) => <Skeleton key={w} width={`${w}%`} />)}</div>
        <div className="pane-right sec col g12"><Skeleton width="40%" /><Skeleton width="100%" height={90} /></div>
      </div>
    </>
  );
}
