import process from "node:process";
import { configDefaults, defineConfig } from "vitest/config";

// Workspace packages are read from their sources, so no test depends on a build.
const conditions = ["@tapegrad/source", "module", "node", "development|production"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tapegrad/source", "node"] } },
  test: {
    include: ["packages/*/{src,test}/**/*.test.ts", "examples/*/{src,test}/**/*.test.ts"],
    // The packed packages have a configuration of their own: they need a build.
    exclude: [...configDefaults.exclude, "**/out/**", "packages/consumer/**"],
    environment: "node",
    // `pnpm test:reference`: eager operations without their SIMD kernels.
    setupFiles: process.env["TAPEGRAD_EAGER"] === "reference" ? ["packages/testing/src/use-reference-kernels.ts"] : [],
    // Against tests that never end; how fast a machine is, and how busy, is no matter of tests.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 2,
  },
});
