import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the repository. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url));

/** What this package reads of a manifest. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** A folder of the workspace. */
export interface WorkspacePackage {
  /** Relative to the root, such as `packages/nn`. */
  readonly folder: string;
  readonly path: string;
  readonly manifest: Manifest;
}

/** Reads a JSON file. */
export function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, "utf8")) as T;
}

/** All folders of the workspace, packages and examples. */
export const workspacePackages: readonly WorkspacePackage[] = ["packages", "examples"].flatMap((group) =>
  readdirSync(join(root, group))
    .toSorted()
    .map((name) => ({ folder: `${group}/${name}`, path: join(root, group, name) }))
    .filter(({ path }) => existsSync(join(path, "package.json")))
    .map(({ folder, path }) => ({ folder, path, manifest: readJson<Manifest>(join(path, "package.json")) })),
);

/** Those that are published. */
export const publicPackages: readonly WorkspacePackage[] = workspacePackages.filter(
  ({ manifest }) => manifest.private !== true,
);
