import { expect, it } from "vitest";
import "@tapegrad/autograd";
import { randn, tensor, Generator, Tensor } from "@tapegrad/tensor";
import { compile } from "../src/index.ts";
import { BatchNorm, Dense, functional as F, LayerNorm, ReLU, RMSNorm, Sequential } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";

it("adds", () => {
  const f = compile((x: Tensor, y: Tensor) => x.add(y).mul(2).exp());
  const [a, b] = [randn([3, 5]), randn([5])];
  const want = a.add(b).mul(2).exp().data;
  f(a, b).data.forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 4));
});
it("softmax", () => {
  for (const axis of [0, 1]) {
    const f = compile((x: Tensor) => x.softmax({ axis }));
    const a = randn([7, 13]);
    const want = a.softmax({ axis }).data;
    f(a).data.forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 6));
  }
});
it("matmul", () => {
  const f = compile((x: Tensor, y: Tensor) => x.matmul(y).relu());
  const [a, b] = [randn([7, 13]), randn([13, 5])];
  const want = a.matmul(b).relu().data;
  f(a, b).data.forEach((v, i) => expect(v).toBeCloseTo(want[i]!, 5));
});
for (const Norm of [BatchNorm, LayerNorm, RMSNorm]) {
  it(`step ${Norm.name}`, () => {
    const make = () => {
      const g = new Generator(3);
      const model = new Sequential(
        new Dense(10, 64, { generator: g } as never),
        new Norm(64),
        new ReLU(),
        new Dense(64, 5, { generator: g } as never),
      );
      const optimizer = new Adam(model.parameters());
      const step = (x: Tensor, y: Tensor) => {
        optimizer.zeroGrad();
        const loss = F.crossEntropy(model.forward(x) as Tensor, y);
        loss.backward();
        optimizer.step();
        return loss;
      };
      return { model, step };
    };
    const e = make();
    const c = make();
    const compiled = compile(c.step);
    const g = new Generator(1);
    for (let i = 0; i < 5; i++) {
      const x = randn([32, 10], { generator: g });
      const y = tensor(
        Array.from({ length: 32 }, (_, k) => (k * 7 + i) % 5),
        { dtype: "int32" },
      );
      const want = e.step(x, y).item();
      const got = compiled(x, y).item();
      console.log(want, got);
      expect(got).toBeCloseTo(want, 4);
    }
    const pe = [...e.model.parameters()];
    [...c.model.parameters()].forEach((p, k) => {
      expect(p.grad!.sub(pe[k]!.grad!).abs().max().item()).toBeLessThan(1e-4);
    });
    console.log(
      compiled
        .plan!.schedule.kernels.map(
          (k) =>
            k.kind +
            " " +
            (k.kind === "loop"
              ? k.extents +
                " r" +
                k.reduced +
                " " +
                k.operations.map((o) => o.name).join() +
                " stores " +
                k.stores.length +
                " acc " +
                k.accumulations.length
              : k.operation.name),
        )
        .join("\n"),
    );
  });
}
