import { defineConfig } from "vite";

// The script of clips: one file, without imports, that a clip holds.
export default defineConfig({
  build: {
    outDir: "../internal/webui/clip",
    emptyOutDir: true,
    copyPublicDir: false,
    target: "es2023",
    chunkSizeWarningLimit: 500,
    lib: { entry: "src/clip/main.ts", formats: ["iife"], name: "clip", fileName: () => "clip.js" },
  },
});
