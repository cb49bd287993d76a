import { SetUpFrame } from "./SetUpFrame";

export function QueuesPage() {
  return <SetUpFrame page="queues">{null}</SetUpFrame>;
}
