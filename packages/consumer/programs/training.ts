// A network learns the parity of two bits, eager and compiled, to the same bits.
import { compile, manualSeed, nn, optim, tensor, type Tensor } from "tapegrad";

const x = tensor([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const y = tensor([[0], [1], [1], [0]]);

function train(compiled: boolean): number {
  manualSeed(3);
  const model = new nn.Sequential(new nn.Dense(2, 8), new nn.LayerNorm(8), new nn.Tanh(), new nn.Dense(8, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.05 });
  const step = (): Tensor => {
    optimizer.zeroGrad();
    const loss = nn.functional.binaryCrossEntropyWithLogits(model.forward(x), y);
    loss.backward();
    optimizer.step();
    return loss;
  };
  const run = compiled ? compile(step) : step;
  let loss = Infinity;
  for (let i = 0; i < 100; i++) loss = run().item();
  return loss;
}

const [eager, compiled] = [train(false), train(true)];
if (!(eager < 0.05)) throw new Error(`expected to learn, got a loss of ${eager}`);
if (Math.abs(eager - compiled) > 1e-5) throw new Error(`eager ${eager}, compiled ${compiled}`);
