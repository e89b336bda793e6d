import "@tapegrad/autograd";
import { Dense, Dropout, Module, Parameter, ReLU, Sequential } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { assign, manualSeed, ones, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { compile } from "../src/index.ts";
import { wasmHeap } from "../src/wasm/memory/wasm-heap.ts";

let warn: MockInstance<typeof console.warn>;

beforeEach(() => {
  warn = vi.spyOn(console, "warn").mockImplementation(() => {});
});

afterEach(() => {
  vi.restoreAllMocks();
});

const texts = (): string[] => warn.mock.calls.map(([text]) => String(text));

class Scaled extends Module<[Tensor]> {
  scale = 1;
  offset: Parameter = new Parameter(tensor([0]));
  readonly parts: boolean[] = [];
  override forward(x: Tensor): Tensor {
    return x.mul(this.scale).add(this.offset);
  }
}

/** What is called before each call, and what the warning says of it. */
const causes: Record<string, () => { readonly call: (i: number) => unknown; readonly says: string }> = {
  "a number": () => {
    const scaled = compile((x: Tensor, by: number) => x.mul(by));
    return {
      call: (i) => scaled(ones([2]), i / 2),
      says: "Argument 1 changed (31 times, the last time from 15 to 15.5): pass it as a tensor.",
    };
  },
  "a number in an object": () => {
    const scaled = compile((x: Tensor, options: { readonly by: readonly number[] }) => x.mul(options.by[1]!));
    return {
      call: (i) => scaled(ones([2]), { by: [0, i] }),
      says: "Argument 1.by[1] changed (31 times, the last time from 30 to 31): pass it as a tensor.",
    };
  },
  "a word": () => {
    const named = compile((x: Tensor, name: string) => (name === "" ? x : x.mul(2)));
    return {
      call: (i) => named(ones([2]), `step${i}`),
      says: "Argument 1 changed (31 times, the last time from step30 to step31): every value has a plan of its own, so let it change seldom.",
    };
  },
  "a shape": () => {
    const mean = compile((x: Tensor) => x.mean());
    return {
      call: (i) => mean(ones([i + 1, 3])),
      says: "Argument 0 changed (31 times, the last time from [31, 3] to [32, 3]): pad to one of few shapes and mask what was added.",
    };
  },
  "a shape and whether the module trains": () => {
    const model = new Sequential(new Dense(3, 2), new Dropout(0.5));
    const run = compile((x: Tensor) => model.forward(x));
    return {
      call: (i) => {
        model.train(i % 2 === 0);
        return run(ones([Math.floor(i / 2) + 1, 3]));
      },
      says: "The training flag of a module changed (16 times, the last time from true to false): every value has a plan of its own, so let it change seldom; argument 0 changed (15 times, ",
    };
  },
  "a number in a field": () => {
    const model = new Scaled();
    const run = compile((x: Tensor) => model.forward(x));
    return {
      call: (i) => {
        model.scale = i;
        return run(ones([1]));
      },
      says: "Scale of Scaled changed (31 times, the last time from 30 to 31): change it seldom, or keep it in a tensor and change that by assign.",
    };
  },
  "a parameter that is replaced": () => {
    const model = new Scaled();
    const run = compile((x: Tensor) => model.forward(x));
    return {
      call: () => {
        model.offset = new Parameter(tensor([1]));
        return run(ones([1]));
      },
      says: "Offset of Scaled changed (31 times, the last time from a tensor of shape [1] to a tensor of shape [1]): assign to the tensor that is there.",
    };
  },
  "what stands in a list of a field": () => {
    const model = new Scaled();
    const run = compile((x: Tensor) => model.forward(x));
    return {
      call: () => {
        model.parts.push(true);
        return run(ones([1]));
      },
      says: "The length of Array changed (31 times, the last time from [true, true, true, true, true, true, true, true, …] to",
    };
  },
  "a layer that is taken out": () => {
    const model = new Scaled();
    model.parameters();
    const run = compile((x: Tensor) => x.mul(model.offset));
    return {
      call: () => {
        model.offset = new Parameter(tensor([1]));
        model.parameters();
        return run(ones([1]));
      },
      says: "Offset of Scaled changed (31 times, the last time from a tensor of shape [1] to a tensor of shape [1]): assign to the tensor that is there.",
    };
  },
  "the rate of a dropout": () => {
    const dropout: { rate: number } & Dropout = new Dropout(0.5);
    const run = compile((x: Tensor) => dropout.forward(x));
    return {
      call: (i) => {
        dropout.rate = (i + 1) / 64;
        return run(ones([1]));
      },
      says: "Rate of Dropout changed (31 times, the last time from 0.484375 to 0.5): change it seldom, or keep it in a tensor and change that by assign.",
    };
  },
  "the weight decay of an optimizer": () => {
    const w = tensor([1], { requiresGrad: true });
    const optimizer = new SGD([w], { lr: 0.1 });
    const step = compile(() => {
      w.grad = ones([1]);
      optimizer.step();
    });
    return {
      call: (i) => {
        optimizer.groups[0]!.settings = { ...optimizer.groups[0]!.settings, weightDecay: i / 64 };
        step();
      },
      says: "WeightDecay of an optimizer changed (31 times, the last time from 0.46875 to 0.484375): every value",
    };
  },
  "the seed": () => {
    const dropout = new Dropout(0.5);
    const run = compile((x: Tensor) => dropout.forward(x));
    return {
      call: (i) => {
        manualSeed(i);
        return run(ones([1]));
      },
      says: "The default generator changed (31 times, the last time from a Generator to a Generator): every value",
    };
  },
  "what a function reads in a tensor": () => {
    const rate = tensor([1]);
    const run = compile((x: Tensor) => x.mul(rate.item()));
    return {
      call: (i) => {
        assign(rate, tensor([i]));
        return run(ones([1]));
      },
      says: "The elements of a captured float32 tensor that it reads changed (31 times): compute with the tensor instead of reading it.",
    };
  },
};

describe("a warning after 32 plans", () => {
  it.each(Object.keys(causes))("names %s", (name) => {
    const { call, says } = causes[name]!();
    for (let i = 0; i < 31; i++) call(i);
    expect(texts()).toEqual([]);
    for (let i = 31; i < 34; i++) call(i);
    expect(texts().length).toBe(1);
    expect(texts()[0]).toContain(says);
  });

  it("names the function and the line of the call, once", () => {
    const step = (x: Tensor, by: number): Tensor => x.mul(by);
    const compiled = compile(step);
    for (let i = 0; i < 80; i++) compiled(ones([2]), i);
    expect(texts().length).toBe(1);
    expect(texts()[0]).toMatch(
      /^compile: 32 plans were built of step, each at the price of many calls\. Argument 1 changed \(31 .* At .*rebuilds\.test\.ts:\d+:\d+\.$/,
    );
    expect(compiled.builds).toBe(80);
  });

  it("does not come of two functions with a few plans each, nor of many calls", () => {
    for (let f = 0; f < 4; f++) {
      const compiled = compile((x: Tensor) => x.mul(2));
      for (let i = 0; i < 100; i++) compiled(ones([1 + (i % 20)]));
      expect(compiled.builds).toBe(20);
    }
    expect(texts()).toEqual([]);
  });
});

describe("plans that are kept", () => {
  it.each([17, 40, 100])("are those of %i shapes in turn", (shapes) => {
    const sum = compile((x: Tensor) => x.mul(2).sum());
    for (let turn = 0; turn < 4; turn++) {
      for (let i = 1; i <= shapes; i++) expect(sum(ones([i])).item()).toBe(2 * i);
    }
    expect(sum.builds).toBe(shapes);
  });

  it("count from 0", () => {
    const f = compile((x: Tensor) => x.neg());
    expect(f.builds).toBe(0);
    f(ones([1]));
    f(ones([1]));
    expect(f.builds).toBe(1);
    f(ones([2]));
    f(ones([1]));
    expect(f.builds).toBe(2);
  });

  it("are 16 of large ones, those used last", () => {
    const layers = Array.from({ length: 300 }, () => new ReLU());
    // Each product is a kernel.
    const w = ones([1, 1]);
    const deep = compile((x: Tensor) => layers.reduce((y, layer) => layer.forward(y).matmul(w), x), { threads: 1 });
    for (let i = 1; i <= 17; i++) deep(zeros([i, 1]));
    expect(deep.plan?.kernels).toBeGreaterThan(256);
    expect(deep.builds).toBe(17);
    for (let i = 2; i <= 17; i++) deep(zeros([i, 1]));
    expect(deep.builds).toBe(17);
    deep(zeros([1, 1]));
    expect(deep.builds).toBe(18);
    deep(zeros([17, 1]));
    expect(deep.builds).toBe(18);
    deep(zeros([2, 1]));
    expect(deep.builds).toBe(19);
  });

  it("are told apart by state where their arguments are alike", () => {
    const model = new Scaled();
    const run = compile((x: Tensor) => model.forward(x));
    const before = wasmHeap().heap.usedBytes;
    for (let turn = 0; turn < 3; turn++) {
      for (let i = 0; i < 20; i++) {
        model.scale = i;
        expect(run(ones([1])).item()).toBe(i);
      }
    }
    expect(run.builds).toBe(20);
    expect(wasmHeap().heap.usedBytes - before).toBeLessThan(1e6);
  });
});
