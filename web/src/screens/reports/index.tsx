import "../../styles/floor.css";
import "../../styles/case.css";
import "../../styles/setup.css";
import "../../styles/reports.css";

export { RecordingsPage } from "./RecordingsPage";
export { ReportsPage } from "./ReportsPage";
