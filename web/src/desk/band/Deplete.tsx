import { useState } from "react";
import { serverClock } from "../../api/clock";
import { serverNow } from "../../lib/now";
import { secondsUntil } from "../../lib/time";

/** A line that runs out, from what is left now to nothing. Give it a new `key` when an end changes. */
export function Deplete({ from, until }: { from: string; until: string }) {
  const [start] = useState(() => {
    const left = Math.max(0, secondsUntil(until, serverNow()));
    const whole = Math.max(0.001, (Date.parse(until) - Date.parse(from)) / 1000);
    return { left, share: Math.min(1, left / whole) };
  });
  return (
    <div className="deplete" aria-hidden>
      <span style={{ width: `${start.share * 100}%`, animationDuration: `${start.left / serverClock.rate}s` }} />
    </div>
  );
}
