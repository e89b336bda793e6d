import "@tapegrad/autograd";
import process from "node:process";
import { programOf } from "./ours/program-of.ts";
import { rows } from "./rows/rows.ts";

// Trains for 20,000 steps and watches the memory: a leak would show as a slope.
const steps = 20_000;
const megabyte = 2 ** 20;
const row = rows.find((row) => row.kind === "mlp");
if (row === undefined || globalThis.gc === undefined) throw new Error("soak: run with node --expose-gc.");
const { run, inputs } = programOf(row);
const levels: number[] = [];
for (let i = 1; i <= steps; i++) {
  run(...inputs);
  if (i % 2000 !== 0) continue;
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  levels.push(heapUsed + arrayBuffers);
  console.log(`step ${i}: ${((heapUsed + arrayBuffers) / megabyte).toFixed(2)} MB live`);
}
// Buffers are freed some time after the collection, so the lowest levels tell.
const half = levels.length / 2;
const growth = (Math.min(...levels.slice(half)) - Math.min(...levels.slice(0, half))) / megabyte;
console.log(`growth of the lowest level from the first to the second half: ${growth.toFixed(2)} MB`);
process.exitCode = growth < 1 ? 0 : 1;
