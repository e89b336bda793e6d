import { DTypeError, tensor, type Tensor } from "@tapegrad/tensor";
import { apply, type AttrsOf, isFloat, type PrimitiveName } from "@tapegrad/tensor/internal";
import { type Case, caseTable, type Entry, expectClose, inputTensor } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { exportOnnx } from "../../src/index.ts";
import { loadIntoRuntime } from "./onnx-runtime.ts";

type AnyCase = Case<AttrsOf<PrimitiveName>>;
type AnyEntry = Entry<AttrsOf<PrimitiveName>>;

const unsayable: readonly string[] = ["assign", "randomBits"];
const names = (Object.keys(caseTable) as PrimitiveName[]).filter((name) => !unsayable.includes(name));
/** Statistics of float32 in float32, where ours are of float64. */
const rough: readonly string[] = ["standardize", "standardizeGrad"];

/** What runtimes are free to do: reductions of NaN to an extreme, and what integers divided by 0 are. */
function isPortable(name: string, { inputs }: AnyCase): boolean {
  return !((name === "max" || name === "min") && inputs.some(({ data }) => data?.includes(NaN)));
}

/** Operands of a case in a dtype; whole numbers are none of them 0. */
function operandsOf({ inputs }: AnyCase, entry: AnyEntry, dtype: "float32" | "int32" | "bool"): Tensor[] {
  return inputs.map((input, i) => {
    const drawn = inputTensor(input, entry, 17 * i + 1, "float32");
    if (dtype === "float32" || !isFloat(drawn.dtype)) return drawn;
    if (dtype === "bool") return drawn.gt(0);
    const whole = drawn.mul(5).to("int32");
    return whole.maskedFill(whole.eq(0), 1);
  });
}

/** The cases of a primitive that it takes in a dtype, with their operands. */
function casesOf(name: PrimitiveName, dtype: "float32" | "int32" | "bool"): (readonly [AnyCase, Tensor[]])[] {
  const entry = caseTable[name] as unknown as AnyEntry;
  return (entry.cases as readonly AnyCase[]).flatMap((one) => {
    if (dtype !== "float32" && one.inputs.some(({ data }) => data !== undefined)) return [];
    const operands = operandsOf(one, entry, dtype);
    try {
      apply(name, operands, one.attrs);
    } catch (error) {
      if (error instanceof DTypeError) return [];
      throw error;
    }
    return isPortable(name, one) ? [[one, operands] as const] : [];
  });
}

describe.each(names)("%s in ONNX gives what it gives here", (name) => {
  it.each(["float32", "int32", "bool"] as const)("in %s", async (dtype) => {
    const cases = casesOf(name, dtype);
    if (cases.length === 0) return;
    const inputs = cases.flatMap(([, operands]) => operands);
    // All cases are one model.
    const f = (...tensors: Tensor[]): Tensor[] => {
      let at = 0;
      return cases.flatMap(([{ attrs }, operands]) => {
        const own = tensors.slice(at, (at += operands.length));
        return [...(apply(name, own, attrs) as readonly Tensor[])];
      });
    };
    const want = f(...inputs);
    const { run, release } = await loadIntoRuntime(exportOnnx(f, inputs, { dynamicBatch: false }));
    const got = await run(inputs);
    expect(got.map(({ shape }) => shape)).toEqual(want.map(({ shape }) => shape));
    const tolerance = rough.includes(name) ? 5e-4 : 2e-6;
    want.forEach((each, i) => {
      expect(got[i]!.dtype).toBe(each.dtype);
      const limits = isFloat(each.dtype) ? { rtol: tolerance, atol: tolerance / 2 } : { rtol: 0, atol: 0 };
      expectClose(got[i]!, each, { ...limits, what: `output ${i} of ${name}` });
    });
    await release();
  });
});

describe("functions that round off in elementary operators", () => {
  it.each(["expm1", "log1p"] as const)("keep the digits of small numbers, and infinities: %s", async (name) => {
    const x = tensor([1e-8, -1e-8, 3e-5, -2e-4, 0.3, -0.4, 1e6, -0.999, 0, Infinity]);
    const f = (t: Tensor): Tensor => apply(name, [t], {})[0];
    const { run, release } = await loadIntoRuntime(exportOnnx(f, [x]));
    expectClose((await run([x]))[0]!, f(x), { rtol: 1e-6, atol: 0 });
    await release();
  });
});
