const COLUMNS = 9;
const ROWS = 8;
const STEP = 64;
const EDGE = 46;

const x = (i: number) => EDGE + i * STEP;
const y = (j: number) => EDGE + j * STEP;

/** A patch panel at rest: the product's own picture, in rules and one cord. */
export function Panel() {
  return (
    <svg className="si-panel" viewBox={`0 0 ${EDGE * 2 + STEP * (COLUMNS - 1)} ${EDGE * 2 + STEP * (ROWS - 1)}`} aria-hidden>
      {Array.from({ length: COLUMNS * ROWS }, (_, k) => {
        const i = k % COLUMNS;
        const j = Math.floor(k / COLUMNS);
        const used = (i === 2 && j === 2) || (i === 6 && j === 5);
        return <circle key={k} cx={x(i)} cy={y(j)} r="13" fill="var(--surface)" stroke={used ? "var(--mark-a)" : "var(--line-2)"} strokeWidth={used ? 5 : 2.5} />;
      })}
      <path d={`M${x(2)} ${y(2)}C${x(2)} ${y(6.6)} ${x(6)} ${y(0.6)} ${x(6)} ${y(5)}`} fill="none" stroke="var(--mark-b)" strokeWidth="7" strokeLinecap="round" />
    </svg>
  );
}
