import react from "@vitejs/plugin-react";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const hub = process.env.HUB_URL ?? "http://127.0.0.1:8911";

/** Writes `sw.js`: the service worker with the names of all that was built. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    generateBundle(_, bundle) {
      const built = Object.keys(bundle).map((name) => `/${name}`);
      const files = [...new Set([...built, "/index.html", ...readdirSync("public").map((name) => `/${name}`)])];
      files.sort();
      const template = readFileSync("src/shell/service_worker.js", "utf8");
      const build = createHash("sha256").update(template + files.join("\n")).digest("hex").slice(0, 12);
      const source = template
        .replace('"__FILES__"', JSON.stringify(files))
        .replace('"__BUILD__"', JSON.stringify(build));
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  };
}

/** The kinds of events by the hub's own description, so that a page knows which it does not know. */
function eventKinds(): string[] {
  const described = JSON.parse(readFileSync("openapi.json", "utf8"));
  return Object.keys(described.components.schemas.Event.properties.body.discriminator.mapping);
}

export default defineConfig({
  define: { __EVENT_KINDS__: JSON.stringify(eventKinds()) },
  plugins: [react(), serviceWorker()],
  worker: { format: "es" },
  build: {
    outDir: "dist",
    target: "es2022",
    chunkSizeWarningLimit: 1600,
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      "/api": { target: hub, ws: true },
      "/tiles": { target: hub },
    },
  },
  // A test that hangs is ended; how long one takes on a busy machine says nothing of it.
  test: { include: ["src/**/*.test.ts"], environment: "node", testTimeout: 60_000, hookTimeout: 60_000 },
});
