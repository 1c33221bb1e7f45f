import { createRoot } from "react-dom/client";
import { App } from "./app";
import { restoreTheme } from "./shell/theme";
import "./styles/fonts.css";
import "./styles/base.css";

restoreTheme();
createRoot(document.getElementById("root") as HTMLElement).render(<App />);
