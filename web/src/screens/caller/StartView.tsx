import { IconArrowsRightLeft, IconFileSearch, IconMessage2, IconMicrophone, IconMoodSad, IconPhone, IconReceipt, IconRouter, IconShoppingCart, IconTags } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { CallerCentre, Choice } from "../../api/types";
import { Skeleton } from "../../components/bits";
import { type Language, speak, useLanguage } from "../../i18n";
import { startCall, useCall } from "./call";
import { aheadInWords, estimateOf, minutesInWords } from "./estimate";
import { Frame } from "./Frame";
import { ProblemNote } from "./problems";

/** Icons for the topics centres usually have; any other gets the plain one. */
const TOPIC_ICONS: Record<string, typeof IconPhone> = {
  billing: IconReceipt,
  technical: IconRouter,
  moving: IconArrowsRightLeft,
  sales: IconShoppingCart,
  retention: IconTags,
  complaints: IconMoodSad,
  case: IconFileSearch,
};

/** What a link into this page may fill in: `/call?topic=billing&account=...&number=...&dnis=...`. */
function given(name: string): string {
  return new URLSearchParams(location.search).get(name)?.slice(0, 40) ?? "";
}

const orNull = (text: string): string | null => (text.trim() === "" ? null : text.trim());

export function StartView({ centre, away }: { centre: CallerCentre | undefined; away: boolean }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const opening = useCall((s) => s.phase === "opening");
  const problem = useCall((s) => s.problem);
  const [topic, setTopic] = useState<string | null>(() => orNull(given("topic")));
  const [account, setAccount] = useState(() => given("account"));
  const [number, setNumber] = useState(() => given("number"));
  const topics = centre?.topics ?? [];
  const chosen = topics.some((choice) => choice.code === topic) ? topic : null;
  const call = (): void => void startCall({ topic: chosen, account: orNull(account), number: orNull(number), language, dnis: given("dnis") });
  return (
    <Frame centre={centre?.name ?? ""} state={opening ? "opening" : "start"} right={<OtherLanguage language={language} />}>
      <form
        className="cp-form"
        onSubmit={(event) => {
          event.preventDefault();
          call();
        }}
      >
        <h1><Trans>Talk to us</Trans></h1>
        <Expected centre={centre} away={away} />
        {topics.length > 0 && (
          <>
            <h2 id="topics"><Trans>What is it about?</Trans></h2>
            <div className="cp-topics" role="radiogroup" aria-labelledby="topics">
              {topics.map((choice) => (
                <TopicRow key={choice.code} choice={choice} on={choice.code === chosen} onChoose={() => setTopic(choice.code)} />
              ))}
            </div>
          </>
        )}
        <div className="cp-field">
          <label htmlFor="account"><Trans>Account number</Trans> <i><Trans>if you have it, saves a minute</Trans></i></label>
          <input id="account" value={account} onChange={(event) => setAccount(event.target.value)} maxLength={40} autoComplete="off" autoCapitalize="characters" data-testid="account" />
        </div>
        <div className="cp-field">
          <label htmlFor="number"><Trans>Your phone number</Trans> <i><Trans>so that we know who rings</Trans></i></label>
          <input id="number" value={number} onChange={(event) => setNumber(event.target.value)} maxLength={40} type="tel" autoComplete="tel" data-testid="number" />
        </div>
        <span className="grow" />
        {problem !== null && <ProblemNote problem={problem} />}
        <button type="submit" className="cp-call" disabled={opening} data-testid="start">
          <IconPhone size={22} stroke={1.8} aria-hidden />
          {opening ? <Trans>Calling</Trans> : <Trans>Call now, free</Trans>}
        </button>
        <p className="cp-fine" role={opening ? "status" : undefined}>
          <IconMicrophone size={15} stroke={1.8} aria-hidden />
          {opening ? t`Allow the microphone when your browser asks.` : t`Your browser will ask for the microphone. Calls are recorded; say so if you would rather not be.`}
        </p>
      </form>
    </Frame>
  );
}

function TopicRow({ choice, on, onChoose }: { choice: Choice; on: boolean; onChoose: () => void }) {
  const Icon = TOPIC_ICONS[choice.code] ?? IconMessage2;
  return (
    <button type="button" role="radio" aria-checked={on} className={on ? "on" : ""} onClick={onChoose} data-testid={`topic-${choice.code}`}>
      <Icon size={20} stroke={1.7} aria-hidden />
      <span className="grow">{choice.label}</span>
      <span className="radio" />
    </button>
  );
}

/** What a call would mean now; never better than it is. */
function Expected({ centre, away }: { centre: CallerCentre | undefined; away: boolean }) {
  if (away) return <p className="cp-lead"><Trans>We cannot be reached just now. This page asks again by itself.</Trans></p>;
  if (centre === undefined) return <p className="cp-lead"><Skeleton width="80%" height={16} /></p>;
  if (!centre.open) return <p className="cp-lead"><Trans>We are closed now, so nobody answers. You can still call: the menu works.</Trans></p>;
  const estimate = estimateOf(centre.estimate_s, null, null);
  const ahead = aheadInWords(centre.waiting);
  if (estimate.kind === "unknown") return <p className="cp-lead"><Trans>We cannot say yet how long you would wait. {ahead}</Trans></p>;
  if (estimate.kind === "soon") return <p className="cp-lead"><Trans>Right now you would wait <b>less than a minute</b>. {ahead}</Trans></p>;
  const minutes = minutesInWords(estimate.minutes);
  return <p className="cp-lead"><Trans>Right now you would wait about <b>{minutes}</b>. {ahead}</Trans></p>;
}

/** The other language in its own words. */
function OtherLanguage({ language }: { language: Language }) {
  const [code, name] = language === "en" ? (["cy", "Cymraeg"] as const) : (["en", "English"] as const);
  return (
    <button type="button" className="cp-link" lang={code} onClick={() => void speak(code)} data-testid="language">
      {name}
    </button>
  );
}
