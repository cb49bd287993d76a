import { IconBolt, IconCreditCard, IconLock, IconMail, IconMailbox, IconMessage, IconPhone, IconRecordMail } from "@tabler/icons-react";
import { Trans } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { get } from "../../api/client";
import type { ContactDetail, CustomerCard, TimelineEntry } from "../../api/types";
import { Avatar, Chip, initialsOf } from "../../components/bits";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { SmallPlayer } from "./SmallPlayer";
import { momentOf } from "./words";

const ICONS: Record<TimelineEntry["kind"], typeof IconPhone> = {
  call: IconPhone,
  email: IconMail,
  chat: IconMessage,
  case: IconBolt,
  payment: IconCreditCard,
  post: IconMailbox,
  note: IconLock,
  voicemail: IconRecordMail,
};

/** One entry of a case: what somebody said, a note of the staff's, or a line about what the system did. */
export function Message({ entry, customer }: { entry: TimelineEntry; customer: CustomerCard | null }) {
  const language = useLanguage((s) => s.language);
  const at = momentOf(entry.at, useNow(60_000), language);
  const Icon = ICONS[entry.kind];
  if (entry.kind === "case") {
    const parts = [entry.title, entry.text, entry.who].filter((part) => part !== "");
    return (
      <li className="ev num">
        <Icon size={13} stroke={1.9} aria-hidden />
        {parts.join(", ")}
        <span className="push nowrap">{at}</span>
      </li>
    );
  }
  const staff = entry.kind === "note" || entry.direction === "out";
  const who = entry.who !== "" ? entry.who : (customer?.name ?? "");
  return (
    <li className={`msg ${entry.kind === "note" ? "msg-note" : ""}`} data-testid={`entry-${entry.id}`} data-kind={entry.kind}>
      <Avatar initials={initialsOf(who)} size={30} {...(staff && { tone: "live" as const })} />
      <div className="grow">
        <div className="row g6">
          <b className="b6 nowrap">{who}</b>
          <span className="row g4 t12 i3 cut">
            <Icon size={13} stroke={1.9} aria-hidden />
            {entry.kind === "note" ? <Trans>note, only staff see this</Trans> : entry.title}
          </span>
          {entry.chips.map((chip) => <Chip key={chip.text} tone={chip.tone}>{chip.text}</Chip>)}
          <span className="push t12 i3 num nowrap">{at}</span>
        </div>
        <div className="msg-b">
          {entry.text !== "" && <p>{entry.text}</p>}
          {entry.has_recording && entry.contact_id !== null && <Recorded contactId={entry.contact_id} durationS={entry.duration_s} />}
        </div>
      </div>
    </li>
  );
}

/** The call's recordings are looked up when somebody wants to hear one. */
function Recorded({ contactId, durationS }: { contactId: string; durationS: number | null }) {
  const [wanted, setWanted] = useState(false);
  const { data, isError } = useQuery({ queryKey: ["contact", contactId, useLanguage((s) => s.language)], queryFn: ({ signal }) => get<ContactDetail>(`/api/contacts/${contactId}`, { signal }), enabled: wanted });
  const first = data?.recordings.find((recording) => recording.state === "ready");
  if (isError) return <p className="t12 i2"><Trans>You may read this call but not hear it, or the server does not answer.</Trans></p>;
  if (data && !first) return <p className="t12 i2"><Trans>The recording is not ready yet.</Trans></p>;
  return <SmallPlayer recordingId={first?.recording_id ?? null} durationS={first?.duration_s ?? durationS ?? 0} onPlay={() => setWanted(true)} />;
}
