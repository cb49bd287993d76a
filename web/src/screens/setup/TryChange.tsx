import { SetUpFrame } from "./SetUpFrame";

export function TryChangePage() {
  return <SetUpFrame page="try">{null}</SetUpFrame>;
}
