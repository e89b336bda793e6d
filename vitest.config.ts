import process from "node:process";
import { configDefaults, defineConfig } from "vitest/config";

// Workspace packages are read from their sources, so no test depends on a build.
const conditions = ["@tapegrad/source", "module", "node", "development|production"];

// `pnpm test:reference`: eager operations without their SIMD kernels.
const isReference = process.env["TAPEGRAD_EAGER"] === "reference";
const setupFiles = isReference ? ["packages/testing/src/use-reference-kernels.ts"] : [];

const all = ["packages/*/{src,test}/**/*.test.ts", "examples/*/{src,test}/**/*.test.ts"];
// The packed packages have a configuration of their own: they need a build.
const exclude = [...configDefaults.exclude, "**/out/**", "packages/consumer/**"];

/** Files that look at a process or change it: its memory, its environment, its threads, its modules, what happens first in it. */
const alone = [
  "examples/**/*.test.ts",
  "packages/{compile,train}/test/**/memory.test.ts",
  "packages/compile/src/wasm/{threads/*,expect-web-assembly}.test.ts",
  "packages/compile/test/{browser,changes,first-plan,fuzz-streams,parts-in-place,process-exit,shared-memory,taken-out-unshared}.test.ts",
  "packages/compile/test/{engines,export}/**/*.test.ts",
  "packages/{conformance,data}/test/**/*.test.ts",
  "packages/data/src/pipeline/*.test.ts",
  "packages/datasets/src/mnist/*.test.ts",
  "packages/{files,fuzz,testing}/**/*.test.ts",
  "packages/io/{src/checkpoint/save,test/checkpoint/browser,test/checkpoint/killed}.test.ts",
  "packages/simd/src/{elementwise/elementwise-kernels,features/detect-features,gemm/check-gemm,math/accuracy}.test.ts",
  "packages/tapegrad/test/{arguments,defaults}.test.ts",
  "packages/train/src/callbacks/**/*.test.ts",
  "packages/train/src/report/html-report.test.ts",
];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ["@tapegrad/source", "node"] } },
  test: {
    environment: "node",
    // Against tests that never end; how fast a machine is, and how busy, is no matter of tests.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: "alone", include: alone, exclude, setupFiles, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: "shared",
          include: all,
          exclude: [...exclude, ...alone],
          setupFiles: [...setupFiles, "packages/testing/src/seed-default-generator.ts"],
          // Two processes load the packages once for all files, instead of once for each: a third of the time of all tests.
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
