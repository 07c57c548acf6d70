import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = process.env.FENGLING_SERVER ?? "http://127.0.0.1:8080";

/** Ships the SDK under /sdk as it is, with the JsSIP that its example brings along. */
function sdk(): Plugin {
  const folder = fileURLToPath(new URL("./sdk", import.meta.url));
  return {
    name: "fengling-sdk",
    apply: "build",
    buildStart() {
      this.emitFile({ type: "chunk", id: "jssip", fileName: "sdk/jssip.js", preserveSignature: "strict" });
      for (const name of readdirSync(folder).filter((n) => !n.includes(".test."))) {
        this.emitFile({ type: "asset", fileName: `sdk/${name}`, source: readFileSync(join(folder, name)) });
      }
    },
  };
}

export default defineConfig({
  plugins: [react(), sdk()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: { target: "es2022", manifest: true, sourcemap: false, chunkSizeWarningLimit: 900, assetsInlineLimit: 2048 },
  server: { proxy: { "/api": { target: server, ws: true, changeOrigin: false }, "/sip": { target: server, ws: true, changeOrigin: false } } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}", "sdk/**/*.test.ts"], testTimeout: 10_000 },
});
