// A gradient step inside of a loss: model-agnostic meta-learning, and a shuffled split with an accuracy.
import { compile, datasets, grad, manualSeed, nn, randn, tensor, type Tensor } from "tapegrad";

manualSeed(2);
const net = new nn.Sequential(new nn.Dense(2, 8), new nn.Tanh(), new nn.Dense(8, 1));
const names = net.namedParameters().map(([name]) => name);

function adapted(x: Tensor, y: Tensor): Record<string, Tensor> {
  const weights = net.parameters();
  const loss = nn.functional.mseLoss(nn.functionalCall(net, Object.fromEntries(net.namedParameters()), x), y);
  const gradients: readonly (Tensor | undefined)[] = grad(loss, weights, { createGraph: true });
  const step = (weight: Tensor, gradient: Tensor | undefined): Tensor =>
    gradient === undefined ? weight : weight.sub(gradient.mul(0.1));
  return Object.fromEntries(weights.map((weight, i) => [names[i] ?? "", step(weight, gradients[i])]));
}

const outer = (x: Tensor, y: Tensor): Tensor => {
  const after: Tensor = nn.functional.mseLoss(nn.functionalCall(net, adapted(x, y), x), y);
  after.backward();
  return after.detach();
};
const [x, y] = [randn([16, 2]), randn([16, 1])];
const before = nn.functional.mseLoss(net.forward(x), y).item();
const eager = outer(x, y).item();
const gradients = net.parameters().map((p) => p.grad?.toArray());
net.zeroGrad();
const compiled = compile(outer)(x, y).item();
if (!(eager < before)) throw new Error(`expected a step that helps, got ${before} and then ${eager}`);
if (Math.abs(eager - compiled) > 1e-5) throw new Error(`eager ${eager}, compiled ${compiled}`);
const difference = net.parameters().map(
  (p, i) =>
    p.grad
      ?.sub(tensor(gradients[i] ?? 0))
      .abs()
      .max()
      .item() ?? Infinity,
);
if (Math.max(...difference) > 1e-4) throw new Error(`gradients differ by ${Math.max(...difference)}`);

const list: string[] = datasets.names({ shuffle: true, seed: 1 });
if (list.length !== 8422 || list.slice(0, 100).every((name) => name.startsWith("a"))) throw new Error("not shuffled");
const accuracy = nn.metrics.accuracy(tensor([[0, 1], [1, 0]]), tensor([1, 1], { dtype: "int32" })).item(); // prettier-ignore
if (accuracy !== 0.5) throw new Error(`expected an accuracy of one half, got ${accuracy}`);

// @ts-expect-error the input is missing a tensor
const wrong = (): unknown => nn.functionalCall(net, {}, 5);
// @ts-expect-error weights are tensors
const numbers = (): unknown => nn.functionalCall(net, { "0.weight": 1 }, x);
if (typeof wrong !== "function" || typeof numbers !== "function")
  throw new Error("expected functions that are not called");
