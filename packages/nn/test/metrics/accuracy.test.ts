import { randint, randn, type Tensor, tensor, topk } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { metrics } from "../../src/index.ts";

const { accuracy } = metrics;
const ints = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "int32" });

describe("accuracy", () => {
  it("counts by argmax, and by topk", () => {
    const [scores, target] = [randn([200, 7]), randint(0, 7, [200])];
    expect(accuracy(scores, target).item()).toBe(scores.argmax({ axis: 1 }).eq(target).to("float32").mean().item());
    for (let k = 1; k <= 7; k++) {
      const chosen = topk(scores, k).indices;
      const right = chosen.eq(target.unsqueeze(1)).any({ axis: 1 }).to("float32").mean().item();
      expect(accuracy(scores, target, { topK: k }).item()).toBe(right);
    }
    expect(accuracy(scores.argmax({ axis: 1 }), target).item()).toBe(accuracy(scores, target).item());
  });

  it("takes one sample, further axes, and bools", () => {
    expect(accuracy(tensor([1, 3, 2]), ints(1)).item()).toBe(1);
    const [scores, target] = [randn([5, 4, 3, 2]), randint(0, 4, [5, 3, 2])];
    expect(accuracy(scores, target).item()).toBeCloseTo(scores.argmax({ axis: 1 }).eq(target).to("float32").mean().item(), 6); // prettier-ignore
    const logits = tensor([-1, 2, 3]);
    expect(accuracy(logits.gt(0), tensor([false, true, false])).item()).toBeCloseTo(2 / 3, 6);
    expect(accuracy(logits.gt(0), ints([0, 1, 0])).item()).toBeCloseTo(2 / 3, 6);
  });

  it("leaves out what is ignored, and is NaN of nothing", () => {
    const scores = tensor([[0, 1], [1, 0], [1, 0]]); // prettier-ignore
    expect(accuracy(scores, ints([1, -100, 1]), { ignoreIndex: -100 }).item()).toBe(0.5);
    expect(accuracy(scores.argmax({ axis: 1 }), ints([1, -100, 1]), { ignoreIndex: -100 }).item()).toBe(0.5);
    expect(accuracy(scores, ints([7, 7, 7]), { ignoreIndex: 7 }).item()).toBeNaN();
    expect(accuracy(scores.slice([0, 0]), ints([]).reshape([0])).item()).toBeNaN();
  });

  it("tells of each target with reduction none", () => {
    const scores = tensor([[0, 1], [1, 0], [1, 0]]); // prettier-ignore
    expect(accuracy(scores, ints([1, 1, 0]), { reduction: "none" }).toArray()).toEqual([1, 0, 1]);
    expect(accuracy(scores, ints([1, 1, -1]), { ignoreIndex: -1, reduction: "none" }).toArray()).toEqual([1, 0, 0]);
    expect(accuracy(ints([0]), ints([-1]), { ignoreIndex: -1, reduction: "none" }).toArray()).toEqual([0]);
  });

  it("takes the first of equal scores, and no NaN for right", () => {
    const ties = tensor([[1, 1, 0]]);
    expect([0, 1].map((k) => accuracy(ties, ints([k])).item())).toEqual([1, 0]);
    expect(accuracy(ties, ints([1]), { topK: 2 }).item()).toBe(1);
    const broken = tensor([[NaN, 5, NaN]]);
    expect([0, 1, 2].map((k) => accuracy(broken, ints([k])).item())).toEqual([0, 0, 0]);
  });

  it.each<[string, () => unknown, string]>([
    ["float target", () => accuracy(randn([2, 3]), tensor([0, 1])), 'accuracy: expected an int32 target, got float32. Convert it with to("int32").'],
    ["binary logits", () => accuracy(randn([2]), ints([0, 1])), "accuracy: expected scores [C] or [N, C, ...] and a target without the axis of classes, got [2] and [2]. Choose the classes of a binary output: logits.gt(0)."],
    ["shapes", () => accuracy(ints([[1]]), ints([0, 1])), "accuracy: expected chosen classes in the shape of the target, [2], got [1, 1]."],
    ["topK", () => accuracy(randn([2, 3]), ints([0, 1]), { topK: 4 }), "accuracy: expected topK of at most 3 classes, got 4."],
    ["class", () => accuracy(randn([2, 3]), ints([0, 3])), "accuracy: expected classes in [0, 3), got 3."],
  ])("refuses a wrong %s", (_, run, message) => {
    expect(run).toThrow(message);
  }); // prettier-ignore
});
