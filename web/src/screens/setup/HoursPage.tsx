import { SetUpFrame } from "./SetUpFrame";

export function HoursPage() {
  return <SetUpFrame page="hours">{null}</SetUpFrame>;
}
