import { useLingui } from "@lingui/react/macro";
import type { SlaDue } from "../../api/types";
import { SlaClock } from "../../components/bits";
import { useTicking } from "../../lib/now";
import { longOf, secondsUntil } from "../../lib/time";

/** What is due and how long is left; late says how late; paused stands still. */
export function Due({ due, before = "" }: { due: SlaDue; before?: string }) {
  const { t } = useLingui();
  const { due_at, paused_left_s } = due;
  const left = useTicking((now) => (due_at === null ? 0 : Math.floor(secondsUntil(due_at, now))));
  const what = before + due.what;
  if (due.state === "paused") return <SlaClock state="paused" label={paused_left_s === null ? t`${what}, paused` : t`${what} paused at`} {...(paused_left_s !== null && { value: longOf(paused_left_s) })} />;
  if (due.state === "met") return <SlaClock state="met" label={t`${what}, met`} />;
  if (due_at === null) return <SlaClock state={due.state} label={what} />;
  if (left < 0) return <SlaClock state="late" label={what} value={t`${longOf(-left)} late`} />;
  return <SlaClock state={due.state} label={t`${what} due in`} value={longOf(left)} />;
}
