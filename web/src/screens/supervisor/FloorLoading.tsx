import { useEffect, useState } from "react";
import { Skeleton } from "../../components/bits";

const QUIET_MS = 300;
const ROWS = ["a", "b", "c", "d", "e", "f"];

/** The floor's shape in grey. For the first 300 ms nothing: a quick answer needs no promise. */
export function FloorLoading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), QUIET_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return <div className="floor" />;
  return (
    <div className="floor" aria-busy="true" data-testid="floor-loading">
      <div className="floor-main">
        <div className="kpis">
          {ROWS.map((row) => <div key={row} className="kpi kpi-sk"><Skeleton width="60%" /><Skeleton width="40%" height={24} /><Skeleton width="70%" /></div>)}
        </div>
        <div className="floor-sk">{ROWS.map((row) => <Skeleton key={row} width="100%" height={22} />)}</div>
      </div>
      <aside className="alerts" />
    </div>
  );
}
