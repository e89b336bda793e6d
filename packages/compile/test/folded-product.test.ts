import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { type DType, Generator, randn, type Tensor } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

interface Convolution {
  /** Images, groups, channels of the input and of the output of a group. */
  readonly images: number;
  readonly groups?: number;
  readonly channels: number;
  readonly filters: number;
  readonly size: readonly number[];
  readonly positions: readonly number[];
  readonly stride?: readonly number[];
  readonly dilation?: readonly number[];
}

const generator = new Generator(9);
const product = (extents: readonly number[]): number => extents.reduce((a, b) => a * b, 1);

/** What the windows of images get: a product for each group of each image. */
function columnsOf({ images, groups = 1, channels, size, positions }: Convolution, w: Tensor, y: Tensor): Tensor {
  return w
    .transpose()
    .matmul(y)
    .reshape([images, groups * channels, ...size, ...positions]);
}

/** Those windows as images. */
function imagesOf(convolution: Convolution, columns: Tensor): Tensor {
  const { images, groups = 1, channels, size, positions } = convolution;
  const { stride = size.map(() => 1), dilation = size.map(() => 1) } = convolution;
  const extents = size.map((n, k) => (positions[k]! - 1) * stride[k]! + (n - 1) * dilation[k]! + 1);
  const axes = size.map((_, k) => k + 2);
  const shape = [images, groups * channels, ...extents];
  return apply("foldWindows", [columns], { axes, size: positions, stride: dilation, dilation: stride, shape })[0];
}

function operands({ images, groups = 1, channels, filters, size, positions }: Convolution, dtype: DType): Tensor[] {
  const draw = (shape: readonly number[]): Tensor => randn(shape, { generator, dtype });
  const stack = groups === 1 ? [] : [groups];
  return [draw([...stack, filters, channels * product(size)]), draw([images, ...stack, filters, product(positions)])];
}

const kindsOf = (compiled: { readonly plan?: { readonly schedule: readonly { kind: string }[] } | undefined }) =>
  compiled.plan?.schedule.map(({ kind }) => kind);

const convolutions: Convolution[] = [
  { images: 2, channels: 64, filters: 4, size: [3, 3], positions: [8, 8] },
  { images: 3, channels: 20, filters: 50, size: [5, 5], positions: [8, 8] },
  { images: 4, channels: 1, filters: 3, size: [3, 3], positions: [5, 6] },
  { images: 2, channels: 7, filters: 1, size: [3, 2], positions: [1, 9] },
  { images: 2, channels: 13, filters: 70, size: [3, 3], positions: [14, 13] },
  { images: 3, channels: 29, filters: 5, size: [3, 2], positions: [9, 7], stride: [2, 1] },
  { images: 2, channels: 17, filters: 6, size: [3, 3], positions: [7, 8], stride: [2, 3], dilation: [2, 1] },
  { images: 2, channels: 11, filters: 9, size: [3, 3], positions: [24, 24], dilation: [2, 2] },
  { images: 5, groups: 4, channels: 3, filters: 2, size: [3, 3], positions: [6, 6] },
  { images: 1, groups: 3, channels: 5, filters: 7, size: [3, 3], positions: [6, 10] },
  { images: 6, channels: 31, filters: 8, size: [5], positions: [40] },
  { images: 2, channels: 3, filters: 300, size: [3, 3], positions: [8, 8] },
  { images: 2, channels: 5, filters: 8, size: [2, 3, 2], positions: [4, 3, 6] },
  { images: 2, channels: 5, filters: 4, size: [18], positions: [700] },
];

describe.each<DType>(["float32", "float64"])("a product of %s that is folded", (dtype) => {
  it.each(convolutions)("has the bits of product and folding: %j", (convolution) => {
    const [w, y] = operands(convolution, dtype) as [Tensor, Tensor];
    const apart = compile(
      (a: Tensor, b: Tensor): Tensor[] => {
        const columns = columnsOf(convolution, a, b);
        return [columns, imagesOf(convolution, columns)];
      },
      { threads: 1 },
    );
    const [, want] = apart(w, y) as [Tensor, Tensor];
    expect(kindsOf(apart)).toEqual(["matmul", "foldWindows"]);
    for (const threads of [1, 2, 3]) {
      const together = compile((a: Tensor, b: Tensor) => imagesOf(convolution, columnsOf(convolution, a, b)), {
        threads,
      });
      for (let call = 0; call < 2; call++) expect([...together(w, y).data]).toEqual([...want.data]);
      expect(kindsOf(together)).toEqual(["matmul"]);
    }
  });
});

describe("the gradient of a convolution by its input", () => {
  it.each([
    { stride: 1, padding: 0, groups: 1, dilation: 1 },
    { stride: 1, padding: 1, groups: 1, dilation: 1 },
    { stride: 2, padding: 1, groups: 1, dilation: 1 },
    { stride: 3, padding: 2, groups: 2, dilation: 1 },
    { stride: 1, padding: 2, groups: 3, dilation: 2 },
    { stride: 2, padding: 3, groups: 6, dilation: 2 },
  ])("is that of eager: %j", ({ groups, ...options }) => {
    for (const images of [1, 2, 5]) {
      const x = randn([images, 6, 13, 12], { generator });
      const w = randn([12, 6 / groups, 3, 3], { generator });
      const gradient = (a: Tensor, b: Tensor): Tensor => {
        const leaf = a.detach();
        leaf.requiresGrad = true;
        return grad(
          functional
            .conv2d(leaf, b, undefined, { groups, ...options })
            .square()
            .sum(),
          [leaf],
        )[0]!;
      };
      const want = gradient(x, w);
      for (const threads of [1, 2]) {
        const got = compile(gradient, { threads })(x, w);
        expect(got.sub(want).abs().max().item() / want.abs().max().item()).toBeLessThan(1e-6);
      }
    }
  });
});

describe("a product is not folded", () => {
  const convolution: Convolution = { images: 4, channels: 8, filters: 5, size: [3, 3], positions: [6, 6] };
  const [w, y] = operands(convolution, "float32") as [Tensor, Tensor];
  const eager = (a: Tensor, b: Tensor): Tensor => imagesOf(convolution, columnsOf(convolution, a, b));

  it("where something else reads it", () => {
    const compiled = compile((a: Tensor, b: Tensor) => {
      const columns = columnsOf(convolution, a, b);
      return [imagesOf(convolution, columns), columns.square().sum()];
    });
    const [got] = compiled(w, y) as [Tensor, Tensor];
    expect(got.sub(eager(w, y)).abs().max().item()).toBeLessThan(1e-5);
    expect(kindsOf(compiled)).toContain("foldWindows");
  });

  it("where it is one of one image", () => {
    const one = { ...convolution, images: 1 };
    const compiled = compile((a: Tensor, b: Tensor) => imagesOf(one, columnsOf(one, a, b)));
    const first = y.slice([0, 1]);
    expect(
      compiled(w, first)
        .sub(imagesOf(one, columnsOf(one, w, first)))
        .abs()
        .max()
        .item(),
    ).toBeLessThan(1e-5);
    expect(kindsOf(compiled)).toEqual(["matmul", "foldWindows"]);
  });

  it("where windows see it in another order", () => {
    const turned = (a: Tensor, b: Tensor): Tensor => imagesOf(convolution, columnsOf(convolution, a, b).flip([0, 2]));
    const compiled = compile(turned);
    expect(compiled(w, y).sub(turned(w, y)).abs().max().item()).toBeLessThan(1e-5);
    expect(kindsOf(compiled)).toEqual(["matmul", "foldWindows"]);
  });

  it.each([{ shape: [5, 36] }, { shape: [4, 5, 36] }])("where all matrices have one right factor: %j", ({ shape }) => {
    const stacked = randn([4, 5, 72], { generator }).transpose();
    const right = randn([5, 36], { generator });
    const fold = (a: Tensor, b: Tensor): Tensor =>
      imagesOf(convolution, a.matmul(b.broadcastTo(shape)).reshape([4, 8, 3, 3, 6, 6]));
    const compiled = compile(fold);
    expect(compiled(stacked, right).sub(fold(stacked, right)).abs().max().item()).toBeLessThan(1e-5);
    expect(kindsOf(compiled)).toEqual(["matmul", "foldWindows"]);
  });
});

it("needs no memory for what is folded, and says what it does", () => {
  const convolution: Convolution = { images: 32, channels: 64, filters: 4, size: [3, 3], positions: [8, 8] };
  const [w, y] = operands(convolution, "float32") as [Tensor, Tensor];
  const compiled = compile((a: Tensor, b: Tensor) => imagesOf(convolution, columnsOf(convolution, a, b)).sum(), {
    threads: 1,
  });
  compiled(w, y);
  const columns = 32 * 64 * 9 * 64;
  const [folded] = compiled.plan!.schedule;
  expect(folded!.operations).toEqual(["matmul", "foldWindows"]);
  expect(folded!.loops.map(({ extent }) => extent)).toEqual([32, 576, 64, 4]);
  expect(folded!.flops).toBe(2 * columns * 4 + columns);
  expect(folded!.bytes).toBe(4 * (w.size + y.size + 32 * 64 * 100));
  expect(compiled.plan!.arenaBytes).toBeLessThan(4 * (w.size + y.size + 32 * 64 * 100) + 2 ** 17);
});
