import { Button, Modal } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { Kbd } from "../components/bits";
import type { ActionName } from "../lib/keymap";
import { useDesk } from "../stores/desk";
import { changeKey, resetKeys, useKeymap } from "../stores/keys";

interface Row {
  action?: ActionName;
  key?: string;
  label: string;
}

/** The list of keys. Click one and press another to change it. */
export function KeysDialog() {
  const { t } = useLingui();
  const opened = useDesk((s) => s.keysOpen);
  const [changing, setChanging] = useState<ActionName | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const close = () => {
    setChanging(null);
    setProblem(null);
    useDesk.setState({ keysOpen: false });
  };

  useEffect(() => {
    if (changing === null) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key !== "Escape") {
        const result = changeKey(changing, event.key);
        setProblem(result.ok ? null : result.why === "reserved" ? t`The browser keeps ${event.key.toUpperCase()} for itself. Choose another.` : t`Choose a letter, a digit or a sign.`);
        if (!result.ok) return;
      }
      setChanging(null);
    };
    addEventListener("keydown", onKey, true);
    return () => removeEventListener("keydown", onKey, true);
  }, [changing, t]);

  const groups: { title: string; rows: Row[] }[] = [
    { title: t`Call`, rows: [{ action: "accept", label: t`Accept` }, { action: "decline", label: t`Decline` }, { action: "mute", label: t`Mute` }, { action: "hold", label: t`Hold, resume` }, { action: "end", label: t`End` }] },
    { title: t`Call, more`, rows: [{ action: "keypad", label: t`Keypad` }, { action: "transfer", label: t`Transfer` }, { action: "add", label: t`Add somebody` }, { action: "pauseRecording", label: t`Pause recording` }, { action: "help", label: t`Ask for help` }] },
    { title: t`Wrap-up`, rows: [{ key: t`1 to 9`, label: t`Outcome` }, { action: "moreTime", label: t`30 s more` }, { key: "Ctrl Enter", label: t`Finish` }] },
    { title: t`Move`, rows: [{ action: "state", label: t`State menu` }, { action: "cases", label: t`Cases` }, { action: "note", label: t`Note` }, { key: "F6", label: t`Next pane` }, { key: "Ctrl K", label: t`Find or go to` }, { key: "?", label: t`This list` }] },
  ];

  return (
    <Modal opened={opened} onClose={close} size={760} closeOnEscape={changing === null} title={<span className="t16 b6"><Trans>Shortcuts</Trans></span>}>
      <p className="i2 keys-lead"><Trans>Ctrl Shift and the letter, anywhere. Click a key and press another to change it.</Trans></p>
      <div className="kgrid">
        {groups.map((group) => (
          <div key={group.title}>
            <h4>{group.title}</h4>
            {group.rows.map((row) => (
              <div className="krow" key={row.label}>
                <span className="grow">{row.label}</span>
                {row.action === undefined ? <Kbd>{row.key}</Kbd> : <KeyButton action={row.action} label={row.label} changing={changing === row.action} onChange={() => { setProblem(null); setChanging(row.action ?? null); }} />}
              </div>
            ))}
          </div>
        ))}
      </div>
      <div className="row keys-foot">
        <span className="grow tone-bad toned" role="status">{problem}</span>
        <Button variant="default" onClick={resetKeys}><Trans>Put all back</Trans></Button>
      </div>
    </Modal>
  );
}

function KeyButton({ action, label, changing, onChange }: { action: ActionName; label: string; changing: boolean; onChange: () => void }) {
  const { t } = useLingui();
  const key = useKeymap((s) => s.keymap[action]);
  return (
    <button type="button" className={`kbd key-b ${changing ? "on" : ""}`} aria-label={t`${label}: Ctrl Shift ${key}. Change`} onClick={onChange}>
      {changing ? t`press` : key}
    </button>
  );
}
