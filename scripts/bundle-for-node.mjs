// Makes `dist/node` of the package in whose folder it runs: one file for each entry of its exports that says so, so that Node, Bun and
// Deno read a handful of files where a bundler, which leaves out what is not used, reads every module. Runs before the package is packed.

import { readFileSync, rmSync } from "node:fs";
import { build } from "rolldown";

const { publishConfig } = JSON.parse(readFileSync("package.json", "utf8"));
rmSync("dist/node", { recursive: true, force: true });
await build({
  input: Object.fromEntries(
    Object.values(publishConfig.exports)
      .filter(({ node }) => node !== undefined)
      .map(({ default: file }) => [file.replace(/^\.\/dist\/|\.js$/g, ""), file]),
  ),
  platform: "node",
  external: /^[^./]/,
  treeshake: false,
  output: {
    dir: "dist/node",
    format: "esm",
    keepNames: true,
    sourcemap: true,
    sourcemapExcludeSources: true,
    chunkFileNames: "shared/[name].js",
  },
});
