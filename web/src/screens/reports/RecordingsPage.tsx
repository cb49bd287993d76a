import { IconAlertTriangle, IconMicrophoneOff, IconSearch, IconSettings, IconX } from "@tabler/icons-react";
import { Button, Menu, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { Trans, useLingui } from "@lingui/react/macro";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { ApiError, get } from "../../api/client";
import { Empty, Inline } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { clockOf } from "../../lib/time";
import { has, useSession } from "../../stores/session";
import { ListLoading } from "../cases/ListStates";
import { momentOf } from "../cases/words";
import { filterQuery, type Filters, NO_FILTERS } from "./filters";
import { PageTabs } from "./PageTabs";
import { useChoices } from "./queries";
import { RecordingDetails } from "./RecordingDetails";
import { RecordingSettingsDialog } from "./RecordingSettingsDialog";
import type { RecordingPage, RecordingRow } from "./types";

const PAGE = 50;

/** Recordings: search at the left, the player with its moments and rating at the right. */
export function RecordingsPage() {
  const { t } = useLingui();
  const search: { id?: string; q?: string } = useSearch({ strict: false });
  const navigate = useNavigate();
  const session = useSession((s) => s.session);
  const supervises = has(session, "supervisor", "admin");
  const [words, setWords] = useState(search.q ?? "");
  const [asked] = useDebouncedValue(words, 250);
  const [filters, setFilters] = useState<Filters>(NO_FILTERS);
  const [setting, setSetting] = useState(false);
  const now = useNow(3_600_000);
  const query = filterQuery(filters, now);
  const list = useInfiniteQuery({
    queryKey: ["recordings", asked, filters, useLanguage((s) => s.language)],
    queryFn: ({ pageParam, signal }) => {
      const place = new URLSearchParams({ ...query, q: asked, limit: String(PAGE), offset: String(pageParam) });
      return get<RecordingPage>(`/api/recordings?${place.toString()}`, { signal });
    },
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const loaded = pages.reduce((sum, page) => sum + page.recordings.length, 0);
      return last.recordings.length > 0 && loaded < last.total ? loaded : null;
    },
    placeholderData: keepPreviousData,
  });
  const rows = list.data?.pages.flatMap((page) => page.recordings) ?? [];
  const first = list.data?.pages[0];
  const chosen = search.id ?? rows[0]?.recording_id;
  const choose = (id: string): void => void navigate({ to: "/recordings", search: { id }, replace: true });
  const reach = first?.reach;
  return (
    <Shell
      active={supervises ? "reports" : "contacts"}
      bar={<><PageTabs on="recordings" /><span className="t12 i3 rep-may cut">{reach !== undefined && <May reach={reach} />} <Trans>Every play is written down.</Trans></span></>}
      right={has(session, "admin") ? <Button variant="default" className="rep-btn" leftSection={<IconSettings size={15} stroke={1.8} />} onClick={() => setSetting(true)} data-testid="recording-settings"><Trans>Who and how long</Trans></Button> : undefined}
    >
      <div className="recs">
        <div className="recs-l">
          <div className="recs-s">
            <TextInput size="xs" leftSection={<IconSearch size={14} stroke={1.8} />} value={words} onChange={(event) => setWords(event.currentTarget.value)} placeholder={t`Name, number, agent, queue, outcome`} aria-label={t`Search recordings`} data-testid="recording-search" />
            <FilterChips filters={filters} supervises={supervises} onChange={setFilters} />
          </div>
          {first && <p className="recs-n t12 i3 num" aria-live="polite" data-testid="recording-count"><Trans>{first.total} of {first.all} recordings</Trans></p>}
          {list.isPending ? <ListLoading /> : list.isError && rows.length === 0 ? (
            <div className="list-none"><Inline tone="warn" icon={<IconAlertTriangle size={16} stroke={1.9} aria-hidden />} title={<Trans>The list could not be read</Trans>} action={<Button variant="default" onClick={() => void list.refetch()}><Trans>Retry</Trans></Button>}>{list.error instanceof ApiError ? list.error.message : <Trans>The server does not answer.</Trans>}</Inline></div>
          ) : rows.length === 0 ? (
            <NoRecordings page={first} />
          ) : (
            <ul className="scroll grow recs-ul">
              {rows.map((row) => <Row key={row.recording_id} row={row} on={row.recording_id === chosen} onChoose={choose} />)}
              {list.hasNextPage && <li className="recs-more"><Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}><Trans>Show earlier ones</Trans></Button></li>}
            </ul>
          )}
        </div>
        {chosen === undefined ? <div className="adm-main" /> : <RecordingDetails key={chosen} recordingId={chosen} />}
      </div>
      {setting && <RecordingSettingsDialog onClose={() => setSetting(false)} />}
    </Shell>
  );
}

function May({ reach }: { reach: RecordingPage["reach"] }) {
  const words: Record<RecordingPage["reach"], ReactNode> = {
    all: <Trans>You may hear all recordings.</Trans>,
    team: <Trans>You may hear your team’s recordings.</Trans>,
    own: <Trans>You may hear your own recordings.</Trans>,
    none: <Trans>Your role may hear no recordings.</Trans>,
  };
  return <>{words[reach]}</>;
}

function Row({ row, on, onChoose }: { row: RecordingRow; on: boolean; onChoose: (id: string) => void }) {
  const language = useLanguage((s) => s.language);
  const at = momentOf(row.started_at, useNow(60_000), language);
  const second = [row.agent_name, row.outcome.toLowerCase()].filter((part) => part !== "").join(", ");
  return (
    <li className="lazy">
      <button type="button" className={`ci ${on ? "on" : ""}`} aria-current={on} onClick={() => onChoose(row.recording_id)} data-testid={`recording-${row.recording_id}`}>
        <span className="row g6"><b className="cut grow">{row.who}</b><span className="num t12 b5">{row.duration_s === null ? "" : clockOf(row.duration_s)}</span></span>
        <span className="row g6 t12 i3"><span className="cut grow">{second}</span><span className="num nowrap">{at}</span></span>
      </button>
    </li>
  );
}

/** What narrows the list: set ones blue with a cross, the others as menus. */
function FilterChips({ filters, supervises, onChange }: { filters: Filters; supervises: boolean; onChange: (filters: Filters) => void }) {
  const { t } = useLingui();
  const set = (part: Partial<Filters>): void => onChange({ ...filters, ...part });
  const days = { 1: t`Last day`, 7: t`Last 7 days`, 30: t`Last 30 days` } as const;
  const lengths = { short: t`Under 1 min`, over3: t`Over 3 min`, over10: t`Over 10 min` } as const;
  return (
    <div className="row g4 recs-f">
      {supervises && <Names filters={filters} onChange={onChange} />}
      <Pick label={t`Days`} value={filters.days} options={days} onPick={(key) => set({ days: key === null ? null : (Number(key) as Filters["days"]) })} />
      <Pick label={t`Length`} value={filters.length} options={lengths} onPick={(key) => set({ length: key as Filters["length"] })} />
      <Pick label={t`Kind`} value={filters.kind} options={{ message: t`Messages`, talk: t`Talks`, held: t`On hold` }} onPick={(key) => set({ kind: key as Filters["kind"] })} />
    </div>
  );
}

function Names({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const { t } = useLingui();
  const { data } = useChoices();
  const options = (list: readonly { value: string; name: string }[] | undefined): Record<string, string> => Object.fromEntries((list ?? []).map((each) => [each.value, each.name]));
  return (
    <>
      <Pick label={t`Queue`} value={filters.queue} options={options(data?.queues)} onPick={(queue) => onChange({ ...filters, queue })} />
      <Pick label={t`Agent`} value={filters.agent} options={options(data?.agents)} onPick={(agent) => onChange({ ...filters, agent })} />
      <Pick label={t`Outcome`} value={filters.outcome} options={options(data?.dispositions)} onPick={(outcome) => onChange({ ...filters, outcome })} />
    </>
  );
}

function Pick({ label, value, options, onPick }: { label: string; value: string | number | null; options: Record<string, string>; onPick: (key: string | null) => void }) {
  const { t } = useLingui();
  if (value !== null) {
    const name = options[String(value)] ?? String(value);
    return <button type="button" className="chip tone-live" onClick={() => onPick(null)} aria-label={t`Remove ${name}`}>{name}<IconX size={12} stroke={2} aria-hidden /></button>;
  }
  return (
    <Menu position="bottom-start">
      <Menu.Target><button type="button" className="chip line">{label}</button></Menu.Target>
      <Menu.Dropdown mah={320} className="scroll">{Object.entries(options).map(([key, name]) => <Menu.Item key={key} onClick={() => onPick(key)}>{name}</Menu.Item>)}</Menu.Dropdown>
    </Menu>
  );
}

function NoRecordings({ page }: { page: RecordingPage | undefined }) {
  return (
    <div className="list-none">
      <Empty icon={<IconMicrophoneOff size={28} stroke={1.4} aria-hidden />} title={(page?.all ?? 0) > 0 ? <Trans>No recording fits</Trans> : <Trans>No recording for you yet</Trans>}>
        {(page?.all ?? 0) > 0 ? <Trans>Take a word or a filter away.</Trans> : <Trans>A call stands here a few seconds after it ends, if your role may hear it.</Trans>}
      </Empty>
    </div>
  );
}
