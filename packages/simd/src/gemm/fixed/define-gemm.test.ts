import { describe, expect, it } from "vitest";
import {
  checkProduct as check,
  fillOperands as fill,
  matrixOf as matrix,
  tolerance,
} from "../../../test/check-product.ts";
import { instantiateGemm, referenceSum } from "../../../test/run-gemm-spec.ts";
import { FunctionLibrary } from "../../assembler/function-library.ts";
import { ModuleBuilder } from "../../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../../assembler/ops/float-vector.ts";
import { i32 } from "../../assembler/ops/i32.ts";
import { i32x4 } from "../../assembler/ops/integer-vector.ts";
import { detectFeatures } from "../../features/detect-features.ts";
import { defineGemm } from "./define-gemm.ts";
import { gemmScratchBytes } from "./gemm-plan.ts";
import type { AffineMatrix, GemmSpec } from "./gemm-spec.ts";
import { loadLanes } from "../partial-vector.ts";

const engines = detectFeatures().relaxedSimd ? [false, true] : [false];
const variants = (["float32", "float64"] as const).flatMap((dtype) => engines.map((fma) => ({ dtype, fma })));
const layouts = [false, true].flatMap((ta) => [false, true].map((tb) => ({ ta, tb })));

describe.each(variants)("defineGemm, $dtype, fma: $fma", ({ dtype, fma }) => {
  const strided = (m: number, n: number, k: number, { ta, tb }: { ta: boolean; tb: boolean }, gap = 0): GemmSpec => ({
    dtype,
    fma,
    m,
    n,
    k,
    a: matrix(m, k, ta, gap),
    b: matrix(k, n, tb, gap),
    c: { rowStride: n + gap },
  });

  it.each(layouts)("all small edges, %o", (layout) => {
    for (const m of [1, 2, 3, 4, 5, 7, 9, 13]) {
      for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 14, 16, 23]) {
        for (const k of [1, 3, 4, 9]) {
          check(strided(m, n, k, layout, (m + n) % 3), m, [(m + n + k) % 2 === 0 ? "a" : "b"]);
        }
      }
    }
  });

  it("few rows and columns along K", () => {
    for (const [m, k] of [
      [1, 32],
      [2, 33],
      [9, 34],
      [32, 47],
      [3, 784],
      [5, 1027],
    ] as const) {
      for (const n of [1, 2, 3, 4, 5, 6, 7, 10, 20]) {
        check(strided(m, n, k, { ta: false, tb: true }, n % 2), 3);
        check({ ...strided(m, n, k, { ta: false, tb: true }), accumulateInto: true });
      }
    }
  });

  it.each(layouts)("blocks of K, packed operands, %o", (layout) => {
    for (const [m, n, k] of [
      [33, 65, 63],
      [17, 70, 300],
      [31, 29, 257],
      [66, 40, 1000],
      [1, 300, 700],
      [300, 1, 513],
      [13, 1050, 70],
      [530, 17, 280],
    ] as const) {
      check(strided(m, n, k, layout));
      check({ ...strided(m, n, k, layout, 3), accumulateInto: true }, 7);
    }
  });

  it("convolution: output, input gradient and weight gradient from the images themselves", () => {
    const [images, channels, filters, height, width, kernel] = [3, 2, 5, 9, 11, 4] as const;
    const [ho, wo] = [height - kernel + 1, width - kernel + 1];
    const windows: AffineMatrix = {
      rows: [
        { size: images, stride: channels * height * width },
        { size: ho, stride: width },
        { size: wo, stride: 1 },
      ],
      columns: [
        { size: channels, stride: height * width },
        { size: kernel, stride: width },
        { size: kernel, stride: 1 },
      ],
    };
    const turned: AffineMatrix = { rows: windows.columns, columns: windows.rows };
    const [pixels, taps] = [images * ho * wo, channels * kernel * kernel];
    const flipped: AffineMatrix = {
      rows: turned.rows.map((d) => ({ ...d, stride: -d.stride })),
      columns: turned.columns,
    };
    const gradient: AffineMatrix = {
      rows: [{ size: filters, stride: ho * wo }],
      columns: [
        { size: images, stride: filters * ho * wo },
        { size: ho * wo, stride: 1 },
      ],
    };
    const common = { dtype, fma };
    const weight = { rowStride: 1, columnStride: taps };
    check({ ...common, m: pixels, n: filters, k: taps, a: windows, b: weight, c: { rowStride: filters } }, 40);
    const filter = { rowStride: taps, columnStride: 1 };
    check({ ...common, m: filters, n: pixels, k: taps, a: filter, b: turned, c: { rowStride: pixels } }, 3);
    check({ ...common, m: filters, n: pixels, k: taps, a: filter, b: flipped, c: { rowStride: pixels + 2 } });
    check({ ...common, m: filters, n: taps, k: pixels, a: gradient, b: windows, c: { rowStride: taps } }, 2);
    check({ ...common, m: taps, n: taps, k: pixels, a: turned, b: windows, c: { rowStride: taps } }, 5);
  });

  it("broadcast and reversed operands", () => {
    for (const [rowStride, columnStride] of [
      [0, 1],
      [1, 0],
      [0, 0],
      [-7, 1],
      [7, -1],
      [-1, -9],
    ] as const) {
      const other = { rowStride: 7, columnStride: 1 };
      check({ dtype, fma, m: 9, n: 7, k: 7, a: { rowStride, columnStride }, b: other, c: { rowStride: 7 } });
      check({ dtype, fma, m: 9, n: 7, k: 7, a: other, b: { rowStride, columnStride }, c: { rowStride: 7 } });
    }
    const zero = { rowStride: 0, columnStride: 0 };
    check({ dtype, fma, m: 5, n: 1, k: 7, a: zero, b: { rowStride: 0, columnStride: 1 }, c: { rowStride: 1 } });
  });

  it("applies the epilogue once, after all blocks of K", () => {
    const shape = dtype === "float32" ? f32x4 : f64x2;
    const size = dtype === "float32" ? 4 : 8;
    for (const [m, n, k] of [
      [5, 11, 3],
      [14, 9, 600],
    ] as const) {
      for (const accumulateInto of [false, true]) {
        const plain = { ...strided(m, n, k, { ta: false, tb: true }), accumulateInto };
        const spec: GemmSpec = {
          ...plain,
          // relu(2 · value + row + bias[column]), where the bias is the first row of A.
          epilogue: (f, { value, lanes, row, column, argument }) => {
            const address = f.let(i32.add(argument, i32.mul(column, size)));
            const bias = loadLanes(address, { lanes, size });
            const convert = shape === f32x4 ? f32x4.convertI32x4S : f64x2.convertLowI32x4S;
            const index = f.let(row);
            const rows = Array.from({ length: 4 }, () => index);
            const splat = rows.reduce((v, x, lane) => i32x4.replaceLane(v, lane, x), i32x4.splat(0));
            const sum = shape.add(shape.add(shape.mul(value, shape.const(2)), convert(splat)), bias);
            return shape.max(sum, shape.const(0));
          },
        };
        const run = instantiateGemm(spec, "b");
        fill(run, 5);
        run.multiply(0, m, run.a.byteOffset);
        const reference = referenceSum(spec, run);
        for (let cell = 0; cell < m * n; cell++) {
          const [row, column] = [Math.floor(cell / n), cell % n];
          const { sum, magnitude } = reference(row, column);
          const value = 2 * (sum + (accumulateInto ? 0.5 : 0)) + row + run.a[column]!;
          const error = Math.abs(run.c[cell]! - Math.max(0, value)) / (magnitude + row + 1);
          expect(error).toBeLessThan(tolerance[dtype]);
        }
      }
    }
  });

  it.each(layouts)("computes rows with the same bits however they are split, %o", (layout) => {
    for (const [m, n, k] of [
      [29, 23, 300],
      [64, 32, 32],
      [33, 10, 784],
      [600, 65, 270],
    ] as const) {
      const spec = strided(m, n, k, layout);
      const run = instantiateGemm(spec, "a");
      fill(run, 3);
      run.multiply(0, m);
      const whole = run.c.slice();
      for (const chunk of [1, 2, 5, 8, 12, 24]) {
        run.c.fill(Number.NaN);
        for (let row = 0; row < m; row += chunk) run.multiply(row, Math.min(m, row + chunk));
        expect(run.c).toEqual(whole);
      }
    }
  });

  it("keeps NaN and infinities in their rows and columns", () => {
    const spec = strided(9, 11, 70, { ta: false, tb: false });
    const run = instantiateGemm(spec, "b");
    run.a.fill(0.5);
    run.b.fill(0.25);
    run.a[8 * 70 + 69] = Infinity;
    run.b[69 * 11] = Number.NaN;
    run.multiply(0, 9);
    run.c.forEach((value, cell) => {
      expect(value).toBe(cell % 11 === 0 ? Number.NaN : cell >= 88 ? Infinity : 8.75);
    });
  });

  it("empty products", () => {
    check(strided(3, 5, 0, { ta: false, tb: false }));
    check(strided(0, 5, 3, { ta: false, tb: false }));
    check(strided(3, 0, 3, { ta: true, tb: false }));
  });
});

describe("defineGemm", () => {
  it("works as its documentation shows", () => {
    const matrix = { rowStride: 2, columnStride: 1 };
    const sizes = { dtype: "float32", m: 2, n: 2, k: 2, fma: false } as const;
    const module = new ModuleBuilder();
    module.memory({ initial: 1 });
    module.exportMemory("memory");
    module.exportFunction(defineGemm(module, { ...sizes, a: matrix, b: matrix, c: { rowStride: 2 } }), "multiply");
    const { exports } = new WebAssembly.Instance(module.compile());
    const memory = new Float32Array((exports["memory"] as WebAssembly.Memory).buffer);
    memory.set([1, 2, 3, 4, 5, 6, 7, 8]);
    (exports["multiply"] as (...args: number[]) => void)(0, 16, 32, 48, 0, 2, 0);
    expect(memory.slice(8, 12)).toEqual(Float32Array.of(19, 22, 43, 50));
  });

  const spec: GemmSpec = {
    dtype: "float32",
    fma: false,
    m: 2,
    n: 3,
    k: 4,
    a: matrix(2, 4, false),
    b: matrix(4, 3, false),
    c: { rowStride: 3 },
  };

  it.each<[Partial<GemmSpec>, string]>([
    [{ m: -1 }, "defineGemm: expected m to be an integer of at least 0, got -1."],
    [{ k: 1.5 }, "defineGemm: expected k to be an integer of at least 0, got 1.5."],
    [{ c: { rowStride: 2 } }, "defineGemm: expected c.rowStride to be an integer of at least 3, got 2."],
    [{ a: { rowStride: 0.5, columnStride: 1 } }, "defineGemm: expected a.rowStride to be an integer, got 0.5."],
    [
      { b: { rows: [{ size: 3, stride: 1 }], columns: [{ size: 3, stride: 4 }] } },
      "defineGemm: expected b.rows to count 4 indices, got 3.",
    ],
  ])("refuses case %#", (changes, message) => {
    const module = new ModuleBuilder();
    module.memory({ initial: 1 });
    expect(() => defineGemm(module, { ...spec, ...changes })).toThrow(message);
  });

  it("needs no scratch memory where nothing is packed", () => {
    expect(gemmScratchBytes(spec)).toBe(0);
    expect(
      gemmScratchBytes({
        ...spec,
        m: 64,
        n: 64,
        k: 600,
        a: matrix(64, 600, false),
        b: matrix(600, 64, true),
        c: { rowStride: 64 },
      }),
    ).toBeGreaterThan(0);
  });

  it("shares tiles with products of other heights whose rows leave the same tile at the end", () => {
    const library = new FunctionLibrary(2 ** 20);
    const made = (m: number): number => {
      const before = library.size;
      const module = new ModuleBuilder(library);
      module.memory({ initial: 1 });
      defineGemm(module, { ...spec, m, n: 8, a: matrix(m, 4, false), b: matrix(4, 8, false), c: { rowStride: 8 } });
      return library.size - before;
    };
    // Tiles have four rows; one row that is left needs no tile of its own.
    expect([48, 49, 50, 62, 51, 63, 49].map(made)).toEqual([1, 0, 1, 0, 1, 0, 0]);
  });
});
