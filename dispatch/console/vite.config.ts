import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const hub = process.env.HUB_URL ?? "http://127.0.0.1:8911";

export default defineConfig({
  plugins: [react()],
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
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
