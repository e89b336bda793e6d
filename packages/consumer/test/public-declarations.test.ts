import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { publicDeclarations } from "./public-declarations.ts";
import { publicPackages } from "../src/workspace.ts";

const store = inject("store");
// The umbrella last: what it exports has its first home elsewhere.
const names = publicPackages.map(({ manifest }) => manifest.name).toSorted();
const entries = names.map((name) => [name, join(store, name, "dist/index.d.ts")] as const);

describe("what users see in their editors", () => {
  const declarations = publicDeclarations(new Map(entries));
  const paths = declarations.map(({ path }) => path);

  it("is all that is exported, with its members", () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        "@tapegrad/tensor.Tensor.matmul",
        "@tapegrad/tensor.Tensor.extent",
        "@tapegrad/nn.Dense.weight",
        "@tapegrad/nn.Dense.namedParameters",
        "@tapegrad/nn.functional.linear",
        "@tapegrad/nn.presets.Preset.batchNorm",
        "@tapegrad/optim.AdamOptions.betas",
      ]),
    );
  });

  it("has a doc comment each", () => {
    expect(declarations.filter(({ documentation }) => documentation === "").map(({ path }) => path)).toEqual([]);
  });

  it("mentions no type and links to no name that cannot be imported", () => {
    const internal = declarations.filter(({ internalNames }) => internalNames.length > 0);
    expect(internal.map(({ path, internalNames }) => `${path}: ${internalNames.join(", ")}`)).toEqual([]);
  });
});

describe("the reader of declarations", () => {
  it("finds what is left out, and what is internal", () => {
    const folder = mkdtempSync(join(tmpdir(), "declarations "));
    try {
      const file = join(folder, "index.d.ts");
      writeFileSync(
        file,
        [
          "interface Hidden { readonly x: number }",
          "declare abstract class Base {",
          "  readonly inherited: Hidden; private readonly own; protected forSubclasses(): Hidden;",
          "}",
          "/** A class; see {@link Nothing} and {@link Named.run}. */",
          "export declare class Named extends Base {",
          "  /** Runs. */",
          "  run<T extends Named>(x: T): Shown;",
          "  /** @internal */",
          "  none: Hidden;",
          "}",
          "export interface Shown {",
          "  /** Itself. */",
          "  readonly self: Shown; readonly bare: number",
          "}",
          "/** A function. */",
          "export declare const f: (hidden: Hidden) => Partial<Shown>;",
          "export {};",
        ].join("\n"),
      );
      expect(publicDeclarations(new Map([["p", file]]))).toEqual([
        {
          path: "p.Named",
          documentation: "A class; see {@link Nothing } and {@link Named.run}.",
          internalNames: ["{@link Nothing}"],
        },
        { path: "p.Named.run", documentation: "Runs.", internalNames: [] },
        { path: "p.Named.inherited", documentation: "", internalNames: ["Hidden"] },
        { path: "p.Shown", documentation: "", internalNames: [] },
        { path: "p.Shown.self", documentation: "Itself.", internalNames: [] },
        { path: "p.Shown.bare", documentation: "", internalNames: [] },
        { path: "p.f", documentation: "A function.", internalNames: ["Hidden"] },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
