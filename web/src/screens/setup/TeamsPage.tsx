import { SetUpFrame } from "./SetUpFrame";

export function TeamsPage() {
  return <SetUpFrame page="teams">{null}</SetUpFrame>;
}
