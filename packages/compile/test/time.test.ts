import { it } from "vitest";
import "@tapegrad/autograd";
import { randn, tensor, Generator, Tensor } from "@tapegrad/tensor";
import { compile } from "../src/index.ts";
import { BatchNorm, Dense, functional as F, LayerNorm, ReLU, RMSNorm, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";

const cases = [[10, 64, 32, 1, 32], [784, 64, 32, 10, 32], [784, 64, 32, 10, 128], [784, 512, 512, 10, 128]] as const;
for (const Norm of [BatchNorm, LayerNorm, RMSNorm]) {
  for (const [i, h1, h2, o, B] of cases) {
  it(`step ${Norm.name}`, () => {
    const g = new Generator(3);
    const model = new Sequential(new Dense(i, h1), new Norm(h1), new ReLU(), new Dense(h1, h2), new Norm(h2), new ReLU(), new Dense(h2, o));
    const optimizer = new Adam(model.parameters());
    const step = (x: Tensor, y: Tensor) => {
      optimizer.zeroGrad();
      const z = model.forward(x) as Tensor;
      const loss = o === 1 ? z.sub(y.to("float32").reshape([B, 1])).square().mean() : F.crossEntropy(z, y);
      loss.backward();
      optimizer.step();
      return loss;
    };
    const compiled = compile(step);
    const x = randn([B, i], { generator: g });
    const y = tensor(Array.from({ length: B }, (_, k) => (k * 7) % o), { dtype: "int32" });
    const t00 = performance.now();
    compiled(x, y);
    const first = performance.now() - t00;
    const n = h1 === 512 ? 60 : B === 128 ? 300 : 1500;
    for (let r = 0; r < n; r++) compiled(x, y);
    const times: number[] = [];
    for (let r = 0; r < n; r++) { const t0 = performance.now(); compiled(x, y); times.push(performance.now() - t0); }
    times.sort((a, b) => a - b);
    console.log(Norm.name, [i, h1, h2, o, B].join("-"), "median us", (times[n >> 1]! * 1000).toFixed(1), "first ms", first.toFixed(0), "kernels", compiled.plan!.schedule.kernels.length);
  }, 60000);
  }
}
