import { plural, t } from "@lingui/core/macro";
import { useEffect, useState } from "react";
import { secondsSince, spanOf } from "../lib/time";
import { serverNow } from "../lib/now";
import { useDesk } from "../stores/desk";
import { useLive } from "../stores/live";
import { cordWords } from "./band/cordWords";
import { callerOf, offerWords } from "./words";

const FIGURES_EVERY_MS = 15_000;

/** For ears: an offer at once, queue figures at most every 15 s. */
export function Announcer() {
  const offer = useLive((s) => s.agent?.offer ?? null);
  const askedFor = useDesk((s) => s.outcomeAskedFor);
  const unfinished = useLive((s) => (s.agent?.contact?.disposition === null ? s.agent.contact.contact_id : null));
  const said = offer === null ? (askedFor !== null && askedFor === unfinished ? t`Choose an outcome first` : "") : offer.kind === "call" ? t`Call from ${callerOf(offer.pop)}, ${offer.queue_name}, waited ${spanOf(offer.waited_s)}` : [offerWords(offer), offer.why].filter((part) => part !== "").join(": ");
  return (
    <>
      <p className="sr-only" role="alert" aria-live="assertive" data-testid="announcer">{said}</p>
      <p className="sr-only" aria-live="polite">{useFigures()}</p>
      <p className="sr-only" role="status" data-testid="cord-announcer">{useCordWords()}</p>
    </>
  );
}

/** Who came, left or could not be reached, as it happens. */
function useCordWords(): string {
  const contact = useLive((s) => s.agent?.contact ?? null);
  return contact === null || contact.state === "acw" ? "" : cordWords(contact);
}

function useFigures(): string {
  const [figures, setFigures] = useState("");
  useEffect(() => {
    const read = () => {
      const { agent } = useLive.getState();
      if (agent?.contact !== null || agent.offer !== null) {
        setFigures("");
        return;
      }
      const waiting = agent.queues.reduce((sum, q) => sum + q.waiting, 0);
      const longest = agent.queues.map((q) => q.longest_since).filter((at) => at !== null).sort()[0];
      const count = plural(waiting, { 0: "Nobody is waiting", one: "# caller is waiting", other: "# callers are waiting" });
      setFigures(longest === undefined ? count : t`${count}, the longest for ${spanOf(Math.round(secondsSince(longest, serverNow()) / 15) * 15)}`);
    };
    const timer = setInterval(read, FIGURES_EVERY_MS);
    // An empty line, or a call, makes what was said wrong at once.
    const stop = useLive.subscribe(({ agent }, before) => {
      if (agent === before.agent) return;
      const idle = agent?.contact === null && agent.offer === null;
      if (!idle) setFigures("");
      else if (!agent.queues.some((q) => q.waiting > 0) && before.agent?.queues.some((q) => q.waiting > 0) === true) read();
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  return figures;
}
