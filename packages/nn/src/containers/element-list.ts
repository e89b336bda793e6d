import { type Tensor, ValueError } from "@tapegrad/tensor";
import { Cell, expectNothing, expectValue, quoted, ranges } from "@tapegrad/tensor/internal";
import { fnOf } from "./fn-of.ts";
import type { Member } from "../module/module-node.ts";
import { type AnyModule, Module } from "../module/module.ts";

/** A module that holds others, or parameters, in order; their names are "0", "1", ... A change of the list takes effect everywhere. */
export abstract class ElementList<
  T extends AnyModule | Tensor,
  In extends readonly unknown[],
  Out,
  Given = T,
> extends Module<In, Out> {
  private readonly elementList: Cell<readonly T[]>;

  constructor(elements: Iterable<Given>) {
    super();
    this.elementList = new Cell(this.settleAll(new.target.name, elements), `the list of a ${new.target.name}`);
  }

  /** What is kept of an element that is given; throws for what cannot be one. */
  protected abstract settleElement(fn: string, what: string, element: Given): T;

  /** What elements are, for messages. */
  protected abstract elementKind(): string;

  /** Those of a list that is given. */
  protected settleAll(fn: string, elements: Iterable<Given>): T[] {
    const given: unknown = elements;
    if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
      throw new ValueError(`${fn}: expected a list of ${this.elementKind()}s, got ${quoted(given)}.`);
    }
    return Array.from(elements, (element, i) => this.settleElement(fn, `${this.elementKind()} ${i}`, element));
  }

  /** The present list with `count` elements from `index` on replaced by others. */
  private splice(index: number, count: number, ...others: readonly T[]): void {
    const list = [...this.elementList.get()];
    list.splice(index, count, ...others);
    this.elementList.set(list);
  }

  /** Number of elements. */
  get length(): number {
    return this.elementList.get().length;
  }

  /** The element at `index`, from the end if negative; undefined where there is none. */
  at(index: number, ...none: []): T | undefined {
    expectNothing(fnOf(this, "at"), none);
    expectValue(fnOf(this, "at"), "index", index, ranges.integer);
    return this.elementList.get().at(index);
  }

  /** Adds an element at the end. */
  append(element: Given, ...none: []): this {
    expectNothing(fnOf(this, "append"), none);
    this.splice(this.length, 0, this.settleElement(fnOf(this, "append"), this.elementKind(), element));
    return this;
  }

  /** Adds the elements of a list at the end. */
  extend(elements: Iterable<Given>, ...none: []): this {
    expectNothing(fnOf(this, "extend"), none);
    this.splice(this.length, 0, ...this.settleAll(fnOf(this, "extend"), elements));
    return this;
  }

  /**
   * Adds an element before the one at `index`, from the end if negative.
   *
   * @throws {ValueError} for an index that is beyond the ends
   */
  insert(index: number, element: Given, ...none: []): this {
    const fn = fnOf(this, "insert");
    expectNothing(fn, none);
    const at = indexIn(fn, index, this.length, this.length + 1);
    this.splice(at, 0, this.settleElement(fn, this.elementKind(), element));
    return this;
  }

  /**
   * Puts an element in the place of the one at `index`, from the end if negative.
   *
   * @throws {ValueError} where there is none
   */
  set(index: number, element: Given, ...none: []): this {
    const fn = fnOf(this, "set");
    expectNothing(fn, none);
    const at = indexIn(fn, index, this.length);
    this.splice(at, 1, this.settleElement(fn, this.elementKind(), element));
    return this;
  }

  /**
   * Takes out the element at `index`, from the end if negative.
   *
   * @throws {ValueError} where there is none
   */
  delete(index: number, ...none: []): this {
    expectNothing(fnOf(this, "delete"), none);
    this.splice(indexIn(fnOf(this, "delete"), index, this.length), 1);
    return this;
  }

  /**
   * Takes out the element at `index`, the last unless given, and gives it.
   *
   * @throws {ValueError} where there is none
   */
  pop(index: number = -1, ...none: []): T {
    expectNothing(fnOf(this, "pop"), none);
    const at = indexIn(fnOf(this, "pop"), index, this.length);
    const element = this.elementList.get()[at]!;
    this.splice(at, 1);
    return element;
  }

  /** The elements from `start` to before `end`, from the end if negative. */
  protected elementsFrom(fn: string, start: number = 0, end?: number): T[] {
    expectValue(fn, "start", start, ranges.integer);
    if (end !== undefined) expectValue(fn, "end", end, ranges.integer);
    return this.elementList.get().slice(start, end);
  }

  /** The elements in order. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.elementList.get().values();
  }

  override *members(): Generator<Member> {
    yield* this.elementList.get().map((element, i): Member => [String(i), element]);
    yield* super.members();
  }
}

/** An index from the start for one that may be from the end of `length` elements; throws unless it is below `limit`. */
function indexIn(fn: string, index: number, length: number, limit: number = length): number {
  expectValue(fn, "index", index, ranges.integer);
  const start = index < 0 ? index + length : index;
  if (start >= 0 && start < limit) return start;
  throw new ValueError(`${fn}: expected an index from ${-length} to ${limit - 1}, got ${index}.`);
}
