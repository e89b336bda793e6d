import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { functional } from "@tapegrad/nn";
import { describe, expect, it } from "vitest";
import { derivatives, numbers, relativeError } from "../../nn/test/norms/norm-case.ts";
import { compile } from "../src/index.ts";

const { gatConv, gcnConv, segmentMax, segmentMean, segmentSoftmax, segmentSum } = functional;
const generator = new Generator(15);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const int32 = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });

const edges = int32([[1, 2, 0, 2, 3, 3], [0, 0, 2, 2, 2, 3]]); // prettier-ignore
const segment = int32([2, 0, 1, 2, 0]);

const cases: readonly (readonly [string, (...inputs: Tensor[]) => Tensor, Tensor[]])[] = [
  ["segmentSum", (x) => segmentSum(x!, segment, 3), [draw(5, 2)]],
  ["segmentMean", (x) => segmentMean(x!, segment, 3), [draw(5, 2)]],
  ["segmentMax", (x) => segmentMax(x!, segment, 3), [draw(5, 2)]],
  ["segmentSoftmax", (x) => segmentSoftmax(x!, segment, 3), [draw(5, 2)]],
  ["gcnConv", (x, w, bias) => gcnConv(x!, edges, w!, { bias: bias! }), [draw(4, 3), draw(2, 3), draw(2)]],
  ["gatConv", (x, w, a) => gatConv(x!, edges, w!, a!), [draw(4, 3), draw(4, 3), draw(2, 4)]],
  ["gatConv, bounded", (x, w, a) => gatConv(x!, edges, w!, a!, { lipschitz: true }), [draw(4, 3), draw(4, 3), draw(2, 4)]],
]; // prettier-ignore

describe("compiled graphs: values, first and second derivatives are those of eager ones", () => {
  it.each(cases)("%s", (_, run, inputs) => {
    const step = compile((...given: Tensor[]) => derivatives(along(run), given), { threads: 1 });
    const want = derivatives(along(run), inputs);
    const floor = 1e-3 * Math.max(...want.flatMap(numbers).map(Math.abs));
    for (const got of [step(...inputs), step(...inputs)]) {
      got.forEach((t, i) => expect(relativeError(t.data, numbers(want[i]!), floor), `${i}`).toBeLessThan(1e-9));
    }
  });
});

/** A function with something of the shape of its first input, as the derivatives are taken. */
function along(run: (...inputs: Tensor[]) => Tensor): (...inputs: Tensor[]) => Tensor {
  return (...inputs) => inputs[0]!.mul(run(...inputs).square().sum()); // prettier-ignore
}

it("another list of edges of the same length needs no other plan, and one that is wrong is refused", () => {
  const x = draw(4, 3);
  const w = draw(2, 3);
  const step = compile((ends: Tensor) => gcnConv(x, ends, w));
  const other = int32([[3, 2, 1, 0, 0, 1], [1, 0, 2, 2, 2, 1]]); // prettier-ignore
  for (const ends of [edges, other]) {
    expect(relativeError(step(ends).data, numbers(gcnConv(x, ends, w)))).toBeLessThan(1e-12);
  }
  expect(() => step(other.add(1))).toThrow("gcnConv: expected edges between nodes in [0, 4), got 4.");
});
