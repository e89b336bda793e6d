import { assign, Generator, manualSeed, ones, randn, Tensor, tensor, zeros } from "@tapegrad/tensor";
import { NullTracer, withTracer } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import * as nn from "../../src/index.ts";
import { samples } from "./layer-samples.ts";

const { Dense, Module, Parameter, Sequential } = nn;

const values = (result: Tensor | readonly Tensor[]): unknown =>
  result instanceof Tensor ? result.toArray() : result.map((t) => t.toArray());
const stateOf = (module: nn.AnyModule): unknown =>
  Object.entries(module.stateDict()).map(([key, t]) => [key, t.dtype, t.toArray()]);

describe("clone", () => {
  it("is tried on every class of modules", () => {
    const classes = Object.entries(nn)
      .filter(([, value]) => typeof value === "function" && value !== Module && value.prototype instanceof Module)
      .map(([name]) => name);
    expect(classes.length).toBeGreaterThan(60);
    expect(Object.keys(samples)).toEqual(expect.arrayContaining(classes));
  });

  it.each(Object.entries(samples))("of %s is one like it, and apart from it", (_name, make) => {
    manualSeed(1);
    const [module, run] = make();
    const copy = module.clone();
    expect(copy.constructor).toBe(module.constructor);
    expect(String(copy)).toBe(String(module));
    expect(stateOf(copy)).toEqual(stateOf(module));
    expect(copy.namedParameters().map(([name]) => name)).toEqual(module.namedParameters().map(([name]) => name));
    const once = (of: nn.AnyModule): unknown => {
      manualSeed(2);
      return values(run(of as never));
    };
    const before = stateOf(module);
    const [first, second] = [once(copy), once(copy)];
    expect(stateOf(module)).toEqual(before);
    expect([once(module), once(module)]).toEqual([first, second]);
    expect(stateOf(copy)).toEqual(stateOf(module));
    for (const t of [...copy.parameters(), ...copy.buffers()]) assign(t, zeros(t.shape, { dtype: t.dtype }));
    expect(stateOf(module)).not.toEqual(module.parameters().length > 0 ? stateOf(copy) : undefined);
    expect(copy.eval().training).toBe(false);
    expect(module.training).toBe(true);
  });

  it("trains apart from the original", () => {
    const student = new Sequential(new Dense(2, 3), new nn.BatchNorm(3), new nn.Tanh(), new Dense(3, 1));
    const teacher = student.clone();
    const before = stateOf(student);
    student
      .forward(randn([4, 2]))
      .sum()
      .backward();
    expect(teacher.parameters().every((p) => p.grad === undefined)).toBe(true);
    const copy = student.clone();
    expect(copy.parameters().every((p) => p.grad === undefined)).toBe(true);
    for (const p of student.parameters()) assign(p, p.detach().sub(p.grad!));
    expect(stateOf(teacher)).toEqual(before);
    expect(stateOf(student)).not.toEqual(before);
  });

  it("keeps modes, frozen parameters, tied ones, and buffers that do not persist", () => {
    class Tied extends Module {
      encode: nn.Dense = new Dense(2, 2);
      decode: nn.Dense = new Dense(2, 2);
      cache: nn.Buffer = new nn.Buffer(ones([2]), { persistent: false });
      same: nn.Dense = this.encode;
      extra: Map<string, readonly nn.Module[]> = new Map([["a", [this.encode, new nn.ReLU()]]]);
      group: Set<nn.Module> = new Set([this.decode]);
      settings: { readonly rate: number; readonly scale: Float32Array } = { rate: 3, scale: Float32Array.of(1, 2) };
      note: Tensor = tensor([1, 2]);
      self: Tied = this;
      constructor() {
        super();
        Object.assign(this.decode, { weight: this.encode.weight });
        this.encode.bias?.requiresGrad_(false);
        this.decode.eval();
      }
      override forward(x: Tensor): Tensor {
        return this.decode.forward(this.encode.forward(x));
      }
    }
    const [tied, generator] = [new Tied(), new Generator(1)];
    const dropout = new nn.Dropout(0.5, { generator });
    const copy = tied.clone();
    expect(copy).toBeInstanceOf(Tied);
    expect(copy.decode.weight).toBe(copy.encode.weight);
    expect(copy.encode.weight).not.toBe(tied.encode.weight);
    expect([copy.same, copy.extra.get("a")?.[0], [...copy.group][0], copy.self]).toEqual([
      copy.encode,
      copy.encode,
      copy.decode,
      copy,
    ]);
    expect(copy.same).toBe(copy.encode);
    expect(copy.self).toBe(copy);
    expect([copy.encode.bias?.requiresGrad, copy.decode.training, copy.training]).toEqual([false, false, true]);
    expect([copy.cache.persistent, copy.cache === tied.cache, copy.cache.toArray()]).toEqual([false, false, [1, 1]]);
    expect(copy.settings).toEqual(tied.settings);
    expect([copy.settings === tied.settings, copy.settings.scale === tied.settings.scale]).toEqual([false, false]);
    assign(tied.note, tensor([5, 6]));
    expect(copy.note.toArray()).toEqual([1, 2]);
    // Both draw from one generator.
    expect(dropout.clone().options.generator).toBe(generator);
    const shared = new Parameter(ones([2]));
    const views = new Sequential(new nn.PReLU(), new nn.PReLU());
    Object.assign(views.at(0)!, { weight: shared });
    Object.assign(views.at(1)!, { weight: new Parameter(shared) });
    const [a, b] = views.clone().parameters();
    assign(a!, tensor([7, 8]));
    expect([b!.toArray(), shared.toArray()]).toEqual([
      [7, 8],
      [1, 1],
    ]);
  });

  it("runs hooks for the copy; removing them from the original leaves those of the copy", () => {
    const layer = new nn.Identity();
    const seen: nn.AnyModule[] = [];
    const handle = layer.registerForwardHook((module, _, y) => {
      seen.push(module);
      return y.mul(2);
    });
    layer.registerForwardPreHook((_, [x]) => [x.add(1)]);
    const copy = layer.clone();
    handle.remove();
    expect([layer.forward(tensor(1)).item(), copy.forward(tensor(1)).item()]).toEqual([2, 4]);
    expect(seen).toEqual([copy]);
  });

  it("changes computed weights and options of the copy alone", () => {
    const layer = nn.norms.weightNorm(new Dense(3, 2));
    const copy = layer.clone();
    assign(copy.weightG, copy.weightG.detach().mul(10));
    copy.weight.div(layer.weight).data.forEach((ratio) => expect(ratio).toBeCloseTo(10, 4));
    nn.norms.removeWeightNorm(copy);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "weight_g", "weight_v"]);
    const spectral = nn.norms.spectralNorm(new Dense(3, 2));
    const before = spectral.weightU.toArray();
    const other = spectral.clone();
    other.forward(randn([1, 3]));
    expect(spectral.weightU.toArray()).toEqual(before);
    expect(other.weightU.toArray()).not.toEqual(before);
    nn.norms.removeSpectralNorm(other);
    expect(Object.hasOwn(other, "forward")).toBe(false);
    expect(Object.hasOwn(spectral, "forward")).toBe(true);
  });
});

describe("clone refuses", () => {
  class Private extends Module {
    readonly #scale = 3;
    override forward(x: Tensor): Tensor {
      return x.mul(this.#scale);
    }
  }
  class Arrow extends Module {
    scale = 2;
    override forward = (x: Tensor): Tensor => x.mul(this.scale);
  }
  class Bound extends Module {
    readonly run: (x: Tensor) => Tensor = this.forward.bind(this);
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  class Holder extends Module {
    readonly part: object = new (class Part {
      readonly layer = new Dense(1, 1);
    })();
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  const hint = "Override clone(): construct another one and load this one's stateDict().";

  it.each<readonly [nn.Module, string]>([
    [new Private(), `clone: expected a class without private fields, got Private. ${hint}`],
    [new (class Inner extends Private {})(), `clone: expected a class without private fields, got Private. ${hint}`],
    [new Arrow(), 'clone: expected functions without a "this" of their own, got Arrow.forward. Make it a method, or override clone().'],
    [new Bound(), 'clone: expected functions without a "this" of their own, got Bound.run. Make it a method, or override clone().'],
    [new Holder(), `clone: expected modules and parameters in modules, arrays, Maps, Sets and plain objects, got Holder.part of class Part with some. ${hint}`],
  ])("%s", (module, message) => {
    expect(() => module.clone()).toThrow(message);
    expect(() => new Sequential(module).clone()).toThrow(message);
  }); // prettier-ignore

  it("nothing that only looks like it, and what overrides clone", () => {
    class Styled extends Module {
      // #comment
      colour = "#fff";
      readonly activation: (x: Tensor) => Tensor = (x) => x.relu();
      override forward(x: Tensor): Tensor {
        return this.activation(x);
      }
    }
    expect(new Styled().clone().colour).toBe("#fff");
    class Own extends Private {
      weight: nn.Parameter = new Parameter(ones([1]));
      override clone(): this {
        const copy = new Own();
        copy.loadStateDict(this.stateDict());
        return copy as this;
      }
    }
    const net = new Sequential(new Own(), new Own()).clone();
    expect(
      net
        .at(0)
        ?.forward(tensor([2]))
        .toArray(),
    ).toEqual([6]);
    expect(net.parameters().length).toBe(2);
  });

  it("to run while a function is traced, and structuredClone", () => {
    const layer = new Dense(1, 1);
    expect(() => withTracer(new NullTracer(), () => layer.clone())).toThrow(
      "clone: expected a call outside compiled functions, got one while tracing. Clone before the call.",
    );
    for (const module of [layer, new nn.Identity(), new Sequential(layer)]) {
      expect(() => structuredClone(module)).toThrow("Modules have a clone()");
    }
  });
});
