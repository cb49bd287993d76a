import { SetUpFrame } from "./SetUpFrame";

export function UsersPage() {
  return <SetUpFrame page="users">{null}</SetUpFrame>;
}
