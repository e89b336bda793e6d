import { compile } from "@tapegrad/compile";
import { withKernelClock } from "@tapegrad/compile/internal";
import { functional } from "@tapegrad/nn";
import { manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { expect, it } from "vitest";

it("is told what every kernel took in every call, of plans that are made for it, which compute the same", () => {
  manualSeed(0);
  const [x, w] = [randn([16, 32]), randn([8, 32])];
  const f = (x: Tensor): Tensor => functional.softmax(functional.linear(x, w).tanh(), { axis: 0 }).sum({ axis: 1 });
  const plain = compile(f, { threads: 1 });
  const want = plain(x);
  const told: number[] = [];
  const clocked = compile(f, { threads: 1 });
  withKernelClock(
    (kernel, milliseconds) => {
      told.push(kernel);
      expect(milliseconds).toBeGreaterThanOrEqual(0);
    },
    () => {
      plain(x); // has its code already
      expect(clocked(x).data).toEqual(want.data);
    },
  );
  const all = Array.from({ length: plain.plan!.kernels }, (_, i) => i);
  expect(all.length).toBeGreaterThan(1);
  expect(told).toEqual(all);
  clocked(x);
  expect(told).toEqual([...all, ...all]);
});
