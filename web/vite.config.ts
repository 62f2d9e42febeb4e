/// <reference types="vitest/config" />
import tailwindcss from "@tailwindcss/vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// The server a development page talks to. Everything that is not the UI's own is passed on to it.
const server = process.env.PLAYHEAD_DEV_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [svelte(), tailwindcss()],
  server: {
    proxy: Object.fromEntries(["/api", "/replay-frame", "/login", "/static", "/array", "/healthz"].map((path) => [path, server])),
  },
  build: {
    outDir: "../internal/webui/dist",
    emptyOutDir: true,
    assetsDir: "assets",
    target: "es2023",
    // The replayer is one chunk of 350 kB that only pages with a player load.
    chunkSizeWarningLimit: 400,
  },
  assetsInclude: ["**/*.parquet"], // a test reads one
  // Tests of functions; those that need a document say so. The pages are tested end to end, in a browser.
  test: { include: ["src/**/*.test.ts"], environment: "node" },
  resolve: process.env.VITEST ? { conditions: ["browser"] } : {},
});
