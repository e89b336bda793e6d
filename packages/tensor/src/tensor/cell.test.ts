import { describe, expect, it } from "vitest";
import { Cell, NullTracer, withTracer } from "../internal.ts";

class CellTracer extends NullTracer {
  readonly seen: unknown[] = [];
  override readCell(cell: Cell<unknown>, value: unknown): void {
    this.seen.push(["read", cell, value]);
  }
  override writeCell(cell: Cell<unknown>, value: unknown): void {
    this.seen.push(["write", cell, value]);
  }
}

describe("Cell", () => {
  it("holds what it was given last", () => {
    const cell = new Cell<number | undefined>(1);
    expect(cell.get()).toBe(1);
    cell.set(undefined);
    expect(cell.get()).toBeUndefined();
  });

  it("tells a tracer what it holds before it is read or written, equal values too", () => {
    const [cell, other] = [new Cell("a"), new Cell(0)];
    const tracer = new CellTracer();
    withTracer(tracer, () => {
      cell.set("b");
      cell.set("b");
      other.get();
      return cell.get();
    });
    cell.get();
    expect(tracer.seen).toEqual([
      ["write", cell, "a"],
      ["write", cell, "b"],
      ["read", other, 0],
      ["read", cell, "b"],
    ]);
    expect(tracer.seen[2]).toContain(other);
  });
});
