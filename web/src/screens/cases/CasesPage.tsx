import { IconInbox } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useState } from "react";
import { Empty } from "../../components/bits";
import { Shell } from "../../components/Shell";
import { type CaseFilter, CaseFilters, CaseList, useCaseList } from "./CaseList";
import { OpenCase } from "./OpenCase";

const TYPING_MS = 250;

/** The list alone: one is chosen from it. */
export function CasesPage() {
  return (
    <Cases chosen={null}>
      <div className="cmain cmain-none">
        <Empty icon={<IconInbox size={28} stroke={1.4} aria-hidden />} title={<Trans>No case is open here</Trans>}>
          <Trans>Choose one at the left to read it, to note something or to change its status.</Trans>
        </Empty>
      </div>
      <aside className="cside" />
    </Cases>
  );
}

/** The list with one case open beside it. */
export function CasePage() {
  const { id } = useParams({ strict: false });
  return <Cases chosen={id ?? null}>{id !== undefined && <OpenCase key={id} caseId={id} />}</Cases>;
}

function Cases({ chosen, children }: { chosen: string | null; children: ReactNode }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  const [q, setQ] = useState(search.q ?? "");
  const [typed] = useDebouncedValue(q, TYPING_MS);
  const filter: CaseFilter = { q: typed.trim(), status: search.status ?? "", mine: search.mine ?? false };
  const list = useCaseList(filter);
  const change = (part: Partial<CaseFilter>): void => {
    const next = { ...filter, ...part };
    const kept = { ...(next.q !== "" && { q: next.q }), ...(next.status !== "" && { status: next.status }), ...(next.mine && { mine: true }) };
    void navigate(chosen === null ? { to: "/cases", search: kept, replace: true } : { to: "/cases/$id", params: { id: chosen }, search: kept, replace: true });
  };
  return (
    <Shell active="cases" bar={<><span className="tb-title">{t`Cases`}</span><span className="tb-sep" /><CaseFilters filter={filter} total={list.data?.pages[0]?.total ?? null} onChange={change} /></>}>
      <div className="case">
        <CaseList filter={{ ...filter, q }} list={list} chosen={chosen} onSearch={setQ} />
        {children}
      </div>
    </Shell>
  );
}
