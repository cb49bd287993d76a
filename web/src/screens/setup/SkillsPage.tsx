import { SetUpFrame } from "./SetUpFrame";

export function SkillsPage() {
  return <SetUpFrame page="skills">{null}</SetUpFrame>;
}
