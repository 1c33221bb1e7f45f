import { createRoot } from "react-dom/client";
import { App } from "./app";
import { restoreTheme } from "./shell/theme";
import "./styles/fonts.css";
import "./styles/base.css";

/** The page is kept once it has come to rest, so that it never delays the first board. */
const KEEP_PAGE_AFTER_MS = 3_000;
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  setTimeout(() => void navigator.serviceWorker.register("/sw.js").catch(() => undefined), KEEP_PAGE_AFTER_MS);
}

restoreTheme();
createRoot(document.getElementById("root") as HTMLElement).render(<App />);
