import "@fontsource-variable/inter/opsz.css";
import "@mantine/core/styles.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/bits.css";
import "./styles/shell.css";
import "./styles/band.css";
import "./styles/agent.css";
import "./styles/transfer.css";
import "./styles/entry.css";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { preferredLanguage, speak } from "./i18n";

await speak(preferredLanguage(), false);

const host = document.getElementById("root");
if (host === null) throw new Error("index.html has no #root");
createRoot(host).render(<App />);
