import "../../styles/setup.css";

export { AgentsPage } from "./AgentsPage";
export { HoursPage } from "./HoursPage";
export { NumbersPage } from "./NumbersPage";
export { OutcomesPage } from "./OutcomesPage";
export { QueuesPage } from "./QueuesPage";
export { SkillsPage } from "./SkillsPage";
export { SoundsPage } from "./SoundsPage";
export { TeamsPage } from "./TeamsPage";
export { TryChangePage } from "./TryChange";
export { UsersPage } from "./UsersPage";
