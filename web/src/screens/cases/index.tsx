import "../../styles/case.css";

export { CasePage, CasesPage } from "./CasesPage";
export { ContactsPage } from "./ContactsPage";
