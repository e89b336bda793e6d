import process from "node:process";
import { compile } from "@tapegrad/compile";
import { LSTM } from "@tapegrad/nn";
import { manualSeed, randn, type Tensor } from "@tapegrad/tensor";

/** Prints what the first call of an unrolled training step takes, for the lengths that are given, or 64 to 512. */
const lengths = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [64, 128, 256, 512];
for (const time of lengths) {
  manualSeed(0);
  const model = new LSTM(8, 16);
  const step = compile(
    (x: Tensor) => {
      model.zeroGrad();
      const loss = model.forward(x)[0].square().mean();
      loss.backward();
      return loss;
    },
    { threads: 1 },
  );
  const x = randn([time, 4, 8]);
  const before = process.cpuUsage();
  step(x);
  const { user, system } = process.cpuUsage(before);
  const seconds = ((user + system) / 1e6).toFixed(2);
  console.log(`LSTM(8, 16) with backward over ${time}: ${step.plan?.kernels} kernels, ${seconds} s of processor time`);
}
