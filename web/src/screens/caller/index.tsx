import "../../styles/caller.css";

export { CallerPage } from "./CallerPage";
