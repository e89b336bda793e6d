// Errors say where, which function, what was expected and what came; states go through JSON.
import { arange, compile, full, nn, ones, optim, ShapeError, tensor, type Tensor, ValueError } from "tapegrad";

function expectError(run: () => unknown, type: new (message: string) => Error, message: string): void {
  try {
    run();
  } catch (error) {
    if (!(error instanceof type)) throw new Error(`expected a ${type.name}, got ${String(error)}`);
    if (error.message !== message) throw new Error(`expected "${message}", got "${error.message}"`);
    if (error.stack?.includes(message) !== true)
      throw new Error(`expected the message in the stack, got ${error.stack}`);
    return;
  }
  throw new Error(`expected "${message}", got no error`);
}

class Net extends nn.Module {
  readonly tokens: nn.Embedding = new nn.Embedding(3, 4);
  readonly layers: readonly nn.Module[] = [new nn.Residual(new nn.Sequential(new nn.ReLU(), new nn.Dense(4, 4)))];
  readonly head: nn.Dense = new nn.Dense(5, 2);

  hidden(ids: Tensor): Tensor {
    return this.layers.reduce((x, layer) => layer.forward(x), this.tokens.forward(ids));
  }
  override forward(ids: Tensor): Tensor {
    return this.head.forward(this.hidden(ids));
  }
}

// The path of the layer, eager and compiled.
const net = new Net();
const ids = tensor([0, 2], { dtype: "int32" });
const far = tensor([0, 7], { dtype: "int32" });
const run = compile((x: Tensor) => net.forward(x));
const misfit = "in head (Dense): linear: expected input of shape [..., 5], got [2, 4].";
const outside = "in tokens (Embedding): embedding: expected indices in [0, 3), got 7.";
expectError(() => net.forward(ids), ShapeError, misfit);
expectError(() => net.forward(far), ValueError, outside);
const deep = new nn.Sequential(new nn.Sequential(new nn.Embedding(3, 4)), new nn.Dense(4, 2));
const deepRun = compile((x: Tensor) => deep.forward(x));
deepRun(ids);
expectError(() => deepRun(far), ValueError, "in 0.0 (Embedding): embedding: expected indices in [0, 3), got 7.");
try {
  run(ids);
  throw new Error("expected a ShapeError, got no error");
} catch (error) {
  if (!(error instanceof ShapeError) || !error.message.startsWith(misfit)) throw error;
}

// Labels out of range are the loss's, in both modes.
const loss = (scores: Tensor, labels: Tensor): Tensor => nn.functional.crossEntropy(scores, labels);
const labels = "crossEntropy: expected class indices in [0, 3), got 7.";
expectError(() => loss(ones([2, 3]), far), ValueError, labels);
expectError(() => compile(loss)(ones([2, 3]), far), ValueError, labels);

// Numbers that leave int32 are refused, not wrapped.
const hint = "Give dtype float64 for such numbers.";
const range = "expected int32 elements in [-2147483648, 2147483647]";
expectError(
  () => tensor([3e9, NaN], { dtype: "int32" }),
  ValueError,
  `tensor: ${range}, got 3000000000 at [0]. ${hint}`,
);
expectError(() => full([2], NaN, { dtype: "int32" }), ValueError, `full: ${range}, got NaN. ${hint}`);
expectError(() => arange(0, 4e9, 3e9), ValueError, `arange: ${range}, got 3000000000 at [1]. ${hint}`);
if (tensor([1.5, -1.5], { dtype: "int32" }).sum().item() !== 0) throw new Error("fractions are dropped");

// A model and its optimizer go on from JSON to the same bits.
const start = (): { readonly step: () => number; readonly states: readonly [nn.Module, optim.Adam] } => {
  const model = new nn.Sequential(new nn.Dense(4, 8), new nn.BatchNorm(8), new nn.Dense(8, 1));
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.1 });
  const step = (): number => {
    optimizer.zeroGrad();
    const x = arange(12).to("float32").reshape(3, 4).div(12);
    const value = model.forward(x).sub(1).square().mean();
    value.backward();
    optimizer.step();
    return value.item();
  };
  return { step, states: [model, optimizer] };
};
const [one, other] = [start(), start()];
for (let i = 0; i < 3; i++) one.step();
const text = JSON.stringify(one.states.map((each) => each.stateDict()));
const [modelState, optimizerState] = JSON.parse(text);
other.states[0].loadStateDict(modelState);
other.states[1].loadStateDict(optimizerState);
for (let i = 0; i < 3; i++) {
  const [a, b] = [one.step(), other.step()];
  if (a !== b) throw new Error(`expected ${a} after JSON, got ${b}`);
}

// Elements that JSON has no numbers for.
const special = tensor([NaN, Infinity, -Infinity, -0, 0.1], { dtype: "float64" });
const back = tensor(JSON.parse(JSON.stringify(special)));
if (!special.data.every((element, i) => Object.is(element, back.data[i]))) throw new Error(String(back));
expectError(
  () => tensor(JSON.parse('{ "dtype": "float32", "shape": [1], "data": [null] }')),
  ValueError,
  "tensor: expected elements of float32 in data, got null at 0.",
);
