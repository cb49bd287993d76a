import { Button, Select, TextInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { type SubmitEvent, useState } from "react";
import type { CaseSummary, ContactView, Pop } from "../../api/types";
import { Kbd, Section } from "../../components/bits";
import { attempt, commands } from "../../desk/commands";
import { useReference } from "../../desk/queries";
import { useDesk } from "../../stores/desk";
import { useKey } from "../../stores/keys";
import { useServerThere } from "../../stores/live";
import { Due } from "./Due";
import { type Option, Pick } from "./Pick";

const NEW = "new";

/** Recent open cases first, the likeliest chosen, a new one last. A ring creates and writes nothing. */
export function AttachTo({ pop, contact }: { pop: Pop; contact: ContactView | null }) {
  const { t } = useLingui();
  const there = useServerThere();
  const { k } = useKey("cases");
  const focused = useDesk((s) => s.pane === "left");
  const picked = useDesk((s) => s.pickedCase);
  const [opening, setOpening] = useState(false);
  const attached = contact?.case_id ?? null;
  const chosen = opening ? NEW : contact === null ? (picked ?? pop.likely_case_id) : attached;

  const choose = (key: string) => {
    setOpening(key === NEW && contact !== null);
    if (contact === null) useDesk.setState({ pickedCase: key });
    else if (key !== NEW && key !== attached) void attempt(() => commands.attachCase(contact.contact_id, { case_id: key, new: null }));
  };

  const options: Option[] = [
    ...pop.cases.map((c): Option => ({ key: c.case_id, on: chosen === c.case_id, testid: `case-${c.number}`, body: <CaseLines summary={c} /> })),
    { key: NEW, on: chosen === NEW, shape: "one", testid: "case-new", body: <span className="grow">{pop.cases.length === 0 ? t`Open a new case` : t`Something else: open a new case`}</span> },
  ];
  const { length } = options;
  const digits = pop.customer !== null && contact?.state !== "acw";
  const digitsHere = focused && digits;
  return (
    <Section title={t`This call is about`} right={digitsHere ? <span className="t12"><Trans>Attach with 1 to {length}</Trans></span> : <Kbd>{k}</Kbd>}>
      <Pick label={t`Attach the call to a case`} pane={digits ? "left" : null} options={options} onChoose={choose} disabled={!there} />
      {opening && contact !== null && <NewCase contact={contact} pop={pop} onDone={() => setOpening(false)} />}
    </Section>
  );
}

function CaseLines({ summary }: { summary: CaseSummary }) {
  return (
    <span className="col grow">
      <b className="cut">{summary.subject}</b>
      <span className="row g6 t12 i3"><span className="num">#{summary.number}</span><span className="dot3">{summary.status_label}</span></span>
      {summary.due !== null && <Due due={summary.due} />}
    </span>
  );
}

function NewCase({ contact, pop, onDone }: { contact: ContactView; pop: Pop; onDone: () => void }) {
  const { t } = useLingui();
  const types = useReference().data?.case_types ?? [];
  const [subject, setSubject] = useState(pop.topic);
  const [type, setType] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const open = (event: SubmitEvent) => {
    event.preventDefault();
    if (subject.trim() === "" || busy) return;
    setBusy(true);
    const made = { subject: subject.trim(), type: type ?? types[0]?.code ?? "question", customer_id: pop.customer?.customer_id ?? null, text: "" };
    void attempt(() => commands.attachCase(contact.contact_id, { case_id: null, new: made })).then((done) => {
      setBusy(false);
      if (done) onDone();
    });
  };
  return (
    <form className="newc newc-case" onSubmit={open}>
      <TextInput size="xs" label={t`What is it about?`} value={subject} maxLength={200} onChange={(e) => setSubject(e.currentTarget.value)} data-autofocus autoFocus data-testid="case-subject" />
      <div className="form-2">
        <Select size="xs" aria-label={t`Kind`} data={types.map((c) => ({ value: c.code, label: c.label }))} value={type ?? types[0]?.code ?? null} onChange={setType} allowDeselect={false} />
        <Button type="submit" loading={busy} disabled={subject.trim() === ""} data-testid="case-open"><Trans>Open the case</Trans></Button>
      </div>
    </form>
  );
}
