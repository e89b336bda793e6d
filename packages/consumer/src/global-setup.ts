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
    /** The folder in which `node_modules` holds all packages, and tarballs lie. */
    home: string;
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
    const modules = join(home, "node_modules");
    mkdirSync(modules);
    const tarballs = await pack(home);
    await unpack(tarballs, modules);
    project.provide("home", home);
    project.provide("tarballs", Object.fromEntries(tarballs));
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}
