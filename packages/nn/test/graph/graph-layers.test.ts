import { gradcheck } from "@tapegrad/autograd";
import {
  DTypeError,
  Generator,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  ValueError,
  zeros,
} from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { gatConv, gcnConv, segmentMax, segmentSoftmax } from "../../src/functional.ts";
import { GATConv, GCNConv } from "../../src/index.ts";

const generator = new Generator(9);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const int32 = (values: number[] | number[][]): Tensor => tensor(values, { dtype: "int32" });

/** Sources and targets: a loop, a pair of equal ones, and node 4, which nothing reaches. */
const ends: readonly (readonly [from: number, to: number])[] = [[1, 0], [2, 0], [0, 2], [2, 2], [3, 2], [3, 3], [4, 3], [4, 3]]; // prettier-ignore
const edges = int32([ends.map(([from]) => from), ends.map(([, to]) => to)]);
const [nodes, inside] = [5, 2];
const withLoops = (loops: boolean): (readonly [number, number])[] =>
  loops ? [...ends, ...Array.from({ length: nodes }, (_, i) => [i, i] as const)] : [...ends];

const rows = (t: Tensor): number[][] => t.toArray() as number[][];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const square = (a: readonly number[]): number => dot(a, a);

/** The definition of gcnConv in loops over edges. */
function naiveGCN(x: Tensor, w: Tensor, bias: Tensor, loops: boolean): number[][] {
  const all = withLoops(loops);
  const degree = (node: number): number => all.filter(([, to]) => to === node).length;
  const scale = (node: number): number => (degree(node) === 0 ? 0 : 1 / Math.sqrt(degree(node)));
  const y = Array.from({ length: nodes }, () => [...(bias.toArray() as number[])]);
  for (const [from, to] of all) {
    rows(w).forEach((row, out) => (y[to]![out]! += scale(from) * scale(to) * dot(row, rows(x)[from]!)));
  }
  return y;
}

/** The definition of gatConv in loops over heads, nodes and the edges that reach them: the heads of every node. */
function naiveGAT(x: Tensor, w: Tensor, attention: Tensor, loops: boolean, lipschitz: boolean): number[][][] {
  const all = withLoops(loops);
  const features = attention.shape[1]! / 2;
  return Array.from({ length: nodes }, (_, node) =>
    rows(attention).map((a, head) => {
      const h = (i: number): number[] =>
        rows(w).slice(head * features, (head + 1) * features).map((row) => dot(row, rows(x)[i]!)); // prettier-ignore
      const sources = all.filter(([, to]) => to === node).map(([from]) => from);
      const bound = Math.max(...sources.map((j) => square(h(j)))) + square(h(node));
      const scores = sources.map((j) => {
        const sum = dot(a, [...h(node), ...h(j)]);
        return (sum > 0 ? sum : 0.2 * sum) / (lipschitz ? Math.sqrt(16 * square(a) * bound + 1e-12) : 1);
      });
      const total = scores.reduce((sum, score) => sum + Math.exp(score), 0);
      return Array.from({ length: features }, (__, f) =>
        sources.reduce((sum, j, e) => sum + (Math.exp(scores[e]!) / total) * h(j)[f]!, 0),
      );
    }),
  );
}

function expectClose(got: Tensor, want: readonly number[]): void {
  expect(got.size).toBe(want.length);
  want.forEach((value, i) => expect(got.data[i]).toBeCloseTo(value, 12));
}

/** Values of a function against loops; its gradients to order 2 against differences. */
function check(run: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[], want: readonly number[]): void {
  expectClose(run(...inputs), want);
  expect(gradcheck(run, inputs, { order: 2 }).passed).toBe(true);
}

describe.each([true, false])("with loops: %s", (selfLoops) => {
  const x = draw(nodes, inside);
  const [w, bias] = [draw(4, inside), draw(4)];

  it("gcnConv is its definition", () => {
    const want = naiveGCN(x, w, bias, selfLoops).flat();
    check((x, w, bias) => gcnConv(x!, edges, w!, { bias: bias!, selfLoops }), [x, w, bias], want);
  });

  it.each([false, true])("gatConv is its definition, Lipschitz: %s", (lipschitz) => {
    const attention = draw(2, 4);
    const heads = naiveGAT(x, w, attention, selfLoops, lipschitz);
    const run = (concat: boolean) => (x: Tensor, w: Tensor, attention: Tensor, bias: Tensor) =>
      gatConv(x, edges, w, attention, { bias, concat, selfLoops, lipschitz });
    const joined = heads.flatMap((of) => of.flat().map((value, i) => value + bias.data[i]!));
    check(run(true) as never, [x, w, attention, bias], joined);
    const two = draw(2);
    const averaged = heads.flatMap(([a, b]) => a!.map((value, i) => (value + b![i]!) / 2 + two.data[i]!));
    check(run(false) as never, [x, w, attention, two], averaged);
  });
});

describe("segments", () => {
  const segment = int32([2, 0, 2, 4, 0, 2]);

  it.each([{ shape: [6] }, { shape: [6, 2, 2] }])("of shape $shape have their largest and shares", ({ shape }) => {
    const x = draw(...shape);
    const row = x.size / 6;
    const of = (k: number, j: number): number[] =>
      [...segment.data].flatMap((s, i) => (s === k ? [x.data[i * row + j]!] : []));
    const largest = Array.from({ length: 5 * row }, (_, at) => Math.max(...of(Math.floor(at / row), at % row)));
    expect([...segmentMax(x, segment, 5).data]).toEqual(largest);
    const shares = [...x.data].map((value, at) => {
      const together = of(segment.data[Math.floor(at / row)]!, at % row);
      return Math.exp(value) / together.reduce((sum, other) => sum + Math.exp(other), 0);
    });
    check((x) => segmentSoftmax(x!, segment, 5), [x], shares);
    const filled = int32([1, 0, 1, 2, 0, 1]);
    expect(gradcheck((x) => segmentMax(x, filled, 3), [x]).passed).toBe(true);
  });

  it("of large and far values have finite shares", () => {
    const x = tensor([1e30, -1e30, 1e30, -1e4, -1e30, 5]);
    expect(segmentSoftmax(x, segment, 5).toArray()).toEqual([0.5, 0.5, 0.5, 1, 0.5, 0]);
  });

  it("that are empty have −∞, as do all where there is nothing", () => {
    expect(segmentMax(tensor([1, 3]), int32([2, 2]), 4).toArray()).toEqual([-Infinity, -Infinity, 3, -Infinity]);
    const nothing = zeros([0, 2], { requiresGrad: true });
    const y = segmentMax(nothing, zeros([0], { dtype: "int32" }), 1);
    expect(y.toArray()).toEqual([[-Infinity, -Infinity]]);
    y.sum().backward();
    expect(nothing.grad?.shape).toEqual([0, 2]);
  });

  it("with several largest give the gradient to one", () => {
    const x = tensor([2, 2, 1], { requiresGrad: true });
    segmentMax(x, int32([0, 0, 0]), 1).backward();
    expect(x.grad!.toArray()).toEqual([0, 1, 0]);
  });
});

it("a graph without edges leaves every node to itself", () => {
  const x = draw(3, 2);
  const none = zeros([2, 0], { dtype: "int32" });
  const w = draw(2, 2);
  expectClose(gcnConv(x, none, w), [...x.matmul(w.transpose()).data]);
  expectClose(gatConv(x, none, w, draw(1, 4), { lipschitz: true }), [...x.matmul(w.transpose()).data]);
  expect(gatConv(x, none, w, draw(1, 4), { selfLoops: false }).toArray()).toEqual([[0, 0], [0, 0], [0, 0]]); // prettier-ignore
});

it("layers are their functions, and say what they are", () => {
  const x = randn([nodes, 3]);
  const gcn = new GCNConv(3, 2, { selfLoops: false });
  expect(gcn.forward(x, edges).toArray()).toEqual(gcnConv(x, edges, gcn.weight, { selfLoops: false }).toArray());
  expect([gcn.details(), Object.keys(gcn.stateDict())]).toEqual(["3, 2, selfLoops=false", ["weight", "bias"]]);
  const gat = new GATConv(3, 2, { heads: 2, concat: false, lipschitz: true });
  const same = gatConv(x, edges, gat.weight, gat.attention, { concat: false, lipschitz: true });
  expect(gat.forward(x, edges).toArray()).toEqual(same.toArray());
  expect(gat.details()).toBe("3, 2, heads=2, concat=false, lipschitz=true");
  expect(gat.bias!.shape).toEqual([2]);
  expect(Object.keys(gat.stateDict())).toEqual(["weight", "attention", "bias"]);
});

it.each([
  [() => gcnConv(ones([3]), edges, ones([2, 3])), ShapeError, "gcnConv: expected input of shape [nodes, features], got [3]."],
  [() => gcnConv(ones([5, 3]), int32([1, 2]), ones([2, 3])), ShapeError, "gcnConv: expected edges of shape [2, edges], got [2]."],
  [() => gcnConv(ones([5, 3]), ones([2, 4]), ones([2, 3])), DTypeError, 'gcnConv: expected int32 edges, got float32. Convert them with to("int32").'],
  [() => gcnConv(ones([4, 3]), edges, ones([2, 3])), ValueError, "gcnConv: expected edges between nodes in [0, 4), got 4."],
  [() => gcnConv(ones([5, 3]), edges, ones([2, 3]), { bias: ones([3]) }), ShapeError, "gcnConv: expected bias of shape [2], got [3]."],
  [() => gatConv(ones([5, 3]), edges, ones([2, 3]), ones([2, 4])), ShapeError, "gatConv: expected weight of shape [heads·features, in] and attention of shape [heads, 2·features], got [2, 3] and [2, 4]."],
  [() => new GCNConv(3, 2).forward(ones([5, 4]), edges), ShapeError, "gcnConv: expected input of shape [nodes, 3], got [5, 4]."],
  [() => new GATConv(3, 2, { heads: 0 }), ShapeError, "GATConv: expected heads to be a whole number ≥ 1, got 0."],
] as const)("refuses: %s", (run, type, message) => {
  expect(run).toThrow(type);
  expect(run).toThrow(message);
}); // prettier-ignore
