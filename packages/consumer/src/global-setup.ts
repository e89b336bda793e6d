import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { pack, unpack } from "./pack.ts";
import { node } from "./run.ts";
import { root } from "./workspace.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The folder in which everything lies that the tests make. */
    home: string;
    /** A folder `node_modules` that holds all packages, and those of others that they depend on. No project lies beside it: each links what its user has installed. */
    store: string;
    /** The tarballs by the name of the package. */
    tarballs: Record<string, string>;
  }
}

/** Builds, packs and unpacks all packages once, outside the repository, on a path that has a space and a letter like é. */
export default async function setUp(project: TestProject): Promise<() => void> {
  const home = mkdtempSync(join(realpathSync(tmpdir()), "tapegrad consumér "));
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  try {
    const compiler = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
    await node([join(compiler, "bin", "tsc"), "-b"], { cwd: root });
    const store = join(home, "store", "node_modules");
    mkdirSync(store, { recursive: true });
    const tarballs = await pack(join(home, "tarballs"));
    await unpack(tarballs, store);
    project.provide("home", home);
    project.provide("store", store);
    project.provide("tarballs", Object.fromEntries(tarballs));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}
