import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of all packages. */
export const packagesFolder: string = fileURLToPath(new URL("../..", import.meta.url));

/** Names of all packages' folders. */
export const packageNames: readonly string[] = readdirSync(packagesFolder).filter((name) =>
  statSync(join(packagesFolder, name, "src"), { throwIfNoEntry: false })?.isDirectory(),
);

/** A source file of a package. */
export interface SourceFile {
  /** Relative to the package's `src`, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** An import or re-export. */
export interface Import {
  /** Of a neighbour: its path as in {@link SourceFile}; otherwise as it is written. */
  readonly from: string;
  readonly isNeighbour: boolean;
  /** Whether only types are taken, so that nothing is loaded. */
  readonly onlyTypes: boolean;
}

const statement = /^(?:import|export)\s+(type\s+)?(\{[^}]*\}|[\w*,\s]+)\s+from\s+"([^"]+)";|^import\s+()()"([^"]+)";/gm;

function isTypes(clause: string): boolean {
  const names = /^\{([^}]*)\}$/
    .exec(clause.trim())?.[1]
    ?.split(",")
    .map((name) => name.trim()) ?? [""];
  return (
    names.filter((name) => name !== "").length > 0 && names.every((name) => name === "" || name.startsWith("type "))
  );
}

/** All source files of a package but its tests. */
export function sourceFiles(packageName: string): SourceFile[] {
  const src = join(packagesFolder, packageName, "src");
  const toPath = (file: string): string => relative(src, file).replaceAll(sep, "/");
  return readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .map((file) => {
      const text = readFileSync(join(src, file), "utf8");
      const imports = [...text.matchAll(statement)].map(([, type, clause = "", named, , , bare]): Import => {
        const from = named ?? bare!;
        const isNeighbour = from.startsWith(".");
        return {
          from: isNeighbour ? toPath(resolve(src, dirname(file), from)) : from,
          isNeighbour,
          onlyTypes: type !== undefined || isTypes(clause),
        };
      });
      return { path: file.replaceAll(sep, "/"), text, imports };
    });
}
