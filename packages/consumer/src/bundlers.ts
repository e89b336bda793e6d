import { build as buildByEsbuild } from "esbuild";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build as buildByVite, type Rolldown } from "vite";
import webpack from "webpack";

/** What is bundled. */
export interface Bundled {
  /** The folder of a project. */
  readonly folder: string;
  /** A module in it. */
  readonly entry: string;
}

/** Makes the files that a page loads of a project: their texts by name, the one to start with first. */
export type Bundler = (bundled: Bundled) => Promise<Map<string, string>>;

async function vite({ folder, entry }: Bundled): Promise<Map<string, string>> {
  const result = await buildByVite({
    configFile: false,
    logLevel: "silent",
    root: folder,
    base: "./",
    build: {
      write: false,
      modulePreload: false,
      assetsInlineLimit: 0,
      rolldownOptions: { input: join(folder, entry) },
    },
    worker: { format: "es" },
  });
  const { output } = result as Rolldown.RolldownOutput;
  const files = output.map((file) => [file.fileName, file.type === "chunk" ? file.code : String(file.source)] as const);
  return new Map(files);
}

/** One file of a project, as a module or as one of the two kinds of scripts. */
export async function byEsbuild(
  { folder, entry }: Bundled,
  format: "esm" | "iife" | "cjs" = "esm",
  platform: "browser" | "node" = "browser",
): Promise<string> {
  const { outputFiles } = await buildByEsbuild({
    absWorkingDir: folder,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format,
    platform,
    write: false,
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}

async function esbuild(bundled: Bundled): Promise<Map<string, string>> {
  return new Map([[bundled.entry, await byEsbuild(bundled)]]);
}

function webpackOf({ folder, entry }: Bundled): Promise<Map<string, string>> {
  const path = join(folder, "webpack");
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
  const compiler = webpack({
    mode: "production",
    context: folder,
    entry: `./${entry}`,
    target: ["web", "es2022"],
    output: { path, filename: "main.js", module: true, library: { type: "module" }, publicPath: "" },
    experiments: { outputModule: true },
    performance: false,
  });
  return new Promise((resolve, reject) => {
    compiler.run((error, stats) => {
      if (stats === undefined || stats.hasErrors()) {
        reject(error ?? new Error(stats?.toString({ all: false, errors: true })));
        return;
      }
      const names = ["main.js", ...Object.keys(stats.compilation.assets).filter((name) => name !== "main.js")];
      resolve(new Map(names.map((name) => [name, readFileSync(join(path, name), "utf8")])));
    });
  });
}

/** The bundlers that users have, as they make what goes to production. */
export const bundlers: Readonly<Record<string, Bundler>> = { vite, esbuild, webpack: webpackOf };

/** Thousands of bytes that a server sends for files. */
export function gzipped(files: Map<string, string>): number {
  return gzipSync([...files.values()].join("\n"), { level: 9 }).length / 1000;
}
