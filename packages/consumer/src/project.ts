import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inject } from "vitest";

/** What a project is made of. */
export interface ProjectOptions {
  /** The packages that its user has installed. */
  readonly installed: readonly string[];
  /** Files by their names: texts. */
  readonly files?: Readonly<Record<string, string>>;
  /** A folder whose files are copied in. */
  readonly copy?: string;
}

/**
 * Makes a project of ES modules as a user would, outside the repository, and returns its folder. It can import what it has
 * installed and nothing else; a package finds its own dependencies.
 */
export function makeProject(name: string, { installed, files = {}, copy }: ProjectOptions): string {
  const folder = mkdtempSync(join(inject("home"), `${name} `));
  for (const path of installed) {
    const link = join(folder, "node_modules", path);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(inject("store"), path), link, "junction");
  }
  if (copy !== undefined) cpSync(copy, folder, { recursive: true });
  const dependencies = Object.fromEntries(installed.map((path) => [path, "*"]));
  const manifest = JSON.stringify({ type: "module", dependencies });
  for (const [file, text] of Object.entries({ "package.json": manifest, ...files })) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}
