/** Night or day, kept per browser. */

import { useSyncExternalStore } from "react";

export type Theme = "night" | "day";

const KEPT = "dispatch.theme";
const listeners = new Set<() => void>();

export function theme(): Theme {
  return document.documentElement.dataset.theme === "day" ? "day" : "night";
}

export function setTheme(next: Theme): void {
  document.documentElement.dataset.theme = next;
  localStorage.setItem(KEPT, next);
  listeners.forEach((listener) => listener());
}

export function toggleTheme(): void {
  setTheme(theme() === "night" ? "day" : "night");
}

export function restoreTheme(): void {
  document.documentElement.dataset.theme = localStorage.getItem(KEPT) === "day" ? "day" : "night";
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, theme);
}
