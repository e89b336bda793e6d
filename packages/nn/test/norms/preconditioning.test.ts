import { assign, Generator, randn, type Tensor, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Conv2d, Dense, functional, LSTM, type Module, norms, Sequential, Tanh } from "../../src/index.ts";
import { numbers, relativeError } from "./norm-case.ts";

const generator = new Generator(5);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const dense = (inside: number, out: number, bias = true): Dense =>
  new Dense(inside, out, { dtype: "float64", generator, bias });
/** Inputs of different means and scales. */
const uneven = (x: Tensor): Tensor => {
  const along = (t: Tensor): Tensor => t.reshape([t.size, ...x.shape.slice(2).map(() => 1)]);
  return x.mul(along(draw(x.shape[1]!).exp())).add(along(draw(x.shape[1]!).mul(3)));
};

const lr = 0.3;
/** A step of gradient descent of all parameters. */
function step(module: Module<never>): void {
  for (const p of module.parameters()) if (p.grad !== undefined) assign(p, p.detach().sub(p.grad.mul(lr)));
}

/** Mean and √(σ² + ε) per channel; without `centred` the mean is 0. */
function statistics(x: Tensor, eps: number, centred = true): [mean: Tensor, deviation: Tensor] {
  const over = { axis: x.shape.map((_, axis) => axis).filter((axis) => axis !== 1) };
  const mean = centred ? x.mean(over) : x.mean(over).mul(0);
  const along = mean.reshape([x.shape[1]!, ...x.shape.slice(2).map(() => 1)]);
  return [mean, x.sub(along).square().mean(over).add(eps).sqrt()];
}

/** The same network on standardized inputs, stepped and taken back: `W = V/s` and `b = c − W·μ`. */
function stepOnStandardized(layers: readonly Dense[], x: Tensor, loss: (y: Tensor) => Tensor, eps: number): Tensor[] {
  let at = x;
  const leaves = layers.map(({ weight, bias }) => {
    const [mean, s] = statistics(at, eps, bias !== undefined);
    const V = weight.detach().mul(s).requiresGrad_();
    const c = bias?.detach().add(weight.detach().matmul(mean)).requiresGrad_();
    at = functional.linear(at, weight.detach(), bias?.detach()).tanh();
    return { V, c, mean, s };
  });
  let y = x;
  leaves.forEach(({ V, c, mean, s }, i) => {
    y = functional.linear(y.sub(mean).div(s), V, c);
    if (i < leaves.length - 1) y = y.tanh();
  });
  loss(y).backward();
  return leaves.flatMap(({ V, c, mean, s }) => {
    const W = V.detach().sub(V.grad!.mul(lr)).div(s);
    return c === undefined ? [W] : [W, c.detach().sub(c.grad!.mul(lr)).sub(W.matmul(mean))];
  });
}

describe("a step with preconditioning is one on standardized inputs", () => {
  const x = uneven(draw(9, 4));
  const target = draw(9, 3);
  const loss = (y: Tensor): Tensor => y.sub(target).square().mul(target.exp()).sum();

  it.each([0, 0.1].flatMap((eps) => [true, false].map((bias) => ({ eps, bias }))))(
    "of a network of dense layers, with eps $eps and bias $bias",
    ({ eps, bias }) => {
      const layers = [dense(4, 5, bias), dense(5, 3, bias)] as const;
      const wanted = stepOnStandardized(layers, x, loss, eps);
      const net = new Sequential(layers[0], new Tanh(), layers[1]);
      for (const layer of layers) norms.preconditioning(layer, { eps });
      loss(net.forward(x)).backward();
      norms.precondition(net);
      step(net);
      expect(wanted.length).toBe(net.parameters().length);
      net.parameters().forEach((p, i) => expect(relativeError(p.data, numbers(wanted[i]!))).toBeLessThan(1e-12));
    },
  );

  it.each([1, 2])("of a convolution of %i groups", (groups) => {
    const images = uneven(draw(3, 4, 5, 6));
    const options = { groups, stride: 2, dtype: "float64", generator } as const;
    const layer = norms.preconditioning(new Conv2d(4, 6, [3, 2], options), { eps: 0.1 });
    const [mean, s] = statistics(images, 0.1);
    // Of each filter, those of the channels that it sees.
    const seen = (t: Tensor): Tensor => t.reshape([groups, 1, 4 / groups]).add(draw(groups, 6 / groups, 4 / groups).mul(0)).reshape([6, 4 / groups, 1, 1]); // prettier-ignore
    const back = (W: Tensor): Tensor => W.mul(seen(mean)).sum({ axis: [1, 2, 3] });
    const V = layer.weight.detach().mul(seen(s)).requiresGrad_();
    const c = layer.bias!.detach().add(back(layer.weight.detach())).requiresGrad_();
    const perChannel = (t: Tensor): Tensor => t.reshape([4, 1, 1]);
    const y = layer.forward(images);
    const factor = draw(...y.shape);
    y.mul(factor).square().sum().backward();
    const standardized = images.sub(perChannel(mean)).div(perChannel(s));
    const other = functional.conv2d(standardized, V, c, { groups, stride: 2 });
    expect(relativeError(other.data, numbers(y))).toBeLessThan(1e-12);
    other.mul(factor).square().sum().backward();
    norms.precondition(layer);
    step(layer);
    const W = V.detach().sub(V.grad!.mul(lr)).div(seen(s));
    expect(relativeError(layer.weight.data, numbers(W))).toBeLessThan(1e-12);
    const b = c.detach().sub(c.grad!.mul(lr)).sub(back(W));
    expect(relativeError(layer.bias!.data, numbers(b))).toBeLessThan(1e-12);
  });

  it("of inputs that come in parts", () => {
    const [one, parts] = [0, 1].map(() => norms.preconditioning(dense(4, 3))) as unknown as [Dense, Dense];
    parts.loadStateDict(one.stateDict());
    loss(one.forward(x)).backward();
    for (const [from, to] of [[0, 2], [2, 9]] as const) {
      const [y, t] = [parts.forward(x.slice([from, to])), target.slice([from, to])];
      y.sub(t).square().mul(t.exp()).sum().backward();
    } // prettier-ignore
    [one, parts].forEach((layer) => norms.precondition(layer));
    expect(relativeError(parts.weight.grad!.data, numbers(one.weight.grad!))).toBeLessThan(1e-12);
    expect(relativeError(parts.bias!.grad!.data, numbers(one.bias!.grad!))).toBeLessThan(1e-12);
  });
});

describe("the statistics of inputs", () => {
  it("are followed in training, once a step, and left alone otherwise", () => {
    const layer = norms.preconditioning(dense(4, 3), { momentum: 0.25 });
    const xs = [0, 1, 2].map(() => uneven(draw(7, 4)));
    let [mean, variance] = [layer.inputMean.clone(), layer.inputVar.clone()];
    for (const x of xs) {
      layer.train().forward(x.reshape([7, 1, 4]));
      layer.eval().forward(x.mul(5));
      norms.precondition(layer);
      norms.precondition(layer);
      const [m, s] = statistics(x, 0);
      mean = mean.mul(0.75).add(m.mul(0.25));
      variance = variance.mul(0.75).add(s.square().mul(0.25));
      expect(relativeError(layer.inputMean.data, numbers(mean))).toBeLessThan(1e-13);
      expect(relativeError(layer.inputVar.data, numbers(variance))).toBeLessThan(1e-13);
      expect(layer.inputsGathered.abs().max().item()).toBe(0);
    }
    expect(layer.weight.grad).toBeUndefined();
  });

  it("are damped where nothing varies, and finite in float32", () => {
    const layer = norms.preconditioning(new Dense(2, 3, { generator }));
    const x = draw(6, 2).to("float32").mul(0).add(1e3);
    layer.forward(x).square().sum().backward();
    norms.precondition(layer);
    const { grad } = layer.weight;
    // ∇W − ∇b·μᵀ is 0 but for what float32 has rounded off.
    expect(grad!.dtype).toBe("float32");
    expect(grad!.abs().max().item()).toBeLessThan(100 * layer.bias!.grad!.abs().max().item());
  });

  it("belong to a copy apart, and are gone with it", () => {
    const layer = norms.preconditioning(dense(4, 3), { eps: 0.5 });
    const copy = layer.clone();
    copy.forward(uneven(draw(5, 4)));
    expect(layer.inputsGathered.abs().max().item()).toBe(0);
    expect(copy.inputsGathered.slice(0, 0).item()).toBe(5);
    expect(Object.keys(copy.stateDict())).toEqual(["weight", "bias", "inputs_gathered", "input_mean", "input_var"]);
    expect(Object.keys(norms.removePreconditioning(copy).stateDict())).toEqual(["weight", "bias"]);
    expect(layer.forward(draw(2, 4)).shape).toEqual([2, 3]);
    copy.forward(draw(2, 4)).sum().backward();
    const before = copy.weight.grad!.toArray();
    norms.precondition(copy);
    expect(copy.weight.grad!.toArray()).toEqual(before);
  });
});

describe("errors", () => {
  it("of what a layer is given are those of the layer, whose statistics stay as they are", () => {
    const refusals: readonly (readonly [Dense | Conv2d, unknown])[] = [
      [new Dense(3, 2), tensor([1, 2])],
      [new Dense(3, 2), undefined],
      [new Conv2d(3, 2, 1), zeros([2, 4, 3, 3])],
      [new Conv2d(3, 2, 1), zeros([3, 3])],
    ];
    for (const [layer, x] of refusals) {
      const messageOf = (): string => {
        try {
          layer.forward(x as Tensor);
        } catch (error) {
          return (error as Error).message;
        }
        throw new Error("expected an error, got none.");
      };
      const message = messageOf();
      const { inputsGathered } = norms.preconditioning(layer);
      expect(messageOf()).toBe(message);
      expect(inputsGathered.abs().max().item()).toBe(0);
    }
  });

  it.each<[() => unknown, string]>([
    [() => norms.preconditioning(new Tanh() as never), 'preconditioning: expected a Dense or a convolution with a parameter "weight", got Tanh.'],
    [() => norms.preconditioning(new LSTM(2, 2) as never), 'preconditioning: expected a Dense or a convolution with a parameter "weight", got LSTM.'],
    [() => norms.preconditioning(norms.weightNorm(new Dense(2, 2))), 'preconditioning: expected a Dense or a convolution with a parameter "weight", got Dense.'],
    [() => norms.preconditioning(norms.preconditioning(new Dense(2, 2))), "preconditioning: expected a layer without preconditioning, got one with."],
    [() => norms.preconditioning(new Dense(2, 2), { eps: -1 }), "preconditioning: expected eps ≥ 0, got -1."],
    [() => norms.preconditioning(new Dense(2, 2), { momentum: 2 }), "preconditioning: expected momentum in [0, 1], got 2."],
    [() => norms.removePreconditioning(new Dense(2, 2)), "removePreconditioning: expected a layer with preconditioning, got Dense."],
  ])("%#", (run, message) => {
    expect(run).toThrow(ValueError);
    expect(run).toThrow(message);
  }); // prettier-ignore
});
