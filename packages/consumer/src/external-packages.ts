import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Manifest, publicPackages, readJson } from "./workspace.ts";

/** A package of others that ours depend on, as it is installed in the workspace. */
export interface ExternalPackage {
  readonly path: string;
  readonly manifest: Manifest;
}

const ours: ReadonlySet<string> = new Set(publicPackages.map(({ manifest }) => manifest.name));

/** What the public packages themselves depend on, by name. */
export function directPackages(): Map<string, ExternalPackage> {
  return new Map(publicPackages.flatMap((each) => dependenciesOf(each).map((found) => [found.manifest.name, found])));
}

/** What the public packages depend on, and what that depends on. */
export function externalPackages(): ExternalPackage[] {
  const found = new Map<string, ExternalPackage>();
  const visit = (each: ExternalPackage): void => {
    if (found.has(each.path)) return;
    found.set(each.path, each);
    dependenciesOf(each).forEach(visit);
  };
  directPackages().forEach(visit);
  return [...found.values()];
}

function dependenciesOf({ path, manifest }: ExternalPackage): ExternalPackage[] {
  const names = Object.keys(manifest.dependencies ?? {}).filter((name) => !ours.has(name));
  return names.map((name) => {
    const installed = realpathSync(find(name, realpathSync(path)));
    return { path: installed, manifest: readJson<Manifest>(join(installed, "package.json")) };
  });
}

/** The folder that Node finds a package in, seen from another. */
function find(name: string, from: string): string {
  const here = join(from, "node_modules", name);
  if (existsSync(here)) return here;
  if (dirname(from) === from) throw new Error(`external-packages: expected ${name} to be installed. Run pnpm install.`);
  return find(name, dirname(from));
}
