import { IconX } from "@tabler/icons-react";
import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { FigureContacts } from "../../api/types";
import { Skeleton } from "../../components/bits";
import { sentenceOf } from "../../desk/commands";
import { useLanguage } from "../../i18n";
import { clockOf, timeOf } from "../../lib/time";
import { type FigureName, floor } from "./commands";
import { useEscape } from "./useEscape";
import { percentOf } from "./words";

const AGAIN_MS = 10_000;
const SHARES: ReadonlySet<FigureName> = new Set(["service_level", "abandon_rate"]);
const TIMES: ReadonlySet<FigureName> = new Set(["aht_s", "longest_wait_s"]);

/** The contacts behind a figure of today: as many as it says. */
export function DrillDrawer({ figure, queueId, queueName, onClose }: { figure: FigureName; queueId: string | null; queueName: string | null; onClose: () => void }) {
  const { t } = useLingui();
  useEscape(onClose);
  const { data, error } = useQuery({
    queryKey: ["floor", "figure", figure, queueId, useLanguage((s) => s.language)],
    queryFn: ({ signal }) => floor.contacts(figure, queueId, signal),
    refetchInterval: AGAIN_MS,
    staleTime: 0,
  });
  return (
    <aside className="drawer" aria-label={t`Contacts behind the figure`} data-testid="drill" data-figure={figure} data-total={data?.total}>
      <header className="dr-h">
        <div className="col grow">
          <span className="t12 i3">{queueName === null ? <Trans>All queues, today</Trans> : <Trans>{queueName}, today</Trans>}</span>
          <h2 className="t16 b6">{data === undefined ? <Skeleton width={140} height={16} /> : <>{data.name} <span className="dr-n num">{valueOf(data)}</span></>}</h2>
        </div>
        <button type="button" className="ib" aria-label={t`Close`} onClick={onClose} data-testid="drill-close"><IconX size={17} stroke={1.8} /></button>
      </header>
      {error !== null && data === undefined && <p className="dr-x tone-bad toned" role="alert">{sentenceOf(error)}</p>}
      {data === undefined && error === null && <div className="dr-x"><Skeleton width="90%" /><Skeleton width="80%" /><Skeleton width="85%" /></div>}
      {data !== undefined && <Contacts found={data} />}
    </aside>
  );
}

function valueOf({ figure, value }: FigureContacts): string {
  if (value === null) return "–";
  if (SHARES.has(figure)) return percentOf(value, 1);
  return TIMES.has(figure) ? clockOf(value) : String(value);
}

function Contacts({ found }: { found: FigureContacts }) {
  const share = SHARES.has(found.figure);
  return (
    <>
      <div className="dr-d t12 i2">
        {found.definition !== "" && <p>{found.definition}</p>}
        <p className="num" data-testid="drill-count">
          {share ? <Trans>{found.counted} of {found.total} contacts</Trans> : <Plural value={found.total} one="# contact" other="# contacts" />}
          {found.contacts.length < found.total && <>, <Trans>the newest {found.contacts.length} are listed</Trans></>}
        </p>
      </div>
      <ul className="scroll grow wl">
        {found.contacts.map((contact) => (
          <li key={contact.contact_id}>
            <Link to="/contacts" search={{ id: contact.contact_id }} className={`dl-i ${share && !contact.counts ? "out" : ""}`} data-testid={`contact-${contact.contact_id}`}>
              <span className="num i3 t12">{timeOf(contact.at)}</span>
              <span className="col grow">
                <b className="cut b5">{contact.name}</b>
                <span className="t12 i3 cut">{[contact.queue_name, contact.agent_name, contact.outcome].filter((each) => each !== null && each !== "").join(", ")}</span>
              </span>
              {contact.value !== null && <span className="num">{clockOf(contact.value)}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
