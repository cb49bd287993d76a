import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useId, useRef, useState } from "react";
import type { ContactView } from "../../api/types";
import { useDesk } from "../../stores/desk";
import { useServerThere } from "../../stores/live";
import { attempt, commands } from "../commands";
import { useEscape } from "../useEscape";
import { callerShort } from "../words";

const close = () => useDesk.setState({ helpOpen: false });

/** One line, and the supervisors are rung. The caller notices nothing. */
export function HelpBox({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const there = useServerThere();
  const [why, setWhy] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  useEscape(close);
  useEffect(() => {
    const back = document.activeElement;
    field.current?.focus();
    return () => {
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, []);
  const ask = () => void attempt(() => commands.askForHelp(contact.contact_id, why.trim())).then((done) => done && close());
  const caller = callerShort(contact.pop);
  return (
    <section className="ask-help" role="dialog" aria-label={t`Ask for help`} data-testid="help-box">
      <form onSubmit={(e) => { e.preventDefault(); ask(); }}>
        <h2><Trans>Ask a supervisor for help</Trans></h2>
        <p><Trans>Your supervisors are rung. Who comes hears both of you and is heard by you alone; {caller} notices nothing.</Trans></p>
        <div className="tp-why">
          <label htmlFor={id} className="b6"><Trans>Say in one line why</Trans></label>
          <input id={id} ref={field} value={why} maxLength={200} onChange={(e) => setWhy(e.currentTarget.value)} data-testid="help-why" placeholder={t`May be left empty`} />
        </div>
        <div className="tp-f">
          <button type="button" className="tp-btn" onClick={close}><Trans>Close</Trans></button>
          <button type="submit" className="tp-btn primary" disabled={!there} data-testid="help-ask"><Trans>Ask for help</Trans><span className="tp-k" aria-hidden>Enter</span></button>
        </div>
      </form>
    </section>
  );
}
