import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";
import { allRows as rows } from "./arguments/all-rows.ts";
import { type Callable, callOf, exported, isClass } from "./arguments/exported.ts";
import { type Kind, kinds, type Row, slots } from "./arguments/rows.ts";

interface Slot {
  readonly accepts: readonly Kind[];
  readonly isOptions: boolean;
}

function slotsOf([takes]: Row): { readonly slots: readonly Slot[]; readonly isOpen: boolean } {
  const isOpen = takes.endsWith("...");
  const words = takes
    .replace("...", "")
    .split(" ")
    .filter((word) => word !== "");
  return {
    isOpen,
    slots: words.map((word) => {
      const name = word.replace("?", "");
      return {
        accepts: [...slots[name]!, ...(word.endsWith("?") ? (["undefined"] as const) : [])],
        isOptions: name === "options",
      };
    }),
  };
}

/** How messages call what a row is about: its own name, with or without its class, or as the row says. */
function prefixes(name: string, says: string | undefined): RegExp {
  const parts = name.split(".");
  const owner = parts.length > 1 && isClass(exported(parts.slice(0, -1).join("."))) ? parts.at(-2)! : undefined;
  const own = parts.at(-1)!;
  const names = [own, ...(owner === undefined ? [] : [`\\w+\\.${own}`, owner]), ...(says === undefined ? [] : [says])];
  // A layer of several is also told in which of them it is.
  return new RegExp(`^(in [\\w.]+ \\(\\w+\\): )?(${names.join("|")}): expected `);
}

/** Other tensors in place of one that is right. */
const changes: Readonly<Record<string, (x: tapegrad.Tensor) => tapegrad.Tensor>> = {
  bool: (x) => x.detach().to("bool"),
  int32: (x) => x.detach().to("int32"),
  "another float": (x) => x.detach().to(x.dtype === "float64" ? "float32" : "float64"),
  empty: ({ shape, dtype }) => tapegrad.zeros([0, ...shape.slice(1)], { dtype }),
  longer: ({ shape, dtype }) => tapegrad.ones(shape.map((extent) => extent + 3)).to(dtype),
  deeper: ({ shape, dtype }) => tapegrad.ones([2, 3, ...shape]).to(dtype),
  "a vector": ({ dtype }) => tapegrad.ones([7]).to(dtype),
  "a scalar": ({ dtype }) => tapegrad.ones([]).to(dtype),
  NaN: (x) => tapegrad.fullLike(x, Number.NaN, { dtype: "float32" }).to(x.dtype),
  large: ({ shape, dtype }) => tapegrad.full(shape, 99).to(dtype),
  negative: ({ shape, dtype }) => tapegrad.full(shape, -99).to(dtype),
};

/** An argument with another tensor in it; nothing if there is no tensor in it. */
function changedTensor(arg: unknown, change: (x: tapegrad.Tensor) => tapegrad.Tensor): unknown {
  if (arg instanceof tapegrad.Tensor) return change(arg);
  const first: unknown = Array.isArray(arg) ? arg[0] : undefined;
  return first instanceof tapegrad.Tensor ? (arg as unknown[]).with(0, change(first)) : undefined;
}

function isHandle(value: unknown): value is tapegrad.HookHandle {
  return typeof value === "object" && value !== null && "remove" in value && typeof value.remove === "function";
}

describe.each(Object.entries(rows))("%s", (name, row) => {
  const [, valid, says] = row;
  const call = callOf(name);
  const { slots: places, isOpen } = slotsOf(row);
  const isMethod = valid().length > places.length;
  const first = isMethod ? 1 : 0;

  /** What a call throws, or its promise is rejected with. */
  async function outcome(args: readonly unknown[]): Promise<unknown> {
    try {
      const result: unknown = await call(...args);
      // A hook of all modules would go on.
      if (isHandle(result)) result.remove();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  it("works with right arguments", async () => {
    expect(await outcome(valid())).toBeUndefined();
    expect(valid().length).toBe(first + places.length);
  });

  it("refuses what is of a wrong kind, and names itself", async () => {
    const wrong: string[] = [];
    for (const [place, { accepts }] of places.entries()) {
      for (const kind of Object.keys(kinds) as Kind[]) {
        const args = [...valid()];
        args[first + place] = kinds[kind]();
        const error = await outcome(args);
        const isTyped = error instanceof tapegrad.TapegradError && prefixes(name, says).test(error.message);
        if (isTyped || (error === undefined && accepts.includes(kind))) continue;
        wrong.push(`${kind} as argument ${place}: ${error === undefined ? "accepted" : String(error)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("names itself for tensors of other shapes and dtypes", async () => {
    const wrong: string[] = [];
    for (const [place, arg] of valid().entries()) {
      for (const [what, change] of Object.entries(changes)) {
        const changed = changedTensor(arg, change);
        if (changed === undefined) continue;
        const error = await outcome(valid().with(place, changed));
        const isTyped = error instanceof tapegrad.TapegradError && prefixes(name, says).test(error.message);
        if (error !== undefined && !isTyped) wrong.push(`${what} as argument ${place}: ${String(error)}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("ignores no further argument", async () => {
    const last = places.at(-1);
    if (isOpen || last?.isOptions === true) return;
    const error = await outcome([...valid(), 5]);
    expect(error).toBeInstanceOf(tapegrad.TapegradError);
    expect((error as Error).message).toMatch(/: expected (no further argument, got 5|\d+ inputs, got \d+)\./);
  });
});

/** What has no row, and why. */
const exempt: Readonly<Record<string, string>> = {
  Tensor: "made by functions, not by its constructor",
  "nn.Module": "a base class; what a subclass hands on is its own affair",
  "distributions.Distribution": "a base class; what a subclass hands on is its own affair",
  "distributions.ReparameterizedDistribution": "a base class; what a subclass hands on is its own affair",
  "optim.Optimizer": "a base class for rules, which TypeScript checks",
  "optim.Schedule": "a base class for schedules, which TypeScript checks",
  ...Object.fromEntries(
    "Accumulator AveragedMetric BatchMetric ConfusionMetric LossMetric ThresholdMetric"
      .split(" ")
      .map((name) => [`train.metrics.${name}`, "a base class; what a subclass hands on is its own affair"]),
  ),
  ...Object.fromEntries(
    ["ModuleList", "ModuleDict", "ParameterList", "ParameterDict"].map((name) => [
      `nn.${name}.forward`,
      "throws always",
    ]),
  ),
  "data.WorkerError": "made by loaders",
  "data.serveDataset": "refuses to run where there is no worker",
  "train.htmlReport": "writes a file; what it takes beyond reportHtml is looked at in its own tests",
  "train.Model.save": "writes a file; its own tests look at what it refuses",
  "train.Model.load": "reads a file; its own tests look at what it refuses",
  "io.saveNpy": "writes a file; its own tests look at what it refuses",
  "io.saveNpz": "writes a file; its own tests look at what it refuses",
  "io.saveSafetensors": "writes a file; its own tests look at what it refuses",
  "io.saveCheckpoint": "writes a file; its own tests look at what it refuses",
  "io.loadCheckpoint": "reads a file; what it takes beyond decodeCheckpoint is looked at in its own tests",
  "optim.option": "a row of a rule's table, which TypeScript checks",
  "optim.required": "a row of a rule's table, which TypeScript checks",
};
const errors = Object.values(tapegrad).filter((value) => isClass(value) && value.prototype instanceof Error);

/** Methods that TypeScript hides from users, and those that only subclasses write or call. */
const hidden = [
  "constructor self run scalar fresh alias unary floatUnary binary reduce arg countOf spread finitePeak lastAxes scaledFor", // Tensor
  "members stateKey details toString setMode setOption zeroState attend attendTo around transform through convolved dropBetween withBuffers planFor widthsOf", // Module
  "settleElement elementKind settleAll splice elementsFrom pairOf elementOf takeOut", // ElementList, ElementDict
  "advance restore", // Optimizer
  "rate checkStep applyExtras moveParts begin", // Schedule
  "draw drawn divergence standardized expected", // Distribution
  "conclude add measure values figure", // Accumulator
  "onTrainBegin onTrainEnd onEpochBegin onEpochEnd onBatchBegin onBatchEnd onValidationBegin onValidationEnd", // Callback
].flatMap((names) => names.split(" "));

function callables(exports: object, prefix = ""): string[] {
  return Object.entries(exports).flatMap(([name, value]: [string, unknown]) => {
    if (Object.prototype.toString.call(value) === "[object Module]")
      return callables(value as object, `${prefix}${name}.`);
    return typeof value === "function" && !errors.some((error) => error === value) ? [prefix + name] : [];
  });
}

/** The static methods of a class, its public methods that take an argument, and all of a tensor's, by the class that the rows name. */
function methodsOf(name: string): string[] {
  const Class = exported(name);
  if (!isClass(Class)) return [];
  const statics = Object.entries(Object.getOwnPropertyDescriptors(Class));
  const found = statics.flatMap(([method, { value }]) => (typeof value === "function" ? [method] : []));
  for (let at: object = Class.prototype as object; at !== Object.prototype; at = Object.getPrototypeOf(at) as object) {
    for (const [method, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value !== "function" || hidden.includes(method)) continue;
      if (method === "forward" || name === "Tensor" || (value as Callable).length > 0) found.push(method);
    }
  }
  return found;
}

it("has a row for everything that can be called", () => {
  const names = callables(tapegrad).filter((name) => !name.startsWith("optim.ranges."));
  expect(names.filter((name) => !(name in rows) && !(name in exempt))).toEqual([]);
  const known = (name: string, method: string): boolean => {
    const metrics = ["train.metrics.Accumulator", "train.metrics.BatchMetric"];
    const bases = ["Tensor", "nn.Module", "optim.Optimizer", "optim.Schedule", ...metrics];
    return [name, ...bases].some((base) => {
      const [Class, Base] = [exported(name), exported(base)];
      const isBase =
        Class === Base || (Class as { prototype: unknown }).prototype instanceof (Base as new () => object);
      return isBase && `${base}.${method}` in rows;
    });
  };
  const missing = names.flatMap((name) =>
    methodsOf(name).flatMap((method) =>
      known(name, method) || `${name}.${method}` in exempt ? [] : [`${name}.${method}`],
    ),
  );
  expect(missing).toEqual([]);
});
