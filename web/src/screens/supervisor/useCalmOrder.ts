import { useState } from "react";
import { useTicking } from "../../lib/now";
import { CalmOrder } from "./order";

interface Calm {
  order: readonly string[];
  /** For the element that holds the rows. */
  pointing: { onPointerMove: () => void; onPointerLeave: () => void };
}

/** `wanted`, kept still as `CalmOrder` says. */
export function useCalmOrder(wanted: readonly string[]): Calm {
  const [calm] = useState(() => new CalmOrder());
  // Real time, not the server's: a demo that runs faster is watched by the same eyes.
  const nowMs = useTicking(() => Math.floor(performance.now() / 1000) * 1000);
  return {
    order: calm.take(wanted, nowMs),
    pointing: { onPointerMove: () => calm.point(), onPointerLeave: () => calm.release() },
  };
}
