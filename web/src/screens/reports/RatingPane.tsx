import { IconShieldLock } from "@tabler/icons-react";
import { Trans, useLingui } from "@lingui/react/macro";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ApiError, put } from "../../api/client";
import { useLanguage } from "../../i18n";
import { useNow } from "../../lib/now";
import { momentOf } from "../cases/words";
import type { Rating, RecordingDetail } from "./types";

const SCORES = [1, 2, 3, 4, 5];

/** What supervisors found in the call, a digit a question, and who heard it. The agent sees the same. */
export function RatingPane({ detail }: { detail: RecordingDetail }) {
  const { t } = useLingui();
  const queries = useQueryClient();
  const [rating, setRating] = useState<Rating>(detail.rating);
  const [failed, setFailed] = useState<string | null>(null);
  const give = async (code: string, score: number): Promise<void> => {
    const before = rating;
    const mine = { ...rating.mine, [code]: score };
    setRating({ ...rating, mine });
    setFailed(null);
    try {
      setRating(await put<Rating>(`/api/recordings/${detail.recording_id}/rating`, { scores: mine }));
      await queries.invalidateQueries({ queryKey: ["recording", detail.recording_id] });
    } catch (error) {
      setRating(before);
      setFailed(error instanceof ApiError ? error.message : t`The server does not answer. Nothing was saved.`);
    }
  };
  return (
    <section className="rec-r" data-testid="rating">
      {!detail.message && (
        <>
          <h3 className="sec-h">{detail.may_rate ? <Trans>Rate this call</Trans> : <Trans>How it was rated</Trans>}</h3>
          <ul className="rec-q">
            {rating.questions.map((question) => (
              <li key={question.code}>
                <span className="grow" id={`q-${question.code}`}>{question.text}</span>
                {detail.may_rate ? (
                  <span className="row g4" role="radiogroup" aria-labelledby={`q-${question.code}`}>
                    {SCORES.map((score) => (
                      <button key={score} type="button" role="radio" aria-checked={rating.mine[question.code] === score} className={`rq ${rating.mine[question.code] === score ? "on" : ""}`} onClick={() => void give(question.code, score)} data-testid={`rate-${question.code}-${score}`}>{score}</button>
                    ))}
                  </span>
                ) : (
                  <b className="num">{rating.mean[question.code] ?? "–"}</b>
                )}
              </li>
            ))}
          </ul>
          {failed !== null && <p className="t12 tone-bad toned" role="status">{failed}</p>}
        </>
      )}
      <Heard detail={detail} />
    </section>
  );
}

function Heard({ detail }: { detail: RecordingDetail }) {
  const { t } = useLingui();
  const language = useLanguage((s) => s.language);
  const now = useNow(60_000);
  const words = { played: t`heard`, downloaded: t`exported`, refused: t`refused` } as const;
  return (
    <>
      <p className="rec-sees t12 i3"><IconShieldLock size={14} stroke={1.8} aria-hidden /><span>{detail.heard_by.length === 0 ? <Trans>Heard by nobody before.</Trans> : <Trans>Who heard it is written down.</Trans>} {!detail.message && <Trans>{detail.agent_name} sees this list.</Trans>}</span></p>
      {detail.heard_by.length > 0 && (
        <ul className="rec-hb t12 num" aria-label={t`Who heard it`}>
          {detail.heard_by.slice(0, 12).map((each, i) => <li key={i}><b className="b5">{each.who}</b><span className="i3 cut grow">{words[each.what]}{each.reason !== "" && `: ${each.reason}`}</span><span className="i3 nowrap">{momentOf(each.at, now, language)}</span></li>)}
        </ul>
      )}
    </>
  );
}
