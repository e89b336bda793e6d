import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Arrows, circles } from "./circles.ts";
import { packageNames, packagesFolder, type SourceFile, sourceFiles } from "./source-files.ts";

/** Adds arrows until every pair is in. */
function arrowsOf(pairs: Iterable<readonly [string, string]>): Arrows {
  const arrows = new Map<string, Set<string>>();
  for (const [from, to] of pairs) {
    if (from !== to) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
  }
  return arrows;
}

function* pairsOf(files: readonly SourceFile[], types: boolean): Generator<[string, string]> {
  for (const { path, imports } of files) {
    for (const { from, isNeighbour, onlyTypes } of imports)
      if (isNeighbour && (types || !onlyTypes)) yield [path, from];
  }
}

/** The folders in which files lie, `""` being `src`. */
function foldersOf(files: readonly SourceFile[]): string[] {
  const all = files.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
  });
  return ["", ...new Set(all)];
}

/** What of `folder` a path lies in: a folder in it (`"name/"`), or a file; nothing if it lies elsewhere. */
function childOf(folder: string, path: string): string | undefined {
  const prefix = folder === "" ? "" : `${folder}/`;
  if (!path.startsWith(prefix)) return undefined;
  const [child = "", ...rest] = path.slice(prefix.length).split("/");
  return rest.length > 0 ? `${prefix}${child}/` : prefix + child;
}

describe("circles", () => {
  it("finds every group of names that reach each other", () => {
    const arrows = arrowsOf([
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
      ["c", "d"],
      ["d", "e"],
      ["e", "d"],
      ["f", "a"],
    ]);
    expect(circles(arrows).map((circle) => circle.join()).toSorted()).toEqual(["a,b,c", "d,e"]); // prettier-ignore
    expect(circles(arrowsOf([["a", "b"], ["a", "c"], ["b", "c"]]))).toEqual([]); // prettier-ignore
  });
});

describe.each(packageNames)("imports of %s", (name) => {
  const files = sourceFiles(name);

  it("have no circle of files, types aside", () => {
    expect(circles(arrowsOf(pairsOf(files, false)))).toEqual([]);
  });

  it("have no circle that a folder is part of, types included", () => {
    const found = foldersOf(files).flatMap((folder) => {
      const pairs = [...pairsOf(files, true)].flatMap(([from, to]) => {
        const [a, b] = [childOf(folder, from), childOf(folder, to)];
        return a === undefined || b === undefined ? [] : [[a, b] as const];
      });
      return circles(arrowsOf(pairs)).filter((circle) => circle.some((child) => child.endsWith("/")));
    });
    expect(found).toEqual([]);
  });

  it("name the packages that the manifest names", () => {
    const manifest = JSON.parse(readFileSync(join(packagesFolder, name, "package.json"), "utf8")) as {
      readonly name: string;
      readonly dependencies?: Readonly<Record<string, string>>;
    };
    const used = files.flatMap(({ imports }) =>
      imports.filter(({ isNeighbour }) => !isNeighbour).map(({ from }) => from),
    );
    // What is loaded when it is needed.
    const later = files.flatMap(({ text }) =>
      Array.from(text.matchAll(/\bawait import\("(@?[a-z][^"]*)"\)/g), ([, from]) => from!),
    );
    const names = [...used, ...later].map((from) => /^(@[^/]+\/)?[^/]+/.exec(from)![0]);
    const packages = new Set(names.filter((from) => !from.startsWith("node:") && from !== "vitest"));
    expect(Object.keys(manifest.dependencies ?? {}).toSorted()).toEqual([...packages].toSorted());
  });
});

/** Those that a browser, too, loads, and that promise to bring nothing else along. */
const core = ["simd", "tensor", "autograd", "nn", "optim", "data", "compile"];

describe.each(core)("the core package %s", (name) => {
  it("depends on the core alone, and imports nothing of Node", () => {
    for (const { path, imports } of sourceFiles(name)) {
      for (const { from, isNeighbour } of imports) {
        if (!isNeighbour)
          expect(
            core.map((other) => `@tapegrad/${other}`),
            path,
          ).toContain(from.replace(/\/internal$/, ""));
      }
    }
  });
});

it("reads elements as xs[i]!, not by a cast", () => {
  const casts = packageNames.flatMap((name) =>
    sourceFiles(name).flatMap(({ path, text }) =>
      [...text.matchAll(/\[[^\]"']*\] as number\b(?!\[| \|)/g)].map(([cast]) => `${name}/${path}: ${cast}`),
    ),
  );
  expect(casts).toEqual([]);
});
