import { ones } from "@tapegrad/tensor";
import { DataLoader, TensorDataset } from "@tapegrad/data";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ProgressState } from "./progress-state.ts";
import { progressLine } from "./progress-line.ts";
import { progress } from "./progress.ts";

/** A stream that keeps what is written. */
function streamOf(
  isTTY: boolean,
  columns: number = 60,
): { isTTY: boolean; columns: number; text: string; write(text: string): void } {
  return {
    isTTY,
    columns,
    text: "",
    write(text) {
      this.text += text;
    },
  };
}

const escape = "\u001B";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
  vi.stubEnv("CI", "");
  vi.stubEnv("TERM", "xterm");
  vi.stubEnv("NO_COLOR", "1");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("progress", () => {
  it("goes on with what was done before, which is none of its rate", () => {
    const states: ProgressState[] = [];
    const bar = progress([7, 8, 9], { total: 10, initial: 7, interval: 1, show: (state) => states.push(state) });
    for (const _ of bar) vi.advanceTimersByTime(1000);
    expect(states.map(({ done, rate, remaining }) => [done, rate, remaining])).toEqual([
      [8, 1, 2],
      [9, 1, 1],
      [10, 1, 0],
      [10, 1, 0],
    ]);
  });

  it("gives what it was given, and shows rate, rest and figures", () => {
    const states: ProgressState[] = [];
    const bar = progress([..."abcd"], { description: "letters", interval: 1, show: (state) => states.push(state) });
    const seen: string[] = [];
    for (const letter of bar) {
      seen.push(letter);
      bar.set({ loss: seen.length, tensor: ones([]).mul(2) });
      vi.advanceTimersByTime(500);
    }
    expect(seen.join("")).toBe("abcd");
    expect(states.map(({ done }) => done)).toEqual([2, 4, 4]);
    expect(states[0]).toEqual({
      description: "letters",
      unit: "it",
      done: 2,
      total: 4,
      elapsed: 1,
      remaining: 1,
      rate: 2,
      metrics: { loss: 2, tensor: 2 },
      isOver: false,
    });
    expect(states[2]).toMatchObject({ isOver: true, rate: 2, elapsed: 2 });
  });

  it("weighs the newest interval by smoothing, and all alike with 0", () => {
    const rates = (smoothing: number): (number | undefined)[] => {
      const states: ProgressState[] = [];
      for (const wait of progress([1000, 3000], { smoothing, interval: 0.5, show: (state) => states.push(state) })) {
        vi.advanceTimersByTime(wait);
      }
      return states.map(({ rate }) => rate);
    };
    // (0.7 · 1 + 1) / (0.7 · 1 + 3) and 2 / 4
    expect(rates(0.3)[1]).toBeCloseTo(1.7 / 3.7, 12);
    expect(rates(0)[1]).toBeCloseTo(0.5, 12);
  });

  it("draws over one line of a terminal, not more often than every 0.1 s", () => {
    const stream = streamOf(true);
    for (const _ of progress(Array.from({ length: 10 }), { stream })) vi.advanceTimersByTime(50);
    const drawings = stream.text.split("\r").slice(1);
    expect(drawings).toHaveLength(6);
    expect(drawings[2]).toBe(` 60%|${"█".repeat(13)}▊${" ".repeat(9)}| 6/10 [00:00<00:00, 20.0 it/s]${escape}[K`);
    expect(drawings.every((line) => line.replace(`${escape}[K`, "").trimEnd().length < 60)).toBe(true);
    expect(stream.text.endsWith(`10/10 [00:00, 20.0 it/s]${escape}[K\n`)).toBe(true);
    expect(stream.text.split("\n")).toHaveLength(2);
  });

  it("paints the bar unless NO_COLOR is set", () => {
    const plain = streamOf(true);
    for (const _ of progress([1], { stream: plain }));
    expect(plain.text).not.toContain(`${escape}[36m`);
    vi.stubEnv("NO_COLOR", "");
    const coloured = streamOf(true);
    for (const _ of progress([1], { stream: coloured }));
    expect(coloured.text).toContain(`${escape}[36m`);
  });

  it.each([
    ["without a terminal", false, {}],
    ["with CI", true, { CI: "true" }],
    ["on a dumb terminal", true, { TERM: "dumb" }],
  ])("writes plain lines %s: every 10 s, and one at the end", (_name, isTTY, variables) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const stream = streamOf(isTTY);
    for (const _ of progress(Array.from({ length: 25 }), { stream, description: "epoch" }))
      vi.advanceTimersByTime(1000);
    const lines = stream.text.split("\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^epoch: {2}40%\|█{16} {24}\| 10\/25 \[00:10<00:15, 1\.00 it\/s\]$/);
    expect(stream.text).not.toContain(escape);
    expect(stream.text).not.toContain("\r");
  });

  it("ends the line when the loop is left early or throws", () => {
    const left = streamOf(true);
    for (const item of progress([1, 2, 3], { stream: left })) if (item === 2) break;
    expect(left.text).toMatch(/1\/3.*\n$/);
    const thrown = streamOf(true);
    expect(() => {
      for (const item of progress([1, 2, 3], { stream: thrown })) if (item === 2) throw new Error("no");
    }).toThrow("no");
    expect(thrown.text).toMatch(/1\/3.*\n$/);
  });

  it("tells the iterator when the loop is left", () => {
    let closed = false;
    function* items(): Generator<number> {
      try {
        yield 1;
        yield 2;
      } finally {
        closed = true;
      }
    }
    for (const _ of progress(items(), { silent: true })) break;
    expect(closed).toBe(true);
  });

  it("goes through async iterables, loaders and sets", async () => {
    async function* later(): AsyncGenerator<number> {
      yield 1;
      await Promise.resolve();
      yield 2;
    }
    const states: ProgressState[] = [];
    const show = (state: ProgressState): void => void states.push(state);
    let sum = 0;
    for await (const item of progress(later(), { show })) sum += item;
    expect(sum).toBe(3);
    expect(states).toMatchObject([{ done: 2, total: undefined, isOver: true }]);
    const loader = new DataLoader(new TensorDataset(ones([5, 1])), { batchSize: 2 });
    for (const [x] of progress(loader, { show })) sum += x.size;
    for await (const [x] of progress(loader, { show })) sum += x.size;
    for (const item of progress(new Set([1, 2]), { show })) sum += item;
    expect(sum).toBe(16);
    expect(states.slice(1)).toMatchObject([
      { done: 3, total: 3 },
      { done: 3, total: 3 },
      { done: 2, total: 2 },
    ]);
  });

  it("says nothing when silent, and what is wrong", () => {
    const stream = streamOf(true);
    for (const _ of progress([1, 2], { stream, silent: true })) vi.advanceTimersByTime(1000);
    expect(stream.text).toBe("");
    expect(() => progress(3 as never)).toThrow(
      "progress: expected iterable to be an iterable or async iterable, got 3.",
    );
    expect(() => progress([], { desc: "x" } as never)).toThrow('got "desc".');
    expect(() => progress([]).set({ loss: "x" } as never)).toThrow(
      "Progress.set: expected metrics to be an object of numbers",
    );
    async function* none(): AsyncGenerator<number> {}
    expect(() => [...progress(none())]).toThrow("write for await");
  });
});

describe("the line", () => {
  const state: ProgressState = {
    description: "train",
    unit: "it",
    done: 450,
    total: 1000,
    elapsed: 12.5,
    remaining: 3675,
    rate: 36.14,
    metrics: { loss: 0.34123, accuracy: 1 },
    isOver: false,
  };

  it("has a bar where there is room, and is never wider than the terminal", () => {
    expect(progressLine(state, 90)).toBe(
      "train:  45%|███████▏        | 450/1000 [00:12<1:01:15, 36.1 it/s, loss 0.3412, accuracy 1]",
    );
    expect(progressLine(state, 78)).toBe("train:  45% 450/1000 [00:12<1:01:15, 36.1 it/s, loss 0.3412, accuracy 1]");
    for (let width = 1; width < 120; width++) expect(progressLine(state, width).length).toBeLessThanOrEqual(width);
    expect(progressLine(state, 20)).toBe("train:  45% 450/100…");
  });

  it("does without a total, and turns slow rates round", () => {
    expect(progressLine({ ...state, total: undefined, remaining: undefined, rate: 0.25, metrics: {} }, 80)).toBe(
      "train: 450 it [00:12<?, 4.00 s/it]",
    );
    expect(
      progressLine(
        { ...state, total: 0, done: 0, rate: undefined, remaining: undefined, metrics: {}, isOver: true },
        40,
      ),
    ).toBe("train: 100%|███████| 0/0 [00:12, ? it/s]");
    expect(progressLine({ ...state, rate: 12_345_678 }, 200)).toContain("12.3M it/s");
    expect(progressLine({ ...state, rate: 45_678 }, 200)).toContain("45.7k it/s");
  });
});
