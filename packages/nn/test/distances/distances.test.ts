import { grad, gradcheck } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { CosineSimilarity, functional as f, PairwiseDistance } from "../../src/index.ts";

const double = (data: number[][] | number[]): Tensor => tensor(data, { dtype: "float64" });
const a = double([[0.5, -1, 2], [1e-9, 0, 0], [0, 0, 0], [3, 4, -1]]); // prettier-ignore
const b = double([[1.5, 0.5, -0.25], [2, 1, 0.5], [1, 1, 1], [-3, -4, 1]]); // prettier-ignore
const ct = double([0.7, -1.3, 0.4, 2]);

function expectClose(got: Tensor, want: readonly number[], tolerance = 1e-13): void {
  expect(got.size).toBe(want.length);
  [...got.data].forEach((value, i) => {
    expect(Math.abs(value - want[i]!), `${i}: ${value}, not ${want[i]}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(want[i]!))); // prettier-ignore
  });
}

describe("cosineSimilarity", () => {
  it("gives PyTorch's values, at lengths of 0 and below ε too", () => {
    expectClose(f.cosineSimilarity(a, b), [-0.0681598176590997, 0.08728715609439697, 0, -1]);
    expectClose(f.cosineSimilarity(a, double([1, 2, 3]), { axis: -1, eps: 10 }), [0.045, 1e-11, 0, 0.08]);
    expectClose(
      f.cosineSimilarity(a, b, { axis: 0 }),
      [-0.6729090968229737, -0.9367593770760383, -0.44112877325628463],
    );
    expect(new CosineSimilarity({ axis: -1, eps: 10 }).forward(a, double([1, 2, 3])).toArray()).toEqual(
      f.cosineSimilarity(a, double([1, 2, 3]), { axis: -1, eps: 10 }).toArray(),
    );
  });

  it("gives PyTorch's gradients, but where a length below ε is taken for ε: there they are those of its values", () => {
    const [x, y] = [a.clone().requiresGrad_(), b.clone().requiresGrad_()];
    const [dx, dy] = grad(f.cosineSimilarity(x, y).mul(ct).sum(), [x, y]);
    expectClose(dx.at(0), [0.2908152220121587, 0.08633576903485962, -0.02953592098560987]);
    expectClose(dx.at(2), [23094010.767585035, 23094010.767585035, 23094010.767585035]);
    // d cos / da = b / (|b| ε): PyTorch takes something off the first for the change of a length that does not count.
    expectClose(
      dx.at(1).div(1e8),
      [2, 1, 0.5].map((value) => (-1.3 * value) / Math.sqrt(5.25)),
    );
    expectClose(dy.flatten().at([0, 9]), [0.12335264561719995, -0.18153785581399237, 0.37704016207521496, -0.013508726538418565, 0.021613962461469727, 0.010806981230734864, 0, 0, 0]); // prettier-ignore
  });

  it("is right in both orders, also with shapes that broadcast", () => {
    const generator = new Generator(1);
    const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });
    gradcheck((x, y) => f.cosineSimilarity(x, y), [draw(3, 4), draw(3, 4)], { order: 2 });
    gradcheck((x, y) => f.cosineSimilarity(x, y, { axis: 0, eps: 3 }), [draw(3, 1), draw(2)], { order: 2 });
  });

  it("neither overflows nor vanishes in float32", () => {
    const x = tensor([[1e30, 1e30], [1e-7, 0]]); // prettier-ignore
    const y = tensor([[1e30, -2e30], [-1e-7, 0]]); // prettier-ignore
    expectClose(f.cosineSimilarity(x, y), [-1 / Math.sqrt(10), -1], 1e-6);
    expect(f.cosineSimilarity(tensor([[1, 2]]), tensor([[2, 4]], { dtype: "int32" })).dtype).toBe("float32");
  });

  it.each<[string, () => unknown, string]>([
    ["vectors without a second axis", () => f.cosineSimilarity(tensor([1]), tensor([1])), "cosineSimilarity: expected an axis in [-1, 0], got 1."],
    ["shapes that do not fit", () => f.cosineSimilarity(tensor([[1, 2]]), tensor([[1, 2, 3]])), "cosineSimilarity: expected shapes that broadcast, got [1, 2] and [1, 3]"],
    ["an ε of 0", () => f.cosineSimilarity(a, b, { eps: 0 }), "cosineSimilarity: expected eps > 0, got 0."],
    ["another option", () => new CosineSimilarity({ dim: 1 } as object), "CosineSimilarity: expected options axis, eps"],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  }); // prettier-ignore
});

describe("pairwiseDistance", () => {
  it.each<[number, number[], number[]]>([
    [2, [2.8831405619572212, 2.291286319079962, 1.7320490755180697, 10.19804020388246], [-0.24279055597789, -0.3641859553622344, 0.5462795400203485, 1.1347332182142988, 0.5673663257073863, 0.28368287917024665, -0.2309401076758503, -0.2309401076758503, -0.2309401076758503, 1.1766968711725143, 1.5689290961913147, -0.3922320289026881]],
    [1, [4.749999000000001, 3.499996999, 2.999997, 16.000000999999997], [-0.7, -0.7, 0.7, 1.3, 1.3, 1.3, -0.4, -0.4, -0.4, 2, 2, -2]],
    [3, [2.507477900103093, 2.089668394999047, 1.442248128057838, 9.028716048606505], [-0.11133275174510589, -0.25049885842581077, 0.5636236839538972, 1.190825594151927, 0.29770610112921503, 0.07442637642917878, -0.1922999427076544, -0.1922999427076544, -0.1922999427076544, 0.8832439100741624, 1.570211264836474, -0.09813808137957827]],
    [Infinity, [2.250001, 1.999998999, 0.999999, 8.000001], [0, 0, 0.7, 1.3, 0, 0, -0.13333333333333333, -0.13333333333333333, -0.13333333333333333, 0, 2, 0]],
    [0.5, [13.873720074133486, 9.742630942270665, 8.999991, 44.78461005685115], [-2.6073223111949626, -2.1288693976553725, 1.7382136187526707, 2.869238098624548, 4.057716446167744, 5.738480499678616, -1.2, -1.2, -1.2, 5.464101182125059, 4.732050531153255, -9.464104019839105]],
  ])("gives PyTorch's values and gradients for p = %d", (p, values, gradients) => {
    const x = a.clone().requiresGrad_();
    const y = f.pairwiseDistance(x, b, { p });
    expectClose(y, values);
    expectClose(grad(y.mul(ct).sum(), [x])[0], gradients);
  }); // prettier-ignore

  it("broadcasts and keeps the axis, as PyTorch's", () => {
    const y = f.pairwiseDistance(a, b.at(0), { keepDims: true });
    expect(y.shape).toEqual([4, 1]);
    expectClose(y, [2.8831405619572212, 1.6007799652054002, 1.6007799661424427, 3.8810447691315026]);
    expect(new PairwiseDistance({ keepDims: true }).forward(a, b.at(0)).toArray()).toEqual(y.toArray());
  });

  it("is right in both orders, and has a gradient at equal vectors", () => {
    const generator = new Generator(2);
    const draw = (...shape: number[]): Tensor => randn(shape, { generator, dtype: "float64" });
    gradcheck((x, y) => f.pairwiseDistance(x, y), [draw(3, 4), draw(4)], { order: 2 });
    gradcheck((x, y) => f.pairwiseDistance(x, y, { p: 3, eps: 0.1, keepDims: true }), [draw(2, 3), draw(2, 3)], { order: 2 }); // prettier-ignore
    const x = double([1, 2]).requiresGrad_();
    expect(grad(f.pairwiseDistance(x, x.detach(), { eps: 0 }), [x])[0].toArray()).toEqual([0, 0]);
  });

  it.each<[string, () => unknown, string]>([
    ["numbers", () => f.pairwiseDistance(tensor(1), tensor(2)), "pairwiseDistance: expected no axis for a 0-d tensor, got -1."],
    ["NaN for p", () => f.pairwiseDistance(a, b, { p: NaN }), "pairwiseDistance: expected p to be a number, got NaN."],
    ["shapes that do not fit", () => f.pairwiseDistance(a, double([1, 2])), "pairwiseDistance: expected shapes that broadcast, got [4, 3] and [2]"],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  }); // prettier-ignore
});
