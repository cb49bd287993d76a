import "../../styles/caller.css";

export { TelephonePage } from "./TelephonePage";
