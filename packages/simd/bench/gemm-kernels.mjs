// Median speed of products of fixed sizes on one core, inside one WebAssembly memory.
// Build first (`pnpm build`), then: node packages/simd/bench/gemm-kernels.mjs [part of a name]
import { defineGemm, detectFeatures, gemmScratchBytes, i32, ModuleBuilder } from "../dist/index.js";

const plain = (rows, columns) => ({ rowStride: columns, columnStride: 1 });
const turned = (rows) => ({ rowStride: 1, columnStride: rows });

function dense(m, k, n, { ta = false, tb = false, batch = 1 } = {}) {
  const name = `[${m}×${k}]${ta ? "ᵀ" : ""}·[${k}×${n}]${tb ? "ᵀ" : ""}${batch > 1 ? ` ×${batch}` : ""}`;
  return { name, m, n, k, batch, a: ta ? turned(m) : plain(m, k), b: tb ? turned(k) : plain(k, n) };
}

/** A convolution of padded images, image by image: output, weight gradient, and windows as the left operand. */
function convolution(images, channels, size, kernel, filters) {
  const out = size - kernel + 1;
  const pixels = [
    { size: out, stride: size },
    { size: out, stride: 1 },
  ];
  const taps = [
    { size: channels, stride: size * size },
    { size: kernel, stride: size },
    { size: kernel, stride: 1 },
  ];
  const label = `conv${kernel} ${channels}→${filters}, ${out}²`;
  const count = channels * kernel * kernel;
  const image = { size: images, stride: channels * size * size };
  return [
    {
      ...{ name: `${label}: filters·windows`, m: filters, k: count, n: out * out, batch: images },
      ...{ a: plain(filters, count), b: { rows: taps, columns: pixels } },
      strides: [0, channels * size * size, filters * out * out],
    },
    {
      ...{ name: `${label}: windows·filtersᵀ`, m: images * out * out, k: count, n: filters },
      ...{ a: { rows: [image, ...pixels], columns: taps }, b: turned(count) },
    },
    {
      ...{ name: `${label}: weight gradient`, m: filters, k: images * out * out, n: count },
      b: { rows: [image, ...pixels], columns: taps },
      a: {
        rows: [{ size: filters, stride: out * out }],
        columns: [
          { size: images, stride: filters * out * out },
          { size: out * out, stride: 1 },
        ],
      },
    },
  ];
}

const cases = [
  dense(32, 10, 64, { tb: true }),
  dense(32, 64, 32, { tb: true }),
  dense(32, 64, 32),
  dense(32, 32, 64),
  dense(64, 32, 32, { ta: true }),
  dense(32, 32, 10, { tb: true }),
  dense(10, 32, 32, { ta: true }),
  dense(32, 32, 1, { tb: true }),
  dense(32, 784, 64, { tb: true }),
  dense(64, 32, 784, { ta: true }),
  dense(128, 784, 64, { tb: true }),
  dense(64, 128, 784, { ta: true }),
  dense(1, 784, 64, { tb: true }),
  dense(128, 784, 512, { tb: true }),
  dense(128, 512, 784),
  dense(512, 128, 784, { ta: true }),
  dense(128, 512, 512, { tb: true }),
  dense(64, 16, 64, { tb: true, batch: 64 }),
  dense(64, 64, 16, { batch: 64 }),
  dense(1024, 64, 64, { tb: true }),
  dense(64, 1024, 64, { ta: true }),
  dense(512, 512, 512),
  dense(512, 512, 512, { tb: true }),
  dense(512, 512, 512, { ta: true }),
  dense(1024, 1024, 1024),
  ...convolution(32, 1, 28, 5, 20),
  ...convolution(32, 20, 12, 5, 50),
];

const extent = (digits) => digits.reduce((sum, { size, stride }) => sum + (size - 1) * stride, 0);
function elements(matrix, rows, columns) {
  if ("rows" in matrix) return extent(matrix.rows) + extent(matrix.columns) + 1;
  return (rows - 1) * matrix.rowStride + (columns - 1) * matrix.columnStride + 1;
}

/** Gives a function that runs a case `repeats` times. */
function build({ m, n, k, a, b, batch = 1, strides }, dtype, fma) {
  const size = dtype === "float32" ? 4 : 8;
  const Type = dtype === "float32" ? Float32Array : Float64Array;
  const spec = { dtype, m, n, k, a, b, c: { rowStride: n }, fma };
  const steps = strides ?? [elements(a, m, k), elements(b, k, n), m * n];
  const align = (bytes) => Math.ceil(bytes / 64) * 64;
  const aAt = 64;
  const bAt = aAt + align(size * (elements(a, m, k) + (batch - 1) * steps[0]));
  const cAt = bAt + align(size * (elements(b, k, n) + (batch - 1) * steps[1]));
  const scratch = cAt + align(size * batch * m * n);
  const pages = Math.ceil((scratch + gemmScratchBytes(spec)) / 65536);
  const module = new ModuleBuilder();
  module.memory({ initial: pages });
  module.exportMemory("memory");
  const gemm = defineGemm(module, spec);
  const run = module.function("run", { params: { repeats: "i32" }, result: "void" }, (f, { repeats }) => {
    f.for({ to: repeats }, () => {
      const [x, y, z] = [f.local("i32", aAt), f.local("i32", bAt), f.local("i32", cAt)];
      f.for({ to: batch }, () => {
        f.call(gemm, { a: x, b: y, c: z, scratch, rowStart: 0, rowEnd: m, argument: 0 });
        [x, y, z].forEach((address, i) => f.set(address, i32.add(address, steps[i] * size)));
      });
    });
  });
  module.exportFunction(run);
  const { exports } = new WebAssembly.Instance(module.compile());
  new Type(exports.memory.buffer, aAt, (cAt - aAt) / size).forEach((_, i, array) => (array[i] = Math.sin(i)));
  return exports.run;
}

function speed(test, dtype, fma) {
  const run = build(test, dtype, fma);
  const flops = 2 * test.m * test.n * test.k * (test.batch ?? 1);
  const repeats = Math.max(1, Math.round(2e7 / flops));
  for (const begin = performance.now(); performance.now() - begin < 120;) run(repeats);
  const times = Array.from({ length: 25 }, () => {
    const start = performance.now();
    run(repeats);
    return (performance.now() - start) / repeats;
  });
  times.sort((x, y) => x - y);
  return [flops / times[12] / 1e6, times[12] * 1e3];
}

const filter = process.argv[2] ?? "";
const { relaxedSimd } = detectFeatures();
const modes = ["float32", "float64"].flatMap((dtype) =>
  (relaxedSimd ? [false, true] : [false]).map((fma) => [dtype, fma]),
);
console.log(`Node ${process.versions.node}, V8 ${process.versions.v8}; GFLOP/s (µs)`);
console.log(["".padEnd(34), ...modes.map(([dtype, fma]) => `${dtype}${fma ? " fma" : ""}`.padStart(19))].join(""));
for (const test of cases.filter(({ name }) => name.includes(filter))) {
  const cells = modes.map(([dtype, fma]) => {
    const [rate, time] = speed(test, dtype, fma);
    return `${rate.toFixed(1).padStart(8)}${`(${time.toFixed(1)})`.padStart(11)}`;
  });
  console.log([test.name.padEnd(34), ...cells].join(""));
}
