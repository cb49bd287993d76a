import { SetUpFrame } from "./SetUpFrame";

export function AgentsPage() {
  return <SetUpFrame page="agents">{null}</SetUpFrame>;
}
