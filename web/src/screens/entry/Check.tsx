export function CheckPage() {
  return <div className="pfl" />;
}
