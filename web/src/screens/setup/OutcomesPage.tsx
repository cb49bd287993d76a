import { SetUpFrame } from "./SetUpFrame";

export function OutcomesPage() {
  return <SetUpFrame page="outcomes">{null}</SetUpFrame>;
}
