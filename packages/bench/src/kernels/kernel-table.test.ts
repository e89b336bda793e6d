import type { KernelSummary } from "@tapegrad/compile";
import { expect, it } from "vitest";
import { type Ceilings, CeilingMeter, rooflineTime } from "./ceilings.ts";
import { kernelTable } from "./kernel-table.ts";

const ceilings: Ceilings = {
  flops: 1e6, // 1 GFLOP/s
  bandwidths: [
    { upTo: 1000, bytes: 1e6 },
    { upTo: Infinity, bytes: 1e5 },
  ],
};

const kernel = (flops: number, bytes: number, extent: number): KernelSummary => ({
  kind: "loop",
  loops: [
    { extent, reduced: false, lanes: true },
    { extent: 8, reduced: true, lanes: false },
  ],
  operations: ["mul", "sum"],
  reads: [],
  writes: [],
  flops,
  bytes,
});

it("has the time of the operations or of the bytes, whichever is longer", () => {
  expect(rooflineTime(ceilings, { flops: 2000, bytes: 1000 })).toBe(2e-3);
  expect(rooflineTime(ceilings, { flops: 2000, bytes: 10_000 })).toBe(0.1);
});

it("joins equal kernels, and puts those first that take longest", () => {
  const timed = [
    { kernel: kernel(1000, 100, 4), time: 0.002 },
    { kernel: kernel(1000, 100, 5), time: 0.016 },
    { kernel: kernel(1000, 100, 4), time: 0.002 },
  ];
  const text = kernelTable(timed, ceilings);
  expect(text).toContain("3 kernels, 0.0200 ms; at the roofline 0.00300 ms, 15 %.");
  const rows = text.split("\n").slice(4).map((line) => line.split("|").map((cell) => cell.trim()).slice(1, -1)); // prettier-ignore
  expect(rows).toEqual([
    ["loop 5* over 8", "1", "1", "16.0", "80 %", "0.0625", "0.00625", "6.3 %", "75 %", "mul sum"],
    ["loop 4* over 8", "0", "2", "4.00", "20 %", "0.500", "0.0500", "50 %", "10.0 %", "mul sum"],
  ]);
});

it("measures ceilings in which caches are not slower than what lies behind them", () => {
  const meter = new CeilingMeter();
  for (let i = 0; i < 20; i++) meter.measure();
  const { flops, bandwidths } = meter.ceilings();
  expect(flops).toBeGreaterThan(1e5); // 0.1 GFLOP/s
  expect(bandwidths[0]!.bytes).toBeGreaterThan(bandwidths.at(-1)!.bytes);
});
