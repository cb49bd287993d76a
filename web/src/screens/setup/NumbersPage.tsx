import { SetUpFrame } from "./SetUpFrame";

export function NumbersPage() {
  return <SetUpFrame page="numbers">{null}</SetUpFrame>;
}
