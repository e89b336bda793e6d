import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { describe, expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .map((file) => file.split(sep).join("/"))
  .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
const importsOf = new Map(
  files.map((file) => {
    const text = readFileSync(join(source, file), "utf8");
    const targets = [...text.matchAll(/(?:from|import) "(\.[^"]*)"/g)].map(([, path]) =>
      normalize(join(dirname(file), path!)),
    );
    return [file, targets.map((target) => target.split(sep).join("/"))];
  }),
);

/** A folder without folders of its own; the files beside folders are floors by themselves. */
const floorOf = (file: string): string =>
  ["src", "wasm"].includes(dirname(`src/${file}`).split("/").at(-1)!) ? file : dirname(file);

/** A circle in a graph, as the nodes along it. */
function circle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    const start = path.indexOf(node);
    if (start >= 0) return [...path.slice(start), node];
    if (done.has(node)) return undefined;
    for (const next of edges.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found !== undefined) return found;
    }
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const found = visit(node, []);
    if (found !== undefined) return found;
  }
  return undefined;
}

describe("the floors of the compiler", () => {
  it("import only files that exist", () => {
    expect(files.length).toBeGreaterThan(80);
    for (const [file, targets] of importsOf) for (const target of targets) expect(files, file).toContain(target);
  });

  it("keep everything before the target free of WebAssembly, but for the one place that picks it", () => {
    const reaching = [...importsOf].flatMap(([file, targets]) =>
      targets
        .filter((target) => target.startsWith("wasm/") && !file.startsWith("wasm/"))
        .map((target) => [file, target]),
    );
    expect(reaching).toEqual([["compile.ts", "wasm/wasm-target.ts"]]);
    const assembler = files.filter(
      (file) =>
        !file.startsWith("wasm/") && /WebAssembly\.|@tapegrad\/simd/u.test(readFileSync(join(source, file), "utf8")),
    );
    expect(assembler).toEqual([]);
  });

  it("have no two folders that import each other, directly or through others", () => {
    const edges = new Map<string, Set<string>>();
    for (const [file, targets] of importsOf) {
      const from = floorOf(file);
      const to = edges.get(from) ?? new Set<string>();
      for (const target of targets) if (floorOf(target) !== from) to.add(floorOf(target));
      edges.set(from, to);
    }
    expect(edges.size).toBeGreaterThan(15);
    expect(circle(edges)).toBeUndefined();
    expect(
      circle(
        new Map([
          ["a", new Set(["b"])],
          ["b", new Set(["c"])],
          ["c", new Set(["b"])],
        ]),
      ),
    ).toEqual(["b", "c", "b"]);
  });
});
