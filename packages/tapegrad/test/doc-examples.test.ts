import * as autograd from "@tapegrad/autograd";
import * as autogradInternal from "@tapegrad/autograd/internal";
import * as compile from "@tapegrad/compile";
import * as data from "@tapegrad/data";
import * as datasets from "@tapegrad/datasets";
import * as io from "@tapegrad/io";
import * as nn from "@tapegrad/nn";
import * as onnx from "@tapegrad/onnx";
import * as optim from "@tapegrad/optim";
import * as simd from "@tapegrad/simd";
import * as tensor from "@tapegrad/tensor";
import * as train from "@tapegrad/train";
import * as tensorInternal from "@tapegrad/tensor/internal";
import "@tapegrad/testing/claims/install";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, it } from "vitest";
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
  onnx,
  optim,
  data,
  datasets,
  io,
  train,
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

describe("what doc comments say is true", () => {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });

  for (const [index, { place, file, code }] of collectDocExamples(root).entries()) {
    it(place, async () => {
      const path = join(out, `example-${index}.ts`);
      writeFileSync(path, exampleModule(code, await finder(file)));
      await import(/* @vite-ignore */ path);
    });
  }
});
