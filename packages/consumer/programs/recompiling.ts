// Numbers and lengths that change from call to call: one plan, or a handful, and a warning where there are many.
import {
  arange,
  compile,
  detectAnomaly,
  GradError,
  manualSeed,
  nn,
  ones,
  optim,
  randint,
  randn,
  type Tensor,
  tensor,
  where,
  zeros,
} from "tapegrad";

declare const console: { warn: (text: unknown) => void };

const { functional: F } = nn;
const warnings: string[] = [];
console.warn = (text) => void warnings.push(String(text));

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`expected ${what}`);
}

function expectClose(got: number, want: number, what: string): void {
  expectThat(Math.abs(got - want) <= 1e-4 * Math.max(1, Math.abs(want)), `${want} for ${what}, got ${got}`);
}

/** 16, 32, 64, ...: the room for so many. */
const roomFor = (length: number): number => 2 ** Math.max(4, Math.ceil(Math.log2(length)));
const padRows = (x: Tensor, rows: number): Tensor => {
  const widths = x.shape.map((extent, axis): [number, number] => [0, axis === 0 ? rows - extent : 0]);
  return x.pad(widths);
};

// A number as an argument is a part of the plan, and the 32nd plan says so.
const byNumber = compile((x: Tensor, rate: number) => x.mul(rate));
for (let i = 0; i < 40; i++) byNumber(ones([2]), i);
expectThat(byNumber.builds === 40, "a plan for each number");
expectThat(warnings.length === 1, `one warning, got ${warnings.length}`);
const [warning = ""] = warnings;
expectThat(
  /Argument 1 changed \(31 times, .*from 30 to 31\): pass it as a tensor\. At .*recompiling/.test(warning),
  warning,
);

// A tensor is not.
const byTensor = compile((x: Tensor, rate: Tensor) => x.mul(rate));
for (let i = 0; i < 40; i++)
  expectClose(
    byTensor(ones([2]), tensor(i))
      .sum()
      .item(),
    2 * i,
    "a rate",
  );
expectThat(byTensor.builds === 1, "one plan for all rates");

// 40 shapes in turn: a plan for each, once.
const shapes = compile((x: Tensor) => x.square().sum());
for (let turn = 0; turn < 3; turn++) for (let n = 1; n <= 40; n++) expectClose(shapes(ones([n])).item(), n, "a sum");
expectThat(shapes.builds === 40, "40 plans for 40 shapes");

// Episodes of all lengths: what was added counts nowhere.
manualSeed(1);
const policy = new nn.Sequential(new nn.Dense(4, 16), new nn.Tanh(), new nn.Dense(16, 2));
const policyLoss = (states: Tensor, actions: Tensor, returns: Tensor, length: Tensor): Tensor => {
  const losses = F.crossEntropy(policy.forward(states), actions, { reduction: "none" }).mul(returns);
  return where(arange(states.extent(0)).lt(length), losses, 0)
    .sum()
    .div(length);
};
const optimizer = new optim.Adam(policy.parameters(), { lr: 0.01 });
const learn = compile((states: Tensor, actions: Tensor, returns: Tensor, length: Tensor) => {
  optimizer.zeroGrad();
  const loss = policyLoss(states, actions, returns, length);
  loss.backward();
  optimizer.step();
  return loss;
});
for (let i = 1; i <= 100; i++) {
  const length = 1 + ((i * 37) % 100);
  const [states, actions, returns] = [randn([length, 4]), randint(0, 2, [length]), randn([length])];
  const eager = policyLoss(states, actions, returns, tensor(length)).item();
  const rows = roomFor(length);
  const loss = learn(padRows(states, rows), padRows(actions, rows), padRows(returns, rows), tensor(length));
  expectClose(loss.item(), eager, `an episode of ${length}`);
}
expectThat(learn.builds <= 8, `plans for 4 lengths, with and without gradients, got ${learn.builds}`);

// A context that grows: behind a causal mask nothing need be hidden, and one row is taken.
const tokens = new nn.Embedding(11, 8);
const attention = new nn.MultiHeadAttention(8, 2, { causal: true });
const logitsAt = (context: Tensor, position: Tensor): Tensor => {
  const x = tokens.forward(context.reshape([1, context.size]));
  const y = x.add(attention.forward(x));
  return y.reshape([context.size, 8]).indexSelect(0, position).matmul(tokens.weight.transpose()).reshape([11]);
};
const nextLogits = compile(logitsAt);
let context = [1];
while (context.length < 60) {
  const now = tensor(context, { dtype: "int32" });
  const position = tensor([context.length - 1], { dtype: "int32" });
  const logits = nextLogits(padRows(now, roomFor(context.length)), position);
  const eager = logitsAt(now, position);
  expectClose(logits.sub(eager).abs().max().item(), 0, `a context of ${context.length}`);
  context = [...context, (logits.argmax().item() + context.length) % 11];
}
expectThat(nextLogits.builds === 3, `plans for 16, 32 and 64, got ${nextLogits.builds}`);
expectThat(warnings.length === 2, `no more warnings than that of 40 shapes, got ${warnings.join("\n")}`);

// The results of compiled functions are outside the graph, and their errors say so.
const w = zeros([2], { requiresGrad: true });
const root = compile((x: Tensor) => {
  w.grad = undefined;
  const y = w.mul(x).sqrt().mul(0).sum();
  y.backward();
  return y;
});
try {
  root(ones([2])).backward();
  throw new Error("expected a refusal");
} catch (error) {
  expectThat(error instanceof GradError, "a GradError");
  expectThat((error as Error).message.includes("inside the function that compile is given"), (error as Error).message);
}
try {
  detectAnomaly(() => root(ones([2])));
  throw new Error("expected NaN to be found");
} catch (error) {
  const { message } = error as Error;
  expectThat(
    /Function 'sqrt' returned NaN in gradient 0\. It was called at .*recompiling\.[jt]s:\d+:\d+\.$/.test(message),
    message,
  );
}
