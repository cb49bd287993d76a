import "../../styles/floor.css";
import "../../styles/steer.css";

export { FloorPage } from "./FloorPage";
export { WallPage } from "./WallPage";
