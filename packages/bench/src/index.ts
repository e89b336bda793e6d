import { gemm } from "@tapegrad/simd";
import process from "node:process";
import { measure } from "./measure.ts";
import { trainingCases } from "./training-steps.ts";

console.log(`Node ${process.version}, one core, eager; median [10 %, 90 %]`);
for (const { name, build } of trainingCases) {
  const { median, low, high } = measure(build());
  console.log(`${name.padEnd(30)} ${median.toFixed(3)} ms [${low.toFixed(3)}, ${high.toFixed(3)}]`);
}
for (const n of [64, 128, 256, 512]) {
  const [a, b, out] = [0, 1, 2].map(() => Float32Array.from({ length: n * n }, (_, i) => (i % 13) - 6));
  if (a === undefined || b === undefined || out === undefined) break;
  const repeats = Math.ceil((256 / n) ** 3);
  const { median } = measure(() => gemm({ m: n, n, k: n, a, b, out }), { warmUp: 20 * repeats, samples: 20, repeats });
  const rate = (2 * n ** 3) / median / 1e6;
  console.log(`${`matmul ${n}³ float32`.padEnd(30)} ${median.toFixed(3)} ms, ${rate.toFixed(1)} GFLOP/s`);
}
