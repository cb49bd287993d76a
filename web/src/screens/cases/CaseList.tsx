import { IconCheck, IconChevronDown, IconInbox, IconSearch } from "@tabler/icons-react";
import { Button, Menu, TextInput } from "@mantine/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { get } from "../../api/client";
import type { CaseList as Cases } from "../../api/types";
import { Empty } from "../../components/bits";
import { ListFailed, ListLoading } from "./ListStates";
import type { CaseRow, CaseStatus } from "./types";
import { DueClock, STATUS } from "./words";

const PAGE = 50;
const AGAIN_MS = 15_000;

export interface CaseFilter {
  q: string;
  status: CaseStatus | "";
  mine: boolean;
}

export function useCaseList(filter: CaseFilter) {
  return useInfiniteQuery({
    queryKey: ["cases", filter],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(PAGE), offset: String(pageParam) });
      if (filter.q !== "") query.set("q", filter.q);
      if (filter.status !== "") query.set("status", filter.status);
      if (filter.mine) query.set("mine", "true");
      return get<Cases>(`/api/cases?${query.toString()}`, { signal });
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.cases.length, 0);
      return last.cases.length > 0 && loaded < last.total ? loaded : null;
    },
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

/** The list at the left: search, then one row a case with its next promise. */
export function CaseList({ filter, list, chosen, onSearch }: {
  filter: CaseFilter;
  list: ReturnType<typeof useCaseList>;
  chosen: string | null;
  onSearch: (q: string) => void;
}) {
  const { t } = useLingui();
  const rows = list.data?.pages.flatMap((page) => page.cases) ?? [];
  return (
    <div className="cl">
      <div className="cl-s">
        <TextInput size="xs" leftSection={<IconSearch size={14} stroke={1.8} />} value={filter.q} onChange={(event) => onSearch(event.currentTarget.value)} placeholder={t`Number, subject or name`} aria-label={t`Search cases`} data-testid="case-search" />
      </div>
      {list.isPending ? (
        <ListLoading />
      ) : list.isError && rows.length === 0 ? (
        <ListFailed error={list.error} onRetry={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <NoCases filter={filter} />
      ) : (
        <ul className="clist scroll grow">
          {rows.map((row) => <Row key={row.case.case_id} row={row} on={row.case.case_id === chosen} />)}
          {list.hasNextPage && <li className="recs-more"><Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}><Trans>Show more</Trans></Button></li>}
        </ul>
      )}
    </div>
  );
}

function Row({ row: { case: item, customer_name: customer }, on }: { row: CaseRow; on: boolean }) {
  return (
    <li className="lazy">
      <Link to="/cases/$id" params={{ id: item.case_id }} search={true} className={`ci ${on ? "on" : ""}`} aria-current={on ? "true" : undefined} data-testid={`case-${item.case_id}`}>
        <span className="row g6"><b className="cut grow">{item.subject}</b></span>
        <span className="row g6 t12 i3">
          <span className="cut grow">{customer ?? `#${item.number}`}</span>
          {item.due ? <DueClock due={item.due} /> : <span className="nowrap">{item.status_label}</span>}
        </span>
      </Link>
    </li>
  );
}

function NoCases({ filter }: { filter: CaseFilter }) {
  const narrowed = filter.q !== "" || filter.status !== "";
  return (
    <div className="list-none">
      <Empty icon={<IconInbox size={28} stroke={1.4} aria-hidden />} title={narrowed ? <Trans>No case fits</Trans> : filter.mine ? <Trans>No case is with you</Trans> : <Trans>There is no case yet</Trans>}>
        {narrowed ? <Trans>Try fewer letters or another status.</Trans> : <Trans>A case opens when a call or a message needs more than one answer.</Trans>}
      </Empty>
    </div>
  );
}

const STATUSES: readonly CaseStatus[] = ["new", "open", "waiting_customer", "solved", "closed"];

/** Whose cases and in which status, in the top bar. */
export function CaseFilters({ filter, total, onChange }: { filter: CaseFilter; total: number | null; onChange: (part: Partial<CaseFilter>) => void }) {
  const { t, i18n } = useLingui();
  const status = filter.status === "" ? t`Any status` : i18n._(STATUS[filter.status].label);
  return (
    <>
      <Pick label={filter.mine ? t`With me` : t`Everybody's`} count={total} testId="case-mine">
        <Choice on={!filter.mine} onClick={() => onChange({ mine: false })}>{t`Everybody's`}</Choice>
        <Choice on={filter.mine} onClick={() => onChange({ mine: true })}>{t`With me`}</Choice>
      </Pick>
      <Pick label={status} testId="case-status">
        <Choice on={filter.status === ""} onClick={() => onChange({ status: "" })}>{t`Any status`}</Choice>
        {STATUSES.map((key) => <Choice key={key} on={filter.status === key} onClick={() => onChange({ status: key })}>{i18n._(STATUS[key].label)}</Choice>)}
      </Pick>
    </>
  );
}

function Pick({ label, count = null, testId, children }: { label: string; count?: number | null; testId: string; children: ReactNode }) {
  return (
    <Menu position="bottom-start" width={200}>
      <Menu.Target>
        <button type="button" className="next-btn" data-testid={testId}>
          <b>{label}</b>
          {count !== null && <span className="i3 num">{count}</span>}
          <IconChevronDown size={14} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

function Choice({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Menu.Item role="menuitemradio" aria-checked={on} onClick={onClick} rightSection={on ? <IconCheck size={14} stroke={2.2} aria-hidden /> : null}>
      {children}
    </Menu.Item>
  );
}
