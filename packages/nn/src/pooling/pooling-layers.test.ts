import { Generator, type Tensor } from "@tapegrad/tensor";
import { NullTracer, symbolicTensor, withTracer } from "@tapegrad/tensor/internal";
import { drawer, errorOf } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import {
  AdaptiveAvgPool1d,
  AdaptiveAvgPool2d,
  AdaptiveAvgPool3d,
  AdaptiveMaxPool1d,
  AdaptiveMaxPool2d,
  AdaptiveMaxPool3d,
  AvgPool1d,
  AvgPool2d,
  AvgPool3d,
  Conv2d,
  ConvTranspose2d,
  FractionalMaxPool2d,
  FractionalMaxPool3d,
  functional as f,
  GlobalAvgPool,
  GlobalMaxPool,
  LPPool1d,
  LPPool2d,
  LPPool3d,
  MaxPool1d,
  MaxPool2d,
  MaxPool3d,
  type Module,
} from "../index.ts";
import * as nn from "../index.ts";

const draw = drawer(5, "float32");
const [line, image, volume] = [draw(2, 3, 9), draw(2, 3, 9, 8), draw(1, 2, 5, 6, 4)];
const settings = { stride: 2, padding: 1, ceilMode: true } as const;

interface Layer extends Module {
  forward(x: Tensor): Tensor;
}

const rows: readonly (readonly [Layer, Tensor, (x: Tensor) => Tensor, string])[] = [
  [new MaxPool1d(3, settings), line, (x) => f.maxPool1d(x, 3, settings), "size=3, stride=2, padding=1, ceilMode=true"],
  [new MaxPool2d([3, 2]), image, (x) => f.maxPool2d(x, [3, 2]), "size=[3, 2]"],
  [new MaxPool2d(2, { dilation: 2 }), image, (x) => f.maxPool2d(x, 2, { dilation: 2 }), "size=2, dilation=2"],
  [new MaxPool3d(2), volume, (x) => f.maxPool3d(x, 2), "size=2"],
  [new AvgPool1d(3, settings), line, (x) => f.avgPool1d(x, 3, settings), "size=3, stride=2, padding=1, ceilMode=true"],
  [
    new AvgPool2d(3, { padding: 1, countIncludePad: false }),
    image,
    (x) => f.avgPool2d(x, 3, { padding: 1, countIncludePad: false }),
    "size=3, padding=1, countIncludePad=false",
  ],
  [new AvgPool3d(2), volume, (x) => f.avgPool3d(x, 2), "size=2"],
  [new AdaptiveAvgPool1d(4), line, (x) => f.adaptiveAvgPool1d(x, 4), "4"],
  [new AdaptiveAvgPool2d([4, null]), image, (x) => f.adaptiveAvgPool2d(x, [4, null]), "[4, null]"],
  [new AdaptiveAvgPool3d(2), volume, (x) => f.adaptiveAvgPool3d(x, 2), "2"],
  [new AdaptiveMaxPool1d(4), line, (x) => f.adaptiveMaxPool1d(x, 4), "4"],
  [new AdaptiveMaxPool2d([2, 3]), image, (x) => f.adaptiveMaxPool2d(x, [2, 3]), "[2, 3]"],
  [new AdaptiveMaxPool3d(2), volume, (x) => f.adaptiveMaxPool3d(x, 2), "2"],
  [new GlobalAvgPool({ keepDims: true }), image, (x) => f.globalAvgPool(x, { keepDims: true }), "keepDims=true"],
  [new GlobalMaxPool(), image, (x) => f.globalMaxPool(x), ""],
  [new LPPool1d(2, 3, { stride: 2 }), line, (x) => f.lpPool1d(x, 2, 3, { stride: 2 }), "2, size=3, stride=2"],
  [new LPPool2d(2, [2, 3]), image, (x) => f.lpPool2d(x, 2, [2, 3]), "2, size=[2, 3]"],
  [new LPPool3d(1, 2, { ceilMode: true }), volume, (x) => f.lpPool3d(x, 1, 2, { ceilMode: true }), "1, size=2, ceilMode=true"], // prettier-ignore
  [
    new FractionalMaxPool2d(2, { outputSize: 3, generator: new Generator(3) }),
    image,
    (x) => f.fractionalMaxPool2d(x, 2, { outputSize: 3, generator: new Generator(3) }),
    "size=2, outputSize=3",
  ],
  [
    new FractionalMaxPool3d(2, { outputRatio: 0.5, generator: new Generator(3) }),
    volume,
    (x) => f.fractionalMaxPool3d(x, 2, { outputRatio: 0.5, generator: new Generator(3) }),
    "size=2, outputRatio=0.5",
  ],
];

describe("pooling layers", () => {
  it("have a row each", () => {
    const tested = new Set(rows.map(([layer]) => layer.constructor.name));
    expect(Object.keys(nn).filter((name) => name.includes("Pool") && !tested.has(name))).toEqual([]);
  });

  it.each(rows)("call their functions with their options: %#", (layer, x, call, details) => {
    expect(layer.forward(x).toArray()).toEqual(call(x).toArray());
    expect(layer.details()).toBe(details);
    expect(Object.keys(layer.stateDict())).toEqual([]);
  });

  it.each<readonly [() => unknown, string]>([
    [() => new MaxPool2d(0), "ValueError: MaxPool2d: expected size to be a whole number ≥ 1, or 2 of them, got 0."],
    [() => new MaxPool2d(2, { padding: 2 }), "ValueError: MaxPool2d: expected padding of at most half a window [2, 2], got 2."],
    [() => new MaxPool1d(2, { ceil: true } as object), 'ValueError: MaxPool1d: expected options stride, padding, ceilMode, dilation, got "ceil".'],
    [() => new AvgPool2d(2, { stride: 0.5 }), "ValueError: AvgPool2d: expected stride to be a whole number ≥ 1, or 2 of them, got 0.5."],
    [() => new AvgPool2d(2, { dilation: 2 } as object), 'ValueError: AvgPool2d: expected options stride, padding, ceilMode, countIncludePad, divisor, got "dilation".'],
    [() => new AdaptiveAvgPool2d([1, 0]), "ValueError: AdaptiveAvgPool2d: expected outputSize to be a whole number ≥ 1 or null, or 2 of them, got [1, 0]."],
    [() => new GlobalAvgPool({ keepDim: true } as object), 'ValueError: GlobalAvgPool: expected options keepDims, got "keepDim". Did you mean "keepDims"?'],
  ])("error %#", (run, message) => {
    expect(errorOf(run)).toBe(message);
  }); // prettier-ignore
});

describe("windows without values", () => {
  const layers: readonly (readonly [Layer, Tensor])[] = [
    ...rows.map(([layer, x]) => [layer, x] as const),
    [new Conv2d(3, 4, 3, { padding: 1, paddingMode: "reflect" }), image],
    [new ConvTranspose2d(3, 4, 3, { stride: 2, padding: 1 }), image],
  ];

  it.each(layers)("are traced without reading any: %#", (layer, x) => {
    const expected = layer.forward(x).shape;
    const y = withTracer(new NullTracer(), () => layer.forward(symbolicTensor(x)));
    expect(y.shape).toEqual(expected);
    expect(y.storage.data).toBeUndefined();
  });
});
