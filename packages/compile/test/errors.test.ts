import { noGrad } from "@tapegrad/autograd";
import { BatchNorm, Dense, norms } from "@tapegrad/nn";
import { ReduceLROnPlateau, SGD, StepLR } from "@tapegrad/optim";
import { assign, CompileError, manualSeed, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

type Mark = () => void;

const x = tensor([1, 2, 3]);
const point = tensor([1]);
const weight = tensor([1, 2, 3], { requiresGrad: true });
const cyclic: unknown[] = [];
cyclic.push(cyclic);

/** A tensor without a value, left behind by a trace. */
function leftBehind(): Tensor {
  let kept: Tensor | undefined;
  compile((t: Tensor) => (kept = t.mul(2)))(x);
  return kept as Tensor;
}

const readHint = "Return it from the compiled function and read it afterwards, or choose between values with where.";

describe("errors", () => {
  // Every row calls `mark` on the line that the message must name.
  it.each<[string, (mark: Mark) => unknown, string]>([
    [
      "item",
      (mark) => compile((t: Tensor) => (mark(), t.sum().item()))(x),
      `item: expected a tensor with a value, got one of shape [] that is being traced. ${readHint}`,
    ],
    [
      "a branch",
      (mark) => compile((t: Tensor) => (mark(), t.max().item() > 2 ? t : t.neg()))(x),
      `item: expected a tensor with a value, got one of shape [] that is being traced. ${readHint}`,
    ],
    [
      "toArray",
      (mark) => compile((t: Tensor) => (mark(), t.toArray().toString()))(x),
      `toArray: expected a tensor with a value, got one of shape [3] that is being traced. ${readHint}`,
    ],
    [
      "data",
      (mark) => compile((t: Tensor) => (mark(), t.add(1).data.length))(x),
      `data: expected a tensor with a value, got one of shape [3] that is being traced. ${readHint}`,
    ],
    [
      "a value after an assignment",
      (mark) =>
        compile(() => {
          const state = point;
          assign(state, state.add(1));
          return (mark(), state.item());
        })(),
      "item: expected a tensor whose value is known, got one that the compiled function has assigned to. Read it after the call.",
    ],
    [
      "a value inside the framework",
      (mark) =>
        compile((t: Tensor) => {
          const norm = new BatchNorm(1);
          norm.forward(t.reshape([3, 1]));
          return (mark(), norms.inspectStatistics(norm));
        })(x),
      "data: expected a tensor whose value is known, got one that the compiled function has assigned to. Read it after the call.",
    ],
    [
      "a tensor of another trace",
      (mark) => {
        const kept = leftBehind();
        compile((t: Tensor) => (mark(), t.add(kept)))(x);
      },
      "compile: expected tensors of this call, got one of shape [3] that another trace left behind. " +
        "Return it from that function, or compute it again here.",
    ],
    [
      "a result of another trace",
      (mark) => {
        const kept = leftBehind();
        return (mark(), compile(() => kept)());
      },
      "compile: expected tensors of this call, got one of shape [3] that another trace left behind. " +
        "Return it from that function, or compute it again here.",
    ],
    [
      "assigning to a tensor of another trace",
      (mark) => {
        const kept = leftBehind();
        compile((t: Tensor) => (mark(), assign(kept, t)))(x);
      },
      "assign: expected a tensor from outside of the compiled function as target, got one of shape [3] made in another trace. " +
        "Use the new value instead.",
    ],
    [
      "assigning to a result",
      (mark) => compile((t: Tensor) => (mark(), assign(t.mul(2), t)))(x),
      "assign: expected a tensor from outside of the compiled function as target, got one of shape [3] made in it. " +
        "Use the new value instead.",
    ],
    [
      "assigning to an argument",
      (mark) => compile((s: number, t: Tensor) => (mark(), assign(t, t.mul(s))))(2, x),
      "assign: expected a tensor from outside of the compiled function as target, got argument 0 of shape [3]. " +
        "Capture the tensor, or return the new value.",
    ],
    [
      "an argument that was left behind",
      (mark) => {
        const kept = leftBehind();
        return (mark(), compile((t: Tensor) => t.mul(2))(kept));
      },
      "compile: expected arguments with values, got one of shape [3] that another trace left behind. Return it from that function.",
    ],
    [
      "an argument with a graph",
      (mark) => (mark(), compile((t: Tensor, u: Tensor) => t.add(u))(x, weight.mul(2))),
      "compile: expected arguments outside the recorded graph, got the result of mul of shape [3] as tensor 1. " +
        "Pass its detach(), or compute it in the function.",
    ],
    [
      "a captured tensor with a graph",
      (mark) => {
        const hidden = weight.exp();
        compile((t: Tensor) => (mark(), t.add(hidden)))(x);
      },
      "compile: expected captured tensors outside the recorded graph, got the result of exp of shape [3]. " +
        "Capture its detach(), or compute it in the function.",
    ],
    [
      "a leaf as argument and captured",
      (mark) => compile((t: Tensor) => (mark(), t.mul(weight)))(weight),
      "compile: expected a leaf of shape [3] as argument or as captured tensor, got it as both. Leave it out of the arguments.",
    ],
    [
      "an argument of another kind",
      (mark) => (mark(), compile((m: Map<string, Tensor>) => m.get("a"))(new Map([["a", x]]))),
      "compile: expected arguments to be tensors, numbers, strings, booleans, or arrays and plain objects of them, " +
        "got an instance of Map.",
    ],
    [
      "a function as argument",
      (mark) => (mark(), compile((f: (t: Tensor) => Tensor) => f(x))((t) => t.mul(2))),
      "compile: expected arguments to be tensors, numbers, strings, booleans, or arrays and plain objects of them, got a function.",
    ],
    [
      "a result of another kind",
      (mark) => (mark(), compile(() => new Dense(1, 1))()),
      "compile: expected results to be tensors, numbers, strings, booleans, or arrays and plain objects of them, " +
        "got an instance of Dense.",
    ],
    [
      "an async function",
      (mark) => (mark(), void compile(async (t: Tensor) => t.mul(2))(x)),
      "compile: expected results to be tensors, numbers, strings, booleans, or arrays and plain objects of them, " +
        "got an instance of Promise. Compile a function that is not async.",
    ],
    [
      "a cycle",
      (mark) => (mark(), compile((list: unknown) => list)(cyclic)),
      "compile: expected arguments without cycles, got an object that contains itself.",
    ],
    [
      "manualSeed",
      (mark) => compile(() => (mark(), void manualSeed(1)))(),
      "manualSeed: expected a call outside compiled functions, got one while tracing. " +
        "Seed before the call, or draw from a generator of your own.",
    ],
    [
      "a learning rate after the step of its schedule",
      (mark) => {
        const optimizer = new SGD([weight]);
        const schedule = new StepLR(optimizer, { stepSize: 1 });
        compile(() => {
          schedule.step();
          return (mark(), optimizer.groups[0]?.lr.mul(2));
        })();
      },
      "compile: expected no use of a tensor, such as a learning rate, after the step of its schedule, which comes at " +
        "the end of a call. Step the schedule last.",
    ],
    [
      "a schedule of metrics",
      (mark) => {
        const schedule = new ReduceLROnPlateau(new SGD([weight]));
        compile((t: Tensor) => (mark(), schedule.step(t.sum())))(x);
      },
      "ReduceLROnPlateau: expected a call outside compiled functions, got one while tracing. Step between the calls.",
    ],
    [
      "a change of dtype",
      (mark) => {
        const layer = new Dense(3, 2);
        compile((t: Tensor) => {
          const y = layer.forward(t.reshape(1, 3));
          return (mark(), layer.to("float64"), y);
        })(x);
      },
      "to: expected a tensor that the compiled function has not used, got one that it has. Convert it before the call.",
    ],
  ])("%s", (_name, call, message) => {
    let line: string | undefined;
    const mark = (): void => {
      line = /errors\.test\.ts:(\d+):\d+/.exec(new Error().stack?.split("\n").slice(2).join("\n") ?? "")?.[1];
    };
    const error = thrownBy(() => call(mark));
    expect(error).toBeInstanceOf(CompileError);
    const [, text, place] = /^(.*) At (\S.*:\d+:\d+)\.$/.exec(error.message) ?? [];
    expect(text).toBe(message);
    expect(place).toMatch(new RegExp(`^/.*/errors\\.test\\.ts:${line}:\\d+$`));
    expect(error.stack).toContain(error.message);
  });

  it("are thrown again by the next call, with one line each", () => {
    const f = compile((t: Tensor) => t.sum().item());
    const messages = [1, 2].map(() => thrownBy(() => f(x)).message);
    expect(messages[0]).toBe(messages[1]);
    expect(messages[0]?.match(/ At /g)).toHaveLength(1);
  });

  it("of users pass unchanged", () => {
    const mine = new RangeError("mine");
    const f = compile(() => {
      throw mine;
    });
    expect(thrownBy(f)).toBe(mine);
    expect(mine.message).toBe("mine");
  });

  it("of shapes are those of eager", () => {
    const f = compile((t: Tensor) => t.add(zeros([2])));
    expect(thrownBy(() => f(x)).message).toBe(thrownBy(() => x.add(zeros([2]))).message);
  });

  it("of options name them", () => {
    const call = (): unknown => compile((t: Tensor) => t, { fast: true } as object);
    expect(call).toThrow(/^compile: expected options .*deterministic.*, got "fast"\.$/);
  });

  it("let arguments with a graph pass where nothing is recorded", () => {
    const f = compile((t: Tensor) => t.mul(2));
    expect(noGrad(() => f(weight.mul(2))).toArray()).toEqual([4, 8, 12]);
    expect(f(noGrad(() => weight.mul(2))).toArray()).toEqual([4, 8, 12]);
  });

  it("print a tensor without its value", () => {
    let text = "";
    compile((t: Tensor) => {
      text = String(t);
      return t;
    })(x);
    expect(text).toContain("being traced");
  });
});

function thrownBy(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error, got none.");
}
