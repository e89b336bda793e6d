import { beforeAll, describe, expect, it } from "vitest";
import { Generator, randint, randn, type Tensor } from "../index.ts";
import { apply, fromData } from "../internal.ts";
import { useReference } from "./kernels.ts";

beforeAll(() => useReference(false));

const window = { axes: [2, 3], size: [3, 2], stride: [2, 1], dilation: [1, 2] };

/** What moves elements, for a tensor of the shape [b, c, h, w] whose extents are at least 5. */
const moves: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  permute: (x) => apply("permute", [x], { axes: [2, 0, 3, 1] })[0],
  "permute of the last two": (x) => apply("permute", [x], { axes: [0, 1, 3, 2] })[0],
  "permute of neighbours": (x) => apply("permute", [x], { axes: [0, 2, 1, 3] })[0],
  broadcastTo: (x) => apply("broadcastTo", [x.slice([], [], [0, 1])], { shape: x.shape })[0],
  "broadcastTo of one column": (x) => apply("broadcastTo", [x.slice([], [], [], [0, 1])], { shape: x.shape })[0],
  slice: (x) => x.slice([1, 5], [], [2, 4], [1, 4]),
  "slice by steps": (x) => apply("slice", [x], { start: [0, 1, 0, 1], size: [3, 2, 3, 2], step: [1, 2, 2, 2] })[0],
  flip: (x) => x.flip([1, 3]),
  pad: (x) =>
    x.pad(
      [
        [1, 0],
        [0, 2],
        [1, 1],
        [2, 0],
      ],
      { value: 7 },
    ),
  "pad with gaps": (x) =>
    apply("pad", [x], { low: [0, 1, 0, 2], high: [0, 0, 1, 1], interior: [0, 1, 0, 2], value: 0 })[0],
  windows: (x) => apply("windows", [x], window)[0],
};

/** Vitest takes minutes to compare millions of elements. */
function expectSame(x: Tensor, expected: Tensor): void {
  expect(x.shape).toEqual(expected.shape);
  expect(x.data.findIndex((element, i) => !Object.is(element, expected.data[i]))).toBe(-1);
}

const shapes = [
  [5, 5, 5, 5],
  [6, 8, 9, 17],
  [5, 5, 6, 140],
  [20, 12, 21, 23],
];

/** Copies of float32 and int32, which kernels make where there are many elements, hold those of float64 and bool, which a plain loop makes. */
describe.each(shapes)("a tensor of [%d, %d, %d, %d]", (...shape) => {
  const x = randn(shape, { generator: new Generator(1) });

  it.each(Object.entries(moves))("is copied alike in all dtypes: %s", (_, move) => {
    const expected = move(x.to("float64"));
    expectSame(move(x), expected.to("float32"));
    const whole = x.mul(1000).to("int32");
    expectSame(move(whole), move(whole.to("float64")).to("int32"));
    const flags = x.gt(0);
    const moved = move(flags.to("float64")).ne(0);
    expectSame(move(flags).ne(0), moved); // which pads to int32
  });

  it("has windows added alike", () => {
    const [seen] = apply("windows", [x], window);
    const attrs = { ...window, shape };
    const [expected] = apply("foldWindows", [seen.to("float64")], attrs);
    expectSame(apply("foldWindows", [seen], attrs)[0], expected.to("float32"));
  });

  it.each([0, 1, 2, 3])("is indexed alike along axis %d", (axis) => {
    const extents = shape.map((extent, a) => (a === axis ? 2 * extent : extent - (a % 2)));
    const index = randint(0, shape[axis]!, extents, { generator: new Generator(2) });
    const src = randn(extents, { generator: new Generator(3) });
    const gathered = x.to("float64").gather(axis, index);
    expectSame(x.gather(axis, index), gathered.to("float32"));
    const added = x.to("float64").scatterAdd(axis, index, src.to("float64"));
    expectSame(x.scatterAdd(axis, index, src), added.to("float32"));
  });

  it.each([0, 1, 2, 3])("has the same extremes along axis %d", (axis) => {
    const few = x.mul(2).round();
    const special = few.data.map((value, i) => (i % 97 === 5 ? Number.NaN : value));
    for (const t of [few, fromData(special, shape, "float32")]) {
      expectSame(t.argmax({ axis }), t.to("float64").argmax({ axis }));
      expectSame(t.argmin({ axis }), t.to("float64").argmin({ axis }));
    }
  });
});
