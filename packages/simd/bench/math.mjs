// Median speed of the elementary functions on one core, on data in the first cache, in millions of elements per second.
// Build first (`pnpm build`), then: node packages/simd/bench/math.mjs
import { call, mathFunctions, ModuleBuilder, v128 } from "../dist/index.js";

const samples = 31;
const bytes = 8192;
const ranges = { log: [0.01, 20], log1p: [-0.9, 20], pow: [0.01, 20] };

/** A loop that applies a function to `bytes` of each argument, by calls or with its code in the loop. */
function instantiate(row, shape, isInline) {
  const module = new ModuleBuilder();
  module.memory({ initial: 1 });
  module.exportMemory("memory");
  const callee = row[shape](module);
  const names = Object.keys(callee.signature.params);
  const run = module.function("run", { params: { times: "i32" }, result: "void" }, (f, { times }) => {
    f.for({ to: times }, () => {
      f.for({ to: bytes, step: 16 }, (at) => {
        const args = Object.fromEntries(names.map((name, i) => [name, v128.load(at, { offset: i * bytes })]));
        const result = isInline ? row.inline[shape](module, f, args) : call(callee, args);
        f.store("v128", at, result, { offset: 2 * bytes });
      });
    });
  });
  module.exportFunction(run);
  return new WebAssembly.Instance(module.compile()).exports;
}

function speed(name, shape, isInline) {
  const { run, memory } = instantiate(mathFunctions[name], shape, isInline);
  const Type = shape === "f32x4" ? Float32Array : Float64Array;
  const count = bytes / Type.BYTES_PER_ELEMENT;
  const [from, to] = ranges[name] ?? [-5, 5];
  // Multiples of the golden section, modulo 1, lie evenly at every length.
  const x = Type.from({ length: count }, (_, i) => from + (to - from) * ((i * 0.6180339887) % 1));
  new Type(memory.buffer, 0, count).set(x);
  new Type(memory.buffer, bytes, count).fill(1.7);
  const times = 50;
  for (const begin = performance.now(); performance.now() - begin < 300;) run(times);
  const elapsed = Array.from({ length: samples }, () => {
    const start = performance.now();
    run(times);
    return performance.now() - start;
  });
  elapsed.sort((a, b) => a - b);
  return (count * times) / elapsed[samples >> 1] / 1000;
}

function mathSpeed(name) {
  const [from, to] = ranges[name] ?? [-5, 5];
  const f = Math[name];
  if (f === undefined || name === "pow") return undefined;
  const x = Float32Array.from({ length: 2048 }, (_, i) => from + (to - from) * ((i * 0.6180339887) % 1));
  const out = new Float32Array(2048);
  const run = () => {
    for (let i = 0; i < 2048; i++) out[i] = f(x[i]);
  };
  for (const begin = performance.now(); performance.now() - begin < 100;) run();
  const start = performance.now();
  for (let i = 0; i < 500; i++) run();
  return (2048 * 500) / (performance.now() - start) / 1000;
}

const columns = ["f32x4", "f32x4 inline", "f64x2", "f64x2 inline", "Math"];
const { node, v8 } = globalThis.process?.versions ?? {};
console.log(`Node ${node}, V8 ${v8}`);
console.log("M elements/s".padEnd(14) + columns.map((column) => column.padStart(14)).join(""));
for (const name of Object.keys(mathFunctions)) {
  const values = [
    ...["f32x4", "f64x2"].flatMap((shape) => [speed(name, shape, false), speed(name, shape, true)]),
    mathSpeed(name),
  ];
  console.log(name.padEnd(14) + values.map((value) => (value?.toFixed(0) ?? "").padStart(14)).join(""));
}
