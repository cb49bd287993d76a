import { IconAddressBook, IconPhoneOff, IconSearch } from "@tabler/icons-react";
import { Button, TextInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { get } from "../../api/client";
import type { ContactList } from "../../api/types";
import { Empty } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { clockOf } from "../../lib/time";
import { ContactDetails } from "./ContactDetails";
import { ListFailed, ListLoading } from "./ListStates";
import { searched } from "./search";
import type { ContactRow } from "./types";
import { momentOf } from "./words";

const PAGE = 50;
const AGAIN_MS = 10_000;

/** Calls of late: the list, and for one of them what happened and its recording. */
export function ContactsPage() {
  const { t } = useLingui();
  const { id } = useSearch({ strict: false });
  const navigate = useNavigate();
  const [query, setQuery] = useState("");
  const list = useInfiniteQuery({
    queryKey: ["contacts", useLanguage((s) => s.language)],
    queryFn: ({ pageParam, signal }) => get<ContactList>(`/api/contacts?limit=${PAGE}${pageParam === null ? "" : `&before=${encodeURIComponent(pageParam)}`}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => (last.contacts.length < PAGE ? null : (last.contacts.at(-1)?.at ?? null)),
    refetchInterval: AGAIN_MS,
  });
  const all = list.data?.pages.flatMap((page) => page.contacts) ?? [];
  const rows = searched(all, query);
  const chosen = id ?? rows[0]?.contact_id;
  const choose = (contactId: string): void => void navigate({ to: "/contacts", search: { id: contactId }, replace: true });
  return (
    <Shell active="contacts" bar={<><span className="tb-title">{t`Contacts`}</span><span className="tb-sep" /><span className="t12 i3 nowrap"><Trans>Calls of late. Every play of a recording is written down.</Trans></span></>}>
      <div className="recs">
        <div className="recs-l">
          <div className="recs-s">
            <TextInput size="xs" leftSection={<IconSearch size={14} stroke={1.8} />} value={query} onChange={(event) => setQuery(event.currentTarget.value)} placeholder={t`Name, agent, queue or outcome`} aria-label={t`Search these calls`} data-testid="contact-search" />
          </div>
          {list.isPending ? (
            <ListLoading />
          ) : list.isError && all.length === 0 ? (
            <ListFailed error={list.error} onRetry={() => void list.refetch()} />
          ) : rows.length === 0 ? (
            <NoContacts query={query} />
          ) : (
            <ul className="scroll grow recs-ul">
              {rows.map((row) => <Row key={row.contact_id} row={row} on={row.contact_id === chosen} onChoose={choose} />)}
              {list.hasNextPage && <li className="recs-more"><Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}><Trans>Show earlier calls</Trans></Button></li>}
            </ul>
          )}
        </div>
        {chosen === undefined ? <div className="adm-main" /> : <ContactDetails key={chosen} contactId={chosen} />}
      </div>
    </Shell>
  );
}

function Row({ row, on, onChoose }: { row: ContactRow; on: boolean; onChoose: (contactId: string) => void }) {
  const language = useLanguage((s) => s.language);
  const at = momentOf(row.at, useNow(60_000), language);
  const second = [row.agent_name, row.outcome].filter((part) => part !== null && part !== "").join(", ");
  return (
    <li className="lazy">
      <button type="button" className={`ci ${on ? "on" : ""}`} aria-current={on} onClick={() => onChoose(row.contact_id)} data-testid={`contact-${row.contact_id}`}>
        <span className="row g6"><b className="cut grow">{row.name}</b><span className="num t12 b5">{row.duration_s === null ? "" : clockOf(row.duration_s)}</span></span>
        <span className="row g6 t12 i3"><span className="cut grow">{second}</span><span className="num nowrap">{at}</span></span>
      </button>
    </li>
  );
}

function NoContacts({ query }: { query: string }) {
  return (
    <div className="list-none">
      {query === "" ? (
        <Empty icon={<IconPhoneOff size={28} stroke={1.4} aria-hidden />} title={<Trans>No calls yet</Trans>}>
          <Trans>The first one stands here as soon as it rings in.</Trans>
        </Empty>
      ) : (
        <Empty icon={<IconAddressBook size={28} stroke={1.4} aria-hidden />} title={<Trans>No call fits</Trans>}>
          <Trans>Only the calls loaded here are searched. Try part of a name or number.</Trans>
        </Empty>
      )}
    </div>
  );
}
