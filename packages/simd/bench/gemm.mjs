// Median speed of square products on one core, copies from and to JavaScript's arrays included.
// Build first (`pnpm build`), then: node packages/simd/bench/gemm.mjs
import { detectFeatures, gemm } from "../dist/index.js";

const sizes = [64, 128, 256, 512];
const samples = 31;

/** Median milliseconds of one call after a warm-up, each sample about as long as a product of 256³. */
function medianTime(run, repeats) {
  for (const begin = performance.now(); performance.now() - begin < 300;) run();
  const times = Array.from({ length: samples }, () => {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) run();
    return (performance.now() - start) / repeats;
  });
  times.sort((x, y) => x - y);
  return times[samples >> 1];
}

function speed(Type, n, deterministic) {
  const a = Type.from({ length: n * n }, (_, i) => Math.sin(i));
  const b = Type.from({ length: n * n }, (_, i) => Math.cos(i));
  const out = new Type(n * n);
  const repeats = Math.max(1, Math.round((256 / n) ** 3));
  const time = medianTime(() => gemm({ m: n, n, k: n, a, b, out, deterministic }), repeats);
  return (2 * n ** 3) / time / 1e6;
}

const engine = globalThis.process?.versions ?? {};
const features = Object.entries(detectFeatures())
  .filter(([, has]) => has)
  .map(([name]) => name);
console.log(`Node ${engine.node}, V8 ${engine.v8}: ${features.join(", ")}`);
console.log(["GFLOP/s".padEnd(22), ...sizes.map((n) => `${n}³`.padStart(7))].join(""));
for (const Type of [Float32Array, Float64Array]) {
  for (const deterministic of [false, true]) {
    const label = `${Type === Float32Array ? "f32" : "f64"}${deterministic ? " deterministic" : ""}`;
    const row = sizes.map((n) => speed(Type, n, deterministic).toFixed(1).padStart(7));
    console.log([label.padEnd(22), ...row].join(""));
  }
}
