/** Finishing the wrap-up: what it still needs, and that nothing typed is lost by it. */
import { useEffect, useRef } from "react";
import type { ContactView } from "../api/types";
import { useDesk } from "../stores/desk";
import { attempt, commands } from "./commands";
import { flushNote } from "../stores/note";
import { saveNewCustomer } from "../stores/newCustomer";
import { focusPane } from "./useKeyboard";

let finishing = false;

/** Sends what is still only on this page, then finishes. Without an outcome it says so and goes there. */
export async function finishWrapUp(contact: ContactView): Promise<void> {
  if (finishing) return;
  const { disposition } = contact;
  if (disposition === null) {
    askForOutcome(contact.contact_id);
    return;
  }
  finishing = true;
  try {
    await flushNote(contact.contact_id);
    await saveNewCustomer(contact);
    await attempt(() => commands.finish(contact.contact_id, disposition));
  } finally {
    finishing = false;
  }
}

/** Says it in the pane, aloud, and puts the focus where digits choose. */
function askForOutcome(contactId: string): void {
  // Taken away first, so that it is said each time it is asked.
  useDesk.setState({ outcomeAskedFor: null });
  requestAnimationFrame(() => {
    useDesk.setState({ outcomeAskedFor: contactId });
    focusPane("right");
  });
}

/** Ctrl Enter, also while the note is being typed. */
export function useFinishKey(contact: ContactView): void {
  const latest = useRef(contact);
  useEffect(() => {
    latest.current = contact;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !event.ctrlKey || event.repeat) return;
      event.preventDefault();
      void finishWrapUp(latest.current);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}
