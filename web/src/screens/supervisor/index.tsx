import "../../styles/floor.css";

export { FloorPage } from "./FloorPage";
export { WallPage } from "./WallPage";
