import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "src/api/schema.d.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    files: ["src/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "max-lines": ["error", { max: 800 }],
      "max-lines-per-function": ["error", { max: 70, skipBlankLines: false, skipComments: false }],
      "no-console": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["src/**/*.test.{ts,tsx}"],
    rules: { "max-lines-per-function": "off", "@typescript-eslint/no-non-null-assertion": "off" },
  },
  {
    files: ["sdk/**/*.js"],
    languageOptions: {
      globals: {
        URL: "readonly", URLSearchParams: "readonly", WebSocket: "readonly", MediaStream: "readonly", FormData: "readonly", fetch: "readonly", document: "readonly", location: "readonly",
        navigator: "readonly", customElements: "readonly", setTimeout: "readonly", clearTimeout: "readonly", setInterval: "readonly", clearInterval: "readonly",
      },
    },
  },
  {
    files: ["scripts/**/*.mjs", "e2e/**/*.mjs", "*.ts", "*.js"],
    languageOptions: {
      globals: {
        process: "readonly", console: "readonly", Buffer: "readonly", URL: "readonly", setTimeout: "readonly",
        setInterval: "readonly", clearInterval: "readonly", fetch: "readonly", document: "readonly", window: "readonly",
        clearTimeout: "readonly", OfflineAudioContext: "readonly", AudioContext: "readonly", MediaStream: "readonly", navigator: "readonly",
      },
    },
  },
);
