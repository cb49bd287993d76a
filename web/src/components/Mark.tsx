export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 26 26" fill="none" role="img" aria-label="Patchbay">
      <circle cx="6.5" cy="7" r="4" stroke="var(--mark-a)" strokeWidth="2" />
      <circle cx="19.5" cy="19" r="4" stroke="var(--mark-a)" strokeWidth="2" />
      <path d="M6.5 7c0 9 13 3 13 12" stroke="var(--mark-b)" strokeWidth="2.4" strokeLinecap="round" />
    </svg>
  );
}
