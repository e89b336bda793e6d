import { grad, gradcheck } from "@tapegrad/autograd";
import { assign, Generator, randn, ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { NullTracer, withTracer } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { applyConstraints, Conv2d, ConvTranspose2d, Dense, norms, Parameter, pruning, Sequential } from "../../src/index.ts"; // prettier-ignore
import { bits, formulaWeights, withFormulaWeights } from "./formula-weights.ts";

const { fromMask, globalUnstructured, l1Unstructured, lnStructured, remove } = pruning;
const options = { dtype: "float64" } as const;
const dense = (): Dense => withFormulaWeights(new Dense(5, 4, options));
const conv = (): Conv2d => withFormulaWeights(new Conv2d(3, 4, 2, options));

describe("masks are those of PyTorch 1.13, also where one prunes again", () => {
  it("l1Unstructured", () => {
    const layer = dense();
    const masks = [0.3, 0.3, 0.125, 0.5].map((amount) => bits(l1Unstructured(layer, amount).weightMask));
    expect(masks).toEqual(["11011101101101110110", "11001001101100100110", "01001001101100100110", "01001000000100100100"]);
  }); // prettier-ignore

  it("lnStructured", () => {
    const layer = conv();
    const calls = [[0.5, { n: 2, axis: 0 }], [0.34, { n: 1, axis: 1 }], [0.5, { n: Infinity, axis: 0 }], [0.5, { axis: 3 }]] as const;
    expect(calls.map(([amount, more]) => bits(lnStructured(layer, amount, more).weightMask))).toEqual([
      "111111111111000000000000111111111111000000000000",
      "111111110000000000000000111111110000000000000000",
      "111111110000000000000000000000000000000000000000",
      "010101010000000000000000000000000000000000000000",
    ]);
  }); // prettier-ignore

  it("globalUnstructured", () => {
    const [a, b] = [withFormulaWeights(new Dense(5, 4, options), 0.5), conv()] as [Dense & pruning.Pruned, Conv2d & pruning.Pruned];
    const masks = [0.4, 0.25].map((amount) => {
      globalUnstructured([a, b, a], amount);
      return [bits(a.weightMask), bits(b.weightMask)];
    });
    expect(masks).toEqual([
      ["01001001100100100100", "110111011011011101101101110110110111011011011011"],
      ["01001000000000100000", "110011011011001001101101100110110110011011011001"],
    ]);
    assign(a.bias!, a.bias!.detach().mul(0));
    const want = [9.0522585, 0, -5.297472, 0, -0.8660415, 0, 0.014687999999999998, 0, -1.6716539999999995, 0, 5.326847999999999, 0];
    a.forward(formulaWeights(3, 5)).data.forEach((value, i) => expect(value).toBeCloseTo(want[i]!, 13));
  }); // prettier-ignore

  it("fromMask, and what is pruned after it", () => {
    const layer = fromMask(dense(), tensor([1, 0, 1, 1, 0]).ne(0).broadcastTo([4, 5]));
    expect(bits(l1Unstructured(layer, 0.5).weightMask)).toBe("10000001101000000110");
  });
});

describe("a pruned layer", () => {
  it("has PyTorch's keys, and goes through its state dictionary", () => {
    const layer = l1Unstructured(dense(), 0.5);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight_orig", "weight_mask"]);
    expect(layer.weightMask.dtype).toBe("float64");
    const other = l1Unstructured(new Dense(5, 4, options), 0);
    other.loadStateDict(JSON.parse(JSON.stringify(layer.stateDict())));
    expect(other.weight.toArray()).toEqual(layer.weight.toArray());
    expect(layer.clone().weight.toArray()).toEqual(layer.weight.toArray());
    expect(layer.to("float32").weight.dtype).toBe("float32");
  });

  it("trains the parameter that it had, and keeps zeros", () => {
    const layer = dense();
    const { weight } = layer;
    const pruned = l1Unstructured(layer, 0.5);
    expect(pruned.weightOrig).toBe(weight);
    expect(pruned.parameters()).toContain(weight);
    const generator = new Generator(1);
    const [x, c] = [randn([3, 5], { ...options, generator }), randn([3, 4], { ...options, generator })];
    pruned.forward(x).backward(c);
    const full = c.transpose().matmul(x).mul(pruned.weightMask);
    weight.grad!.data.forEach((value, i) => expect(value).toBeCloseTo(full.data[i]!, 13));
    assign(weight, weight.detach().sub(1)); // weight decay and momentum move masked ones too
    expect(bits(pruned.weight.ne(0))).toBe(bits(pruned.weightMask));
  });

  it("has gradients that finite differences agree with", () => {
    const { weightMask: mask } = l1Unstructured(dense(), 0.5);
    const x = randn([3, 5], { ...options, generator: new Generator(2) });
    const run = (w: Tensor): Tensor => {
      const layer = new Dense(5, 4, { ...options, biasInit: "zeros" });
      fromMask(layer, mask);
      Object.assign(layer, { weightOrig: w });
      return layer.forward(x).square();
    };
    expect(gradcheck(run, [formulaWeights(4, 5)], { order: 2 }).passed).toBe(true);
  });

  it("has zeros where what is masked is not finite, and no gradient there", () => {
    const layer = fromMask(withFormulaWeights(new Dense(2, 1, { ...options, bias: false })), tensor([[0, 1]]));
    assign(layer.weightOrig, tensor([[NaN, 2]], options));
    const y = layer.forward(tensor([[3, 5]], options));
    expect(y.toArray()).toEqual([[10]]);
    expect(grad(y, [layer.weightOrig])[0]!.toArray()).toEqual([[0, 5]]);
  });

  it("keeps regularizers and constraints with the parameter that they are of", () => {
    const layer = l1Unstructured(new Dense(2, 1, { kernelConstraint: "nonNeg", init: () => tensor([[-3, 2]]) as never }), 0); // prettier-ignore
    assign(layer.weightOrig, tensor([[-3, 2]]));
    applyConstraints(layer);
    expect(layer.weight.toArray()).toEqual([[0, 2]]);
  });

  it("is made permanent by remove", () => {
    const layer = l1Unstructured(dense(), 0.5);
    const [{ weightOrig }, before] = [layer, layer.weight.toArray()];
    expect(remove(layer)).toBe(layer);
    expect(layer.weight).toBe(weightOrig);
    expect(layer.weight.toArray()).toEqual(before);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight"]);
    expect(bits(l1Unstructured(layer, 0.6).weightMask).split("0").length - 1).toBe(12);
  });
});

describe("amounts", () => {
  it("round to whole numbers, halves to the even one", () => {
    const zeros = (size: number, amount: number): number =>
      pruning.sparsity(l1Unstructured(withFormulaWeights(new Dense(size, 1, options)), amount)).zeros;
    expect([zeros(6, 0.25), zeros(10, 0.25), zeros(10, 0.35), zeros(7, 0), zeros(7, 1), zeros(3, 0.4)]).toEqual([2, 2, 4, 0, 7, 1]); // prettier-ignore
  });

  it("are of all if they are said to be", () => {
    const layer = dense();
    const counts = [0.3, 0.2, 0.5, 1].map((amount) => pruning.sparsity(l1Unstructured(layer, amount, { of: "all" })).zeros); // prettier-ignore
    expect(counts).toEqual([6, 6, 10, 20]);
    const channels = conv();
    const both = [0.5, 0.5, 0.75].map((amount) => pruning.sparsity(lnStructured(channels, amount, { of: "all" })).sparsity); // prettier-ignore
    expect(both).toEqual([0.5, 0.5, 0.75]);
  });

  it("take the first of equal elements, and NaN last", () => {
    const layer = new Dense(6, 1, { bias: false });
    layer.weight = new Parameter(tensor([[NaN, 2, -2, 2, -2, Infinity]]));
    expect(bits(l1Unstructured(layer, 0.5).weightMask)).toBe("100011");
    expect(bits(l1Unstructured(layer, 0.667).weightMask)).toBe("000001");
  });

  it("of channels are of the outputs unless an axis is said", () => {
    const transposed = withFormulaWeights(new ConvTranspose2d(2, 3, 2, options));
    const { weightMask } = lnStructured(transposed, 1 / 3);
    expect(
      weightMask
        .sum({ axis: [0, 2, 3] })
        .toArray()
        .toString(),
    ).toMatch(/^(0,8,8|8,0,8|8,8,0)$/);
    expect(bits(lnStructured(dense(), 0.4, { axis: -1 }).weightMask.sum({ axis: 0 })).split("0").length - 1).toBe(2);
  });
});

describe("sparsity", () => {
  it("counts the zeros of weights as they are used", () => {
    const net = new Sequential(l1Unstructured(dense(), 0.5), new Dense(4, 2, { init: "zeros" }));
    expect(pruning.sparsity(net)).toEqual({
      weights: [
        { name: "0.weight", zeros: 10, size: 20, sparsity: 0.5 },
        { name: "1.weight", zeros: 8, size: 8, sparsity: 1 },
      ],
      zeros: 18,
      size: 28,
      sparsity: 18 / 28,
    });
    expect(pruning.sparsity(new Sequential())).toEqual({ weights: [], zeros: 0, size: 0, sparsity: 0 });
    const [first, tied] = [l1Unstructured(dense(), 0.5), new Dense(5, 4, options)];
    tied.weight = first.weightOrig;
    const counted = pruning.sparsity(new Sequential(first, tied)).weights;
    expect(counted.map(({ name, zeros }) => [name, zeros])).toEqual([["0.weight", 10]]);
    const weighted = norms.weightNorm(new Dense(2, 2));
    expect(pruning.sparsity(weighted).weights.map(({ name }) => name)).toEqual(["weightG", "weightV"]);
  });
});

describe("gradualSparsity", () => {
  it("is the cubic between begin and end", () => {
    const at = (step: number): number => pruning.gradualSparsity(step, { initial: 0.2, final: 0.9, begin: 10, end: 30 });
    expect([0, 10, 30, 99].map(at)).toEqual([0.2, 0.2, 0.9, 0.9]);
    for (const step of [12, 20, 29]) expect(at(step)).toBeCloseTo(0.9 - 0.7 * (1 - (step - 10) / 20) ** 3, 14);
  }); // prettier-ignore
});

describe("errors", () => {
  const layer = (): Dense => new Dense(2, 2);
  it.each<readonly [() => unknown, new (message: string) => Error, string]>([
    [() => l1Unstructured(new Sequential() as never, 0.5), ValueError, 'l1Unstructured: expected a module with a parameter "weight", got Sequential.'],
    [() => l1Unstructured(norms.weightNorm(layer()), 0.5), ValueError, 'l1Unstructured: expected a module with a parameter "weight", got Dense.'],
    [() => l1Unstructured(layer(), 2), ValueError, "l1Unstructured: expected amount in [0, 1], got 2."],
    [() => globalUnstructured(layer() as never, 0.5), ValueError, "globalUnstructured: expected a list of modules, got"],
    [() => lnStructured(layer(), 0.5, { n: 0 }), ValueError, "lnStructured: expected n ≥ 1, got 0."],
    [() => lnStructured(layer(), 0.5, { axis: 2 }), ShapeError, "lnStructured: expected an axis in [-2, 1], got 2."],
    [() => lnStructured(layer(), 0.5, { dim: 0 } as object), ValueError, 'lnStructured: expected options n, axis, of, got "dim".'],
    [() => fromMask(layer(), tensor([[1, 0.5], [1, 0]])), ValueError, "fromMask: expected a mask of zeros and ones, got 0.5."],
    [() => fromMask(layer(), tensor([1, 0])), ShapeError, "fromMask: expected mask of shape [2, 2], got [2]."],
    [() => remove(layer()), ValueError, "remove: expected a module with pruning, got Dense."],
    [() => norms.removeWeightNorm(l1Unstructured(layer(), 0.5)), ValueError, "removeWeightNorm: expected a module with weightNorm, got Dense."],
    [() => (l1Unstructured(layer(), 0.5).weight = layer().weight), ValueError, "pruning: expected the weight that it computes to be left alone, got another one. Replace weightOrig, or remove pruning before."],
    [() => pruning.gradualSparsity(1, { final: 0.5, end: 0 }), ValueError, "gradualSparsity: expected end > begin, got end 0 and begin 0."],
    [() => pruning.gradualSparsity(-1, { final: 0.5, end: 9 }), ValueError, "gradualSparsity: expected step ≥ 0, got -1."],
    [() => pruning.gradualSparsity(1, { end: 9 } as never), ValueError, "gradualSparsity: expected final in [0, 1], got undefined."],
  ])("%#: %s", (run, type, message) => {
    expect(run).toThrow(type);
    expect(run).toThrow(message);
  }); // prettier-ignore

  it("change nothing, and are those of a trace too", () => {
    const [first, second] = [layer(), new Sequential()];
    expect(() => globalUnstructured([first, second as never], 0.5)).toThrow(ValueError);
    expect(Object.keys(first.stateDict())).toEqual(["weight", "bias"]);
    for (const run of [() => l1Unstructured(first, 0.5), () => remove(l1Unstructured(layer(), 0))]) {
      expect(() => withTracer(new NullTracer(), run)).toThrow(": expected a call outside compiled functions, got one while tracing.");
    }
  }); // prettier-ignore
});
