export { SignInPage } from "./SignIn";
export { CheckPage } from "./Check";
