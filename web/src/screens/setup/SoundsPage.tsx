import { SetUpFrame } from "./SetUpFrame";

export function SoundsPage() {
  return <SetUpFrame page="sounds">{null}</SetUpFrame>;
}
