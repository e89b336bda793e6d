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

describe("the floors of the compiler", () => {
  it("import only files that exist", () => {
    expect(files.length).toBeGreaterThan(80);
    for (const [file, targets] of importsOf) for (const target of targets) expect(files, file).toContain(target);
  });

  it("keep everything before the target free of WebAssembly, but for the one place that picks it and the doors", () => {
    const reaching = [...importsOf].flatMap(([file, targets]) =>
      targets
        .filter((target) => target.startsWith("wasm/") && !file.startsWith("wasm/"))
        .map((target) => [file, target]),
    );
    expect(reaching).toEqual([
      ["compile.ts", "wasm/wasm-target.ts"],
      ["export-wasm.ts", "wasm/export/assemble-export.ts"],
      ["index.ts", "wasm/threads/start-workers-with.ts"],
      ["internal.ts", "wasm/kernel-clock.ts"],
      ["worker.ts", "wasm/threads/worker-message.ts"],
      ["worker.ts", "wasm/threads/control-block.ts"],
    ]);
    const assembler = files.filter(
      (file) =>
        !file.startsWith("wasm/") && /WebAssembly\.|@tapegrad\/simd/u.test(readFileSync(join(source, file), "utf8")),
    );
    // The doors through which a worker starts, and through which what was exported is run elsewhere.
    expect(assembler.toSorted()).toEqual(["loader.ts", "worker.ts"]);
  });
});
