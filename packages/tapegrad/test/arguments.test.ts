import { describe, expect, it } from "vitest";
import * as tapegrad from "../src/index.ts";
import { functionalRows } from "./arguments/functional-rows.ts";
import { layerRows } from "./arguments/layer-rows.ts";
import { type Kind, kinds, type Row, type Rows, slots } from "./arguments/rows.ts";
import { tapeRows } from "./arguments/tape-rows.ts";
import { methodRows, tensorRows } from "./arguments/tensor-rows.ts";
import { dataRows, optimRows } from "./arguments/training-rows.ts";

const rows: Rows = { ...methodRows, ...tensorRows, ...tapeRows, ...functionalRows, ...layerRows, ...optimRows, ...dataRows };

type Callable = (...args: readonly unknown[]) => unknown;

/** What stands in the exports under a dotted name, if it can be called. */
function exported(path: string): unknown {
  return path.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], tapegrad);
}

function isClass(value: unknown): value is new (...args: readonly unknown[]) => object {
  return typeof value === "function" && Function.prototype.toString.call(value).startsWith("class");
}

/** The call that a row is about: a function, a constructor, or a method whose object comes first. */
function callOf(name: string): Callable {
  const parts = name.split(".");
  const owner: unknown = parts.length > 1 ? exported(parts.slice(0, -1).join(".")) : undefined;
  if (isClass(owner)) return (self, ...args) => (self as Record<string, Callable>)[parts.at(-1)!]!(...args);
  const value = exported(name);
  return isClass(value) ? (...args) => new value(...args) : (value as Callable);
}

interface Slot {
  readonly accepts: readonly Kind[];
  readonly isOptions: boolean;
}

function slotsOf([takes]: Row): { readonly slots: readonly Slot[]; readonly isOpen: boolean } {
  const isOpen = takes.endsWith("...");
  const words = takes.replace("...", "").split(" ").filter((word) => word !== "");
  return {
    isOpen,
    slots: words.map((word) => {
      const name = word.replace("?", "") as keyof typeof slots;
      return { accepts: [...slots[name], ...(word.endsWith("?") ? (["undefined"] as const) : [])], isOptions: name === "options" };
    }),
  };
}

/** How messages call what a row is about: its own name, with or without its class, or as the row says. */
function prefixes(name: string, says: string | undefined): RegExp {
  const parts = name.split(".");
  const owner = parts.length > 1 && isClass(exported(parts.slice(0, -1).join("."))) ? parts.at(-2)! : undefined;
  const own = parts.at(-1)!;
  const names = [own, ...(owner === undefined ? [] : [`\\w+\\.${own}`, owner]), ...(says === undefined ? [] : [says])];
  return new RegExp(`^(${names.join("|")}): expected `);
}

describe.each(Object.entries(rows))("%s", (name, row) => {
  const [, valid, says] = row;
  const call = callOf(name);
  const { slots: places, isOpen } = slotsOf(row);
  const isMethod = valid().length > places.length;
  const first = isMethod ? 1 : 0;

  function outcome(args: readonly unknown[]): unknown {
    try {
      call(...args);
      return undefined;
    } catch (error) {
      return error;
    }
  }

  it("works with right arguments", () => {
    expect(outcome(valid())).toBeUndefined();
    expect(valid().length).toBe(first + places.length);
  });

  it("refuses what is of a wrong kind, and names itself", () => {
    const wrong: string[] = [];
    places.forEach(({ accepts }, place) => {
      for (const kind of Object.keys(kinds) as Kind[]) {
        const args = [...valid()];
        args[first + place] = kinds[kind]();
        const error = outcome(args);
        const isTyped = error instanceof tapegrad.TapegradError && prefixes(name, says).test(error.message);
        if (isTyped || (error === undefined && accepts.includes(kind))) continue;
        wrong.push(`${kind} as argument ${place}: ${error === undefined ? "accepted" : String(error)}`);
      }
    });
    expect(wrong).toEqual([]);
  });

  it("ignores no further argument", () => {
    const last = places.at(-1);
    if (isOpen || last?.isOptions === true) return;
    const error = outcome([...valid(), 5]);
    expect(error).toBeInstanceOf(tapegrad.TapegradError);
    expect((error as Error).message).toMatch(/: expected (no further argument, got 5|\d+ inputs, got \d+)\./);
  });
});
