import { Modal, TextInput } from "@mantine/core";
import { IconArrowRight, IconInbox, IconSearch, IconUser } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, type ReactNode, useDeferredValue, useState } from "react";
import { Kbd } from "../components/bits";
import { allowedPages, screenExists } from "../app/pages";
import { useDesk } from "../stores/desk";
import { useSession } from "../stores/session";
import { useCaseSearch, useCustomerSearch } from "./queries";

interface Entry {
  key: string;
  icon: ReactNode;
  title: string;
  line: string;
  go: (() => void) | null;
}

const close = () => useDesk.setState({ paletteOpen: false });

/** Opens the palette from the top bar. */
export function FindButton() {
  return (
    <button type="button" className="cmd" aria-keyshortcuts="Control+K" onClick={() => useDesk.setState({ paletteOpen: true })}>
      <IconSearch size={15} stroke={1.8} aria-hidden />
      <span className="grow cut"><Trans>Find or go to</Trans></span>
      <Kbd>Ctrl K</Kbd>
    </button>
  );
}

/** Ctrl K: finds customers and cases, goes to pages. */
export function Palette() {
  const { t } = useLingui();
  const opened = useDesk((s) => s.paletteOpen);
  return (
    <Modal.Root opened={opened} onClose={close} padding={0} size={560} yOffset="12vh">
      <Modal.Overlay />
      <Modal.Content aria-label={t`Find or go to`}>
        <Modal.Body>{opened && <Finder />}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Finder() {
  const { t } = useLingui();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const entries = useEntries(text);
  const usable = entries.filter((e) => e.go !== null);
  const current = usable[Math.min(at, usable.length - 1)];
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setAt((i) => (Math.min(i, usable.length - 1) + step + usable.length) % Math.max(1, usable.length));
    }
    if (event.key === "Enter" && current?.go) {
      event.preventDefault();
      close();
      current.go();
    }
  };
  return (
    <div className="palette">
      <TextInput
        size="md" variant="unstyled" data-autofocus leftSection={<IconSearch size={17} stroke={1.8} aria-hidden />} placeholder={t`Customer, account, case number or page`}
        aria-label={t`Find or go to`} role="combobox" aria-expanded="true" aria-controls="palette-list" aria-activedescendant={current ? `pal-${current.key}` : undefined}
        value={text} onChange={(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown={onKey}
      />
      <ul id="palette-list" role="listbox" aria-label={t`Found`} className="scroll">
        {entries.map((entry) => (
          <li key={entry.key} id={`pal-${entry.key}`} role="option" aria-selected={entry === current} aria-disabled={entry.go === null} className={`pal-i ${entry === current ? "on" : ""}`}>
            <button type="button" tabIndex={-1} disabled={entry.go === null} onClick={() => { close(); entry.go?.(); }}>
              <span className="tp-ic">{entry.icon}</span>
              <span className="col grow"><span className="cut b5">{entry.title}</span>{entry.line !== "" && <span className="cut t12 i3">{entry.line}</span>}</span>
            </button>
          </li>
        ))}
      </ul>
      {entries.length === 0 && <p className="i3 pal-none"><Trans>Nothing by that name or number.</Trans></p>}
    </div>
  );
}

function useEntries(text: string): Entry[] {
  const { t } = useLingui();
  const navigate = useNavigate();
  const session = useSession((s) => s.session);
  const deferred = useDeferredValue(text);
  const cases = useCaseSearch(deferred);
  const customers = useCustomerSearch(deferred);
  const icon = { size: 15, stroke: 1.8, "aria-hidden": true } as const;
  const names = { desk: [t`Desk`, "/desk"], cases: [t`Cases`, "/cases"], floor: [t`Floor`, "/floor"], contacts: [t`Contacts`, "/contacts"], reports: [t`Reports`, "/reports"], setup: [t`Set up`, "/set-up/queues"] } as const;
  const pages = allowedPages(session)
    .map((key) => names[key])
    .filter(([label]) => label.toLowerCase().includes(text.trim().toLowerCase()))
    .map(([label, to]): Entry => ({ key: to.slice(1), icon: <IconArrowRight {...icon} />, title: label, line: "", go: () => void navigate({ to }) }));
  const openCase = screenExists("cases");
  return [
    ...(cases.data?.cases ?? []).map(({ case: c, customer_name }): Entry => ({
      key: c.case_id, icon: <IconInbox {...icon} />, title: `#${c.number} ${c.subject}`, line: [customer_name, c.status_label].filter((p) => p !== null).join(", "),
      go: openCase ? () => void navigate({ to: "/cases/$id", params: { id: c.case_id } }) : null,
    })),
    ...(customers.data ?? []).slice(0, 6).map((c): Entry => ({
      key: c.customer_id, icon: <IconUser {...icon} />, title: c.name, line: [c.account, c.place, c.numbers[0]].filter((p) => p !== null && p !== undefined).join(", "),
      go: openCase ? () => void navigate({ to: "/cases", search: { q: c.name } as never }) : null,
    })),
    ...pages,
  ];
}
