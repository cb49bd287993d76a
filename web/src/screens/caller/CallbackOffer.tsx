import { IconAlertTriangle, IconPhoneIncoming } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { type SyntheticEvent, useState } from "react";
import { ringer } from "../../lib/sounds";
import { chooseCallback, problemOf } from "./call";

type Where = "page" | "number";

/** While waiting: keep the place, put the phone down, be called when it is one's turn. */
export function CallbackOffer({ dials }: { dials: boolean }) {
  const { t } = useLingui();
  const [open, setOpen] = useState(false);
  const [where, setWhere] = useState<Where>("page");
  const [number, setNumber] = useState("");
  const [refusal, setRefusal] = useState<string | null>(null);
  const [sending, setSending] = useState(false);

  const send = async (event: SyntheticEvent) => {
    event.preventDefault();
    if (where === "number" && number.trim() === "") {
      setRefusal(t`Type the number to be called.`);
      return;
    }
    // The page may make itself heard later only because it was touched now.
    void ringer.unlock();
    setSending(true);
    setRefusal(null);
    try {
      await chooseCallback(where === "number" ? number.trim() : null);
    } catch (error) {
      const { detail } = problemOf(error);
      setRefusal(detail === "" ? t`The server does not answer. You keep your place.` : detail);
    } finally {
      setSending(false);
    }
  };

  if (!open) {
    return (
      <button type="button" className="cp-cb" onClick={() => setOpen(true)} data-testid="callback-offer">
        <IconPhoneIncoming size={22} stroke={1.7} aria-hidden />
        <span><b><Trans>Keep my place, call me back</Trans></b><Trans>You need not wait on the line. You lose nothing.</Trans></span>
      </button>
    );
  }
  return (
    <form className="cp-cbf" onSubmit={(event) => void send(event)} data-testid="callback-form">
      <h2>{dials ? <Trans>Where shall we ring you?</Trans> : <Trans>This page rings when it is your turn</Trans>}</h2>
      {!dials && <p className="cp-note"><Trans>Keep it open, in any tab. You hear it, and see it in the title.</Trans></p>}
      {dials && <div className="cp-topics" role="radiogroup" aria-label={t`Where shall we ring you?`}>
        {([["page", t`This page rings`], ["number", t`A telephone number`]] as const).map(([key, label]) => (
          <button key={key} type="button" role="radio" aria-checked={where === key} className={where === key ? "on" : ""} onClick={() => { setWhere(key); setRefusal(null); }} data-testid={`callback-${key}`}>
            <span className="radio" aria-hidden />{label}
          </button>
        ))}
      </div>}
      {where === "number" && (
        <div className="cp-field">
          <label htmlFor="callback-number"><Trans>Number</Trans></label>
          <input id="callback-number" type="tel" autoComplete="tel" inputMode="tel" maxLength={40} value={number} onChange={(e) => setNumber(e.currentTarget.value)} data-testid="callback-number" aria-invalid={refusal !== null} />
        </div>
      )}
      {refusal !== null && <p className="cp-cbr tone-bad" role="alert"><IconAlertTriangle size={16} stroke={1.9} aria-hidden />{refusal}</p>}
      <div className="cp-cbb">
        <button type="button" onClick={() => setOpen(false)}><Trans>Wait here instead</Trans></button>
        <button type="submit" className="cp-call" disabled={sending} data-testid="callback-choose"><Trans>Call me back</Trans></button>
      </div>
    </form>
  );
}
