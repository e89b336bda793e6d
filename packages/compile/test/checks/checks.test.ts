import { checkpoint } from "@tapegrad/autograd";
import { norms, BatchNorm, functional } from "@tapegrad/nn";
import { assign, full, Generator, rand, ShapeError, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { type Expectation, expectElements, isFloat } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { type Compiled, compile } from "../../src/compile.ts";
import { checkRows } from "./check-rows.ts";

type Step = (...tensors: Tensor[]) => Tensor;

/** A step of training around a function: it assigns, draws numbers and leaves gradients, before and after the function. */
class Training {
  readonly weight: Tensor = tensor([1, 2, 3], { requiresGrad: true });
  readonly count: Tensor = tensor(0);
  readonly generator: Generator = new Generator(3);
  readonly step: Step;

  constructor(fn: Step) {
    this.step = (...tensors) => {
      assign(this.count, this.count.add(1));
      const noise = rand([3], { generator: this.generator });
      const y = fn(...tensors);
      const loss = this.weight.mul(noise).sum().mul(y.to("float32").mean());
      loss.backward();
      assign(this.weight, this.weight.detach().sub(0.1));
      return loss.detach();
    };
  }

  /** All that a failure must leave alone. */
  get state(): unknown {
    const { weight, count, generator } = this;
    const versions = [weight, count].map(({ storage }) => storage.version);
    return [weight.toArray(), weight.grad?.toArray(), count.item(), versions, JSON.stringify(generator.stateDict())];
  }
}

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error, got none.");
}

const rows = checkRows.flatMap((row) => row.bad.map((bad, i) => ({ ...row, bad, name: `${row.title} ${i}` })));

describe("what eager refuses, compiled refuses with the same error, and nothing has changed", () => {
  it.each(rows)("$name", ({ fn, good, bad: [at, elements, message] }) => {
    const wrong = good.with(at, elements);
    const eager = errorOf(() => fn(...wrong));
    expect(eager.message).toBe(message);
    expect([ValueError, ShapeError]).toContain(eager.constructor);
    const [plain, training] = [new Training(fn), new Training(fn)];
    const compiled = compile(training.step);
    const refuses = (): void => {
      const before = training.state;
      const error = errorOf(() => compiled(...wrong));
      expect(error.constructor).toBe(eager.constructor);
      expect(error.message).toBe(message);
      expect(training.state).toEqual(before);
    };
    const works = (): void => {
      expect(compiled(...good).item()).toBeCloseTo(plain.step(...good).item(), 5);
      expect(training.count.item()).toBe(plain.count.item());
      expect(training.generator.stateDict()).toEqual(plain.generator.stateDict());
    };
    // The first call, later ones, and those after a failure.
    refuses();
    works();
    refuses();
    refuses();
    works();
  });

  it.each(rows)("$name, of captured tensors that are assigned to between the calls", (row) => {
    const { fn, good, bad: [at, elements, message] } = row; // prettier-ignore
    const captured = good.map((t) => t.clone());
    const compiled = compile(() => fn(...captured));
    compiled();
    assign(captured[at]!, elements);
    for (let call = 0; call < 2; call++) expect(errorOf(() => compiled()).message).toBe(message);
    assign(captured[at]!, good[at]!);
    compiled();
  });

  it.each(rows)("$name, of constants of the function", ({ fn, good, bad: [at, elements, message] }) => {
    const compiled = compile(() => fn(...good.with(at, tensor(elements.data, { shape: elements.shape }))));
    for (let call = 0; call < 2; call++) expect(errorOf(() => compiled()).message).toBe(message);
  });

  it.each(rows)("$name, of a leaf that is differentiated by", ({ fn, good, bad: [at, elements, message] }) => {
    if (!isFloat(good[0]!.dtype) || good[0]!.size === 1) return;
    const leaf = good[0]!.clone().requiresGrad_();
    const rest = good.slice(1);
    const compiled = compile((...others: Tensor[]) => fn(leaf.mul(1), ...others).sum());
    if (at === 0) assign(leaf, elements);
    expect(errorOf(() => compiled(...good.with(at, elements).slice(1))).message).toBe(message);
    if (at === 0) assign(leaf, good[0]!);
    compiled(...rest);
  });
});

/** Fails with the name of the check. */
function expectPositive(name: string, x: Tensor): void {
  expectElements(x, { within: [[0, Infinity]], error: (value) => new ValueError(`${name} ${value}`) });
}

describe("of several checks that fail", () => {
  const fn = (x: Tensor, y: Tensor): Tensor => {
    expectPositive("computed", x.matmul(x).sum({ axis: 0 }));
    expectPositive("argument", y);
    expectPositive("again", x);
    return x.mul(y);
  };
  const compiled = compile(fn);
  const [plus, minus] = [1, -1].map((sign) => tensor([[sign, 2], [3, 4]])) as [Tensor, Tensor]; // prettier-ignore

  it.each([
    [plus, minus, "argument -1"],
    [tensor([[-1, 2], [-3, 4]]), minus, "computed -14"], // prettier-ignore
    [minus, plus, "again -1"],
    [minus, minus, "argument -1"],
  ])("the first that eager meets is thrown", (x, y, message) => {
    for (const run of [fn, compiled]) expect(errorOf(() => run(x, y)).message).toBe(message);
  });
});

describe("a check", () => {
  const bounds: readonly { readonly within: Expectation["within"] }[] = [
    { within: [[0.1, 0.7], [-3, -3], [5, 6e38]] },
    { within: [[-Infinity, Infinity]] },
    { within: [[-3, -3], [0.1, Infinity]] },
  ]; // prettier-ignore
  // Whole turns of a loop, vectors that are left, and elements that are left.
  const length = 39;
  const candidates = [0.1, 0.7, -3, 5, 0, 0.0999999, 0.1000001, 0.7000001, -2.9, 4.9, NaN, Infinity, -Infinity, 3.4e38];

  it.each(bounds)("decides about every number as eager does, in each dtype and at any place: $within", ({ within }) => {
    for (const dtype of ["float32", "float64", "int32", "bool"] as const) {
      for (const orNaN of [false, true]) {
        const run = (x: Tensor): Tensor => {
          expectElements(x, { within, orNaN, error: (value) => new ValueError(`got ${value}`) });
          return x;
        };
        const outcome = (call: (x: Tensor) => Tensor, x: Tensor): string => {
          try {
            return `gave ${call(x).size}`;
          } catch (error) {
            return (error as Error).message;
          }
        };
        const compiled = compile(run);
        const one = candidates.map((value) => full([length], value, { dtype: "float64" }).to(dtype));
        expect(one.map((x) => outcome(compiled, x))).toEqual(one.map((x) => outcome(run, x)));
        const good = dtype === "int32" ? 5 : dtype === "bool" ? 1 : 0.1;
        const wrong = isFloat(dtype) ? NaN : 0;
        for (let at = 0; at < length; at++) {
          const x = tensor(
            Array.from({ length }, (_, i) => (i === at ? wrong : good)),
            { dtype },
          );
          expect(outcome(compiled, x)).toBe(outcome(run, x));
        }
      }
    }
  });

  it.each<[string, (x: Tensor) => Tensor]>([
    ["transposed", (x) => x.transpose()],
    ["flipped", (x) => x.flip([0, 1])],
    ["a part", (x) => x.slice([1, 5], [0, 7, 2])],
    ["repeated", (x) => x.slice([2, 3]).broadcastTo([4, 9])],
    ["computed", (x) => x.mul(2)],
    ["without elements", (x) => x.slice([0, 0])],
  ])("of a view names the first element that it sees: %s", (_, view) => {
    const run = (x: Tensor): Tensor => {
      expectPositive("got", view(x));
      return x.sum();
    };
    const compiled = compile(run);
    const outcome = (call: (x: Tensor) => Tensor, x: Tensor): string => {
      try {
        return `gave ${call(x).item()}`;
      } catch (error) {
        return (error as Error).message;
      }
    };
    for (let at = 0; at < 54; at += 5) {
      const elements = Array.from({ length: 54 }, (__, i) => (i === at || i === (at * 7) % 54 ? -1 - i : 1));
      const x = tensor(elements, { dtype: "float64", shape: [6, 9] });
      expect(outcome(compiled, x)).toBe(outcome(run, x));
    }
  });

  it("leaves no thread waiting when it fails", async () => {
    const weight = tensor(Array.from({ length: 256 }, (_, i) => Array.from({ length: 256 }, (__, j) => (i + j) % 3)));
    const fn = (x: Tensor): Tensor => {
      const p = x.matmul(weight).matmul(weight).tanh();
      expectPositive("got", p);
      return p.matmul(weight).sum();
    };
    const compiled: Compiled<[Tensor], Tensor> = compile(fn, { threads: 3 });
    const good = tensor(Array.from({ length: 256 }, () => Array.from({ length: 256 }, () => 0.01)));
    const want = compiled(good).item();
    for (let call = 0; call < 40; call++) {
      await new Promise((done) => setTimeout(done, call < 20 ? 20 : 0));
      expect(errorOf(() => compiled(good.neg())).message).toMatch(/^got -/);
      expect(compiled(good).item()).toBe(want);
    }
  });

  it("inside of a checkpoint is made, eagerly and compiled", () => {
    const run = (x: Tensor, t: Tensor): Tensor => {
      const y = checkpoint((a) => functional.hingeEmbeddingLoss(a, t), x);
      return Array.isArray(y) ? y[0] : y;
    };
    const x = tensor([1, 2], { requiresGrad: true });
    for (const call of [run, compile(run)]) expect(() => call(x, tensor([1, 3]))).toThrow("targets 1 or -1, got 3.");
  });
});

describe("inspectStatistics", () => {
  it("tells between the calls of a compiled step what it tells in eager, and refuses to guess inside", () => {
    const [plain, norm] = [new BatchNorm(2), new BatchNorm(2)];
    const step = compile((x: Tensor) => norm.forward(x));
    for (const x of [
      tensor([
        [1, 2],
        [3, 5],
      ]),
      tensor([
        [1, NaN],
        [3, 5],
      ]),
      tensor([
        [1, 2],
        [3, 5],
      ]),
    ]) {
      // prettier-ignore
      plain.forward(x);
      step(x);
      expect(norms.inspectStatistics(norm)).toBe(norms.inspectStatistics(plain));
    }
    expect(norms.inspectStatistics(norm)).toMatch(/^running statistics became NaN/);
    const inside = compile((x: Tensor) => {
      const y = norm.forward(x);
      return [y, norms.inspectStatistics(norm)];
    });
    expect(() => inside(tensor([[1, 2], [3, 5]]))).toThrow(/Read it after the call\./); // prettier-ignore
  });
});
