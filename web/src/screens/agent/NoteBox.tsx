import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import type { ContactView } from "../../api/types";
import { useActions } from "../../desk/useActions";
import { timeOf } from "../../lib/time";
import { useKey } from "../../stores/keys";
import { followNote, typeNote, useNote } from "../../stores/note";

/** The note: saved as it is typed, and it says when; unsaved it stays on this computer. */
export function NoteBox({ contact }: { contact: ContactView }) {
  const { t } = useLingui();
  const { contact_id: id, note, note_saved_at: savedAt } = contact;
  const draft = useNote((s) => s.draft);
  const { k, keys } = useKey("note");
  const box = useRef<HTMLTextAreaElement>(null);
  useEffect(() => followNote(id, note, savedAt), [id, note, savedAt]);
  useActions({ note: () => box.current?.focus() });
  const text = draft?.contactId === id ? draft.text : note;
  return (
    <div className="note">
      <div className="note-box">
        <textarea
          ref={box}
          className="note-t scroll"
          aria-label={t`Note on this call`}
          aria-keyshortcuts={keys}
          placeholder={t`What matters about this call? (Ctrl Shift ${k})`}
          maxLength={8000}
          rows={2}
          value={text}
          onChange={(e) => typeNote(id, e.currentTarget.value)}
          data-testid="note"
        />
        <div className="row g6 t12 i3">
          <span><Trans>Note on this call</Trans></span>
          <span data-testid="note-state" data-state={draft?.state ?? "saved"} aria-live="polite"><Saved /></span>
        </div>
      </div>
    </div>
  );
}

function Saved() {
  const { t } = useLingui();
  const draft = useNote((s) => s.draft);
  if (draft === null) return null;
  if (draft.state === "kept") return <span className="tone-warn toned b5 dot3">{draft.tries > 1 ? t`Kept on this computer, try ${draft.tries + 1} in 5 s` : t`Kept on this computer until we are back`}</span>;
  if (draft.state === "typing") return <span className="dot3">{t`typing`}</span>;
  if (draft.state === "saving") return <span className="dot3">{t`saving`}</span>;
  return draft.savedAt === null ? null : <span className="dot3">{t`Saved ${timeOf(draft.savedAt, true)}`}</span>;
}
