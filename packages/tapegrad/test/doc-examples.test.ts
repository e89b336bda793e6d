import * as autograd from "@tapegrad/autograd";
import * as autogradInternal from "@tapegrad/autograd/internal";
import * as compile from "@tapegrad/compile";
import * as data from "@tapegrad/data";
import * as datasets from "@tapegrad/datasets";
import * as nn from "@tapegrad/nn";
import * as optim from "@tapegrad/optim";
import * as simd from "@tapegrad/simd";
import * as tensor from "@tapegrad/tensor";
import * as tensorInternal from "@tapegrad/tensor/internal";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";
import { collectDocExamples, exampleModule } from "./doc-example.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const out = fileURLToPath(new URL("../out/doc-examples", import.meta.url));
const packages = {
  simd,
  tensor,
  autograd,
  compile,
  nn,
  optim,
  data,
  datasets,
  "tensor/internal": tensorInternal,
  "autograd/internal": autogradInternal,
};

/** Finds the module that a name of an example comes from: its own file, its own package, or any package. */
async function finder(file: string): Promise<(name: string) => string | undefined> {
  const own = file.endsWith(".ts") ? Object.keys((await import(file)) as object) : [];
  const home = /packages\/([a-z]+)\//.exec(relative(root, file).replaceAll("\\", "/"))?.[1];
  const order = Object.entries(packages).toSorted(([a], [b]) => Number(b === home) - Number(a === home));
  return (name) => {
    const found = order.find(([, exports]) => Object.hasOwn(exports, name));
    if (found !== undefined && found[0] === home) return `@tapegrad/${found[0]}`;
    if (own.includes(name)) return file;
    if (found !== undefined) return `@tapegrad/${found[0]}`;
    return Object.hasOwn(tapegrad, name) ? join(root, "packages/tapegrad/src/index.ts") : undefined;
  };
}

/** Holds what an expression gives, or throws, against what the comment says. */
async function check(evaluate: () => unknown, expected: string): Promise<void> {
  let actual: unknown;
  try {
    actual = await evaluate();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = `${error.constructor.name}: ${error.message}`;
    // "throws ShapeError", "ShapeError: add: expected ...", or only the beginning of it
    expect(message).toContain(expected.replace(/^(throws|Throws)\s+/, "").replace(/\s*(\.\.\.|…)$/, ""));
    return;
  }
  const wanted = parse(expected);
  if (wanted === undefined) {
    expect(typeof actual === "string" ? actual : inspect(actual)).toBe(expected);
  } else {
    expectClose(plain(actual), wanted.value, digits(expected));
  }
}

/** The comment as a value, or nothing if it is no literal. */
function parse(text: string): { readonly value: unknown } | undefined {
  const source = text
    .replaceAll(/[≈~]\s*/g, "")
    .replaceAll("−", "-")
    .replace(/^\w+Array(\(\d+\))?\s*(?=\[)/, "");
  if (/[A-Za-z_$]\w*\s*\(/.test(source)) return undefined;
  try {
    // eslint-disable-next-line typescript/no-implied-eval -- the text is our own documentation
    return { value: new Function(`return (${source});`)() as unknown };
  } catch {
    return undefined;
  }
}

/** Tensors and typed arrays as nested arrays. */
function plain(value: unknown): unknown {
  if (value instanceof tensor.Tensor) return value.toArray();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Float64Array);
  return Array.isArray(value) ? value.map(plain) : value;
}

/** How many decimals the comment shows. */
function digits(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\d\.(\d+)(?!\d*e)/g)].map((match) => match[1]?.length ?? 0));
}

/** Equality in which numbers may differ in the places that the comment does not show. */
function expectClose(actual: unknown, expected: unknown, decimals: number): void {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    expect(actual).toHaveLength(expected.length);
    for (const [i, item] of expected.entries()) expectClose(actual[i], item, decimals);
  } else if (typeof expected === "number" && typeof actual === "number" && Number.isFinite(expected)) {
    const tolerance = Math.max(0.51 * 10 ** -decimals, 1e-6 * Math.abs(expected));
    expect(Math.abs(actual - expected), `${actual} for ${expected}`).toBeLessThanOrEqual(
      decimals === 0 ? 1e-6 * Math.max(1, Math.abs(expected)) : tolerance,
    );
  } else {
    expect(actual).toEqual(expected);
  }
}

describe("what the documentation says is true", () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  Object.assign(globalThis, { __check: check });

  for (const [index, { place, file, code }] of collectDocExamples(root).entries()) {
    it(place, async () => {
      const path = join(out, `example-${index}.ts`);
      writeFileSync(path, exampleModule(code, await finder(file)));
      await import(/* @vite-ignore */ path);
    });
  }
});
