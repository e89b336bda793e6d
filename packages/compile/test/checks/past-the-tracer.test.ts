import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { checkRows } from "./check-rows.ts";

describe("no check reads elements past the tracer", () => {
  const packages = join(import.meta.dirname, "../../..");
  const sources = ["tensor", "autograd", "nn", "optim", "data"].flatMap((name) =>
    readdirSync(join(packages, name, "src"), { recursive: true, encoding: "utf8" })
      .map((path) => `${name}/src/${path.split(sep).join("/")}`)
      .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
      .map((path) => ({ path, text: readFileSync(join(packages, path), "utf8") })),
  );

  it("has rows for all that check", () => {
    const checks =
      /(?<!function )\b(?:expectElements|checkValues|checkNumbers|checkPlusMinusOne|expectIndex|expectExponents)\((?!name|"cumsum")/;
    const definitions = /expect-(?:elements|index|exponents)\.ts$|check-target\.ts$|state-replay\.ts$/;
    const found = sources
      .filter(({ path, text }) => !definitions.test(path) && checks.test(text))
      .map(({ path }) => path)
      .toSorted();
    expect(found).toEqual([...new Set(checkRows.map(({ file }) => file))].toSorted());
  });

  it("leaves the elements of a storage, which are not there in a trace, to those that compute, copy and print", () => {
    // The getters of a tensor that are public throw in a trace where it has no elements.
    const read =
      /storage\??\.data\b|\.elements\b|\["elements"\]|\{[^}]*\b(?:data|elements)\b[^}]*\} = [\w.]*(?:storage|tensor|target)\b/;
    const reads = sources.filter(({ text }) => read.test(text));
    expect(reads.map(({ path }) => path).toSorted()).toEqual([
      "autograd/src/anomaly-detector.ts", // never in a trace
      "autograd/src/backpropagate.ts", // which array it is
      "autograd/src/gradient-sum.ts", // sums grow in place outside of traces
      "autograd/src/pullback.ts", // which array it is
      "autograd/src/run-hooks.ts", // which array it is
      "autograd/src/state-replay.ts",
      "nn/src/containers/element-dict.ts", // elements of another kind: its own
      // Whether some target does not count: taken for granted in a trace.
      "nn/src/losses/class-targets.ts",
      "nn/src/module/clone.ts",
      // Whether there are any elements.
      "optim/src/optimizer/check-gradients.ts",
      // What is replayed runs outside of traces; in one, operations do.
      "tensor/src/replay/elementwise-function.ts",
      "tensor/src/replay/recorder.ts", // whether there are any
      "tensor/src/replay/replay.ts", // which array it is
      "tensor/src/replay/run-steps.ts",
      "tensor/src/replay/segment.ts",
      "tensor/src/tensor/convert-storage.ts",
      "tensor/src/tensor/core.ts",
      "tensor/src/tensor/expect-elements.ts",
      "tensor/src/tensor/grad-hooks.ts", // whether there are any
      "tensor/src/tensor/print.ts",
      "tensor/src/tensor/tensor.ts",
    ]);
  });
});
