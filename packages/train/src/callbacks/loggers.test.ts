import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Dense } from "@tapegrad/nn";
import { version } from "@tapegrad/tensor/internal";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { IdleTraining } from "../../test/idle-training.ts";
import type { Logs } from "../training/callback.ts";
import { CSVLogger } from "./csv-logger.ts";
import { JSONLLogger } from "./jsonl-logger.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tapegrad-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const training = (dryRun: boolean = false): IdleTraining => new IdleTraining(new Dense(1, 1), dryRun);
const text = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8");

describe("CSVLogger", () => {
  const epochs = (log: CSVLogger, rows: readonly Logs[], first: number = 0): void =>
    rows.forEach((logs, i) => log.onEpochEnd(first + i, logs, training()));
  const path = (): string => join(folder, "a", "log.csv");

  it("writes header and lines, quoted where needed, and keeps its columns", () => {
    const log = new CSVLogger(path(), { separator: ";" });
    log.onTrainBegin(training());
    expect(existsSync(path())).toBe(false);
    epochs(log, [{ loss: 0.5, 'a;"b"': 1 }]);
    expect(text("a", "log.csv")).toBe('epoch;loss;"a;""b"""\n0;0.5;1\n');
    epochs(log, [{ loss: Number.NaN, later: 3 }], 1);
    expect(text("a", "log.csv")).toBe('epoch;loss;"a;""b"""\n0;0.5;1\n1;NaN;\n');
  });

  it("begins anew or goes on in a file, whose columns have to be the same", () => {
    for (const append of [false, true]) {
      const log = new CSVLogger(path(), { append });
      log.onTrainBegin(training());
      epochs(log, [{ loss: 1 }]);
    }
    expect(text("a", "log.csv")).toBe("epoch,loss\n0,1\n0,1\n");
    const other = new CSVLogger(path(), { append: true });
    other.onTrainBegin(training());
    expect(() => epochs(other, [{ accuracy: 1 }])).toThrow(
      "CSVLogger: expected a file with columns epoch,accuracy to go on in, got epoch,loss.",
    );
    writeFileSync(path(), "epoch,loss\n0,1");
    other.onTrainBegin(training());
    epochs(other, [{ loss: 2 }], 1);
    expect(text("a", "log.csv")).toBe("epoch,loss\n0,1\n1,2\n");
  });

  it.each([false, true])(
    "drops what was written after the state that a training is resumed from (append: %s)",
    (append) => {
      const earlier = new CSVLogger(path());
      earlier.onTrainBegin(training());
      epochs(earlier, [{ loss: 9 }]);
      const log = new CSVLogger(path(), { append });
      log.onTrainBegin(training());
      epochs(log, [{ loss: 3 }, { loss: 2 }]);
      const state = log.stateDict();
      epochs(log, [{ loss: 1 }], 2);
      const resumed = new CSVLogger(path(), { append });
      resumed.onTrainBegin(training());
      resumed.loadStateDict(JSON.parse(JSON.stringify(state)) as typeof state);
      epochs(resumed, [{ loss: 1.5 }], 2);
      expect(text("a", "log.csv")).toBe(`epoch,loss\n${append ? "0,9\n" : ""}0,3\n1,2\n2,1.5\n`);
    },
  );

  it("keeps what was there before a training that is resumed from its first epoch", () => {
    const begun = (): CSVLogger => {
      const log = new CSVLogger(path(), { append: true });
      log.onTrainBegin(training());
      return log;
    };
    epochs(begun(), [{ loss: 9 }]);
    const log = begun();
    const state = log.stateDict();
    epochs(log, [{ loss: 3 }]);
    const resumed = begun();
    resumed.loadStateDict(state);
    epochs(resumed, [{ loss: 2 }]);
    expect(text("a", "log.csv")).toBe("epoch,loss\n0,9\n0,2\n");
  });

  it("writes nothing in a dry run, and says what is wrong", () => {
    const log = new CSVLogger(path());
    log.onTrainBegin(training(true));
    log.onEpochEnd(0, { loss: 1 }, training(true));
    expect(existsSync(path())).toBe(false);
    expect(() => new CSVLogger("x", { separator: '"' })).toThrow("CSVLogger: expected separator to be one character");
    expect(() => new CSVLogger("")).toThrow("CSVLogger: expected path to be a path");
  });
});

describe("JSONLLogger", () => {
  it("writes a folder for a run: how it was set up, and a line for each epoch", () => {
    const log = new JSONLLogger(folder, {
      name: "first",
      configuration: { hidden: 32 },
      seed: 7,
      versions: { data: "2" },
    });
    log.onTrainBegin(training());
    log.onEpochBegin(0, training());
    const { finished, started, ...facts } = JSON.parse(text("first", "run.json")) as Record<string, unknown>;
    expect(finished).toBeUndefined();
    expect(new Date(started as string).toISOString()).toBe(started);
    expect(facts).toEqual({
      seed: 7,
      configuration: { hidden: 32 },
      versions: { tapegrad: version, node: process.versions.node, data: "2" },
      net: String(new Dense(1, 1)),
    });
    log.onEpochEnd(0, { loss: 0.5, valLoss: Number.NaN }, training());
    const [line, rest] = text("first", "metrics.jsonl").split("\n");
    expect(rest).toBe("");
    expect(JSON.parse(line!)).toEqual({ epoch: 0, time: expect.any(Number) as number, loss: 0.5, valLoss: "NaN" });
    log.onTrainEnd(training());
    expect(JSON.parse(text("first", "run.json"))).toMatchObject({
      seed: 7,
      epochs: 1,
      finished: expect.any(String) as string,
    });
    const again = new JSONLLogger(folder, { name: "first" });
    again.onTrainBegin(training());
    expect(() => again.onEpochBegin(0, training())).toThrow(
      'JSONLLogger: expected the name of a new run, got "first", whose folder is there.',
    );
  });

  it("goes on in the folder of a state, and gives each other run one of its own", () => {
    const begun = (): JSONLLogger => {
      const log = new JSONLLogger(folder);
      log.onTrainBegin(training());
      return log;
    };
    const [log, other] = [begun(), begun()];
    for (const each of [log, other]) each.onEpochBegin(0, training());
    expect(log.run).not.toBe(other.run);
    log.onEpochEnd(0, { loss: 1 }, training());
    const state = log.stateDict();
    log.onEpochEnd(1, { loss: 2 }, training());
    const resumed = begun();
    resumed.loadStateDict(JSON.parse(JSON.stringify(state)) as typeof state);
    resumed.onEpochEnd(1, { loss: 3 }, training());
    expect(resumed.run).toBe(log.run);
    const losses = readFileSync(join(log.run!, "metrics.jsonl"), "utf8").trim().split("\n").map((line) => (JSON.parse(line) as Logs)["loss"]); // prettier-ignore
    expect(losses).toEqual([1, 3]);
  });

  it("goes on with the start and the time of the run", () => {
    vi.useFakeTimers();
    const begun = (): JSONLLogger => {
      const log = new JSONLLogger(folder, { name: "long" });
      log.onTrainBegin(training());
      return log;
    };
    vi.setSystemTime("2020-02-02T10:00:00Z");
    const log = begun();
    log.onEpochBegin(0, training());
    vi.advanceTimersByTime(1500);
    log.onEpochEnd(0, { loss: 1 }, training());
    const state = log.stateDict();
    vi.advanceTimersByTime(60_000);
    const resumed = begun();
    resumed.loadStateDict(JSON.parse(JSON.stringify(state)) as typeof state);
    vi.advanceTimersByTime(500);
    resumed.onEpochEnd(1, { loss: 2 }, training());
    resumed.onTrainEnd(training());
    vi.useRealTimers();
    const facts: unknown = JSON.parse(text("long", "run.json"));
    expect(facts).toMatchObject({
      started: "2020-02-02T10:00:00.000Z",
      finished: "2020-02-02T10:01:02.000Z",
      epochs: 2,
    });
    const times = text("long", "metrics.jsonl").trim().split("\n").map((line) => (JSON.parse(line) as Logs)["time"]); // prettier-ignore
    expect(times).toEqual([1.5, 2]);
  });

  it("writes nothing in a dry run", () => {
    const log = new JSONLLogger(join(folder, "runs"));
    log.onTrainBegin(training(true));
    log.onEpochBegin(0, training(true));
    log.onEpochEnd(0, { loss: 1 }, training(true));
    log.onTrainEnd(training(true));
    expect(existsSync(join(folder, "runs"))).toBe(false);
  });
});
