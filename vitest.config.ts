import { defineConfig } from "vitest/config";

// Tests run on the sources: the condition "@idinit/source" is in every package's exports.
export default defineConfig({
  resolve: { conditions: ["@idinit/source", "node", "import", "default"] },
  ssr: { resolve: { conditions: ["@idinit/source", "node", "import", "default"], externalConditions: ["node"] } },
  test: {
    include: ["packages/*/test/**/*.test.ts", "apps/*/test/**/*.test.ts", "docs/test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    env: { ORT_DISABLE_TELEMETRY: "1" },
  },
});
