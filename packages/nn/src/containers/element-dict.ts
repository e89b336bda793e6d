import { type Tensor, ValueError } from "@tapegrad/tensor";
import { Cell, expectNothing, expectValue, isPlainObject, quoted, ranges } from "@tapegrad/tensor/internal";
import { fnOf } from "./fn-of.ts";
import type { Member } from "../module/module-node.ts";
import { type AnyModule, Module } from "../module/module.ts";

/** Elements by name: a plain object, a Map, another dictionary, or pairs. */
export type Named<T> = Readonly<Record<string, T>> | Iterable<readonly [name: string, element: T]>;

/** A module that holds others, or parameters, by name, in order of their insertion. */
export abstract class ElementDict<T extends AnyModule | Tensor, Given = T> extends Module<readonly unknown[], never> {
  private readonly elementMap: Cell<ReadonlyMap<string, T>>;

  constructor(elements: Named<Given>) {
    super();
    const fn = new.target.name;
    this.elementMap = new Cell(this.settleAll(fn, elements), `the elements of a ${fn}`);
  }

  /** What is kept of an element that is given; throws for what cannot be one. */
  protected abstract settleElement(fn: string, what: string, element: Given): T;

  /** What elements are, for messages. */
  protected abstract elementKind(): string;

  private settleAll(fn: string, elements: Named<Given>): Map<string, T> {
    const given: unknown = elements;
    const isIterable = typeof given === "object" && given !== null && Symbol.iterator in given;
    if (!isIterable && !isPlainObject(given)) {
      throw new ValueError(`${fn}: expected ${this.elementKind()}s by name, got ${quoted(given)}.`);
    }
    const pairs: unknown[] = isIterable ? [...(given as Iterable<unknown>)] : Object.entries(given);
    return new Map(
      pairs.map((pair) => {
        if (!Array.isArray(pair) || pair.length !== 2) {
          throw new ValueError(`${fn}: expected pairs of a name and a ${this.elementKind()}, got ${quoted(pair)}.`);
        }
        const [name, element] = pair as [string, Given];
        return this.pairOf(fn, name, element);
      }),
    );
  }

  /** A name that can be one in a state, with its element. */
  private pairOf(fn: string, name: string, element: Given): [name: string, element: T] {
    expectValue(fn, "name", name, ranges.text);
    if (name === "" || name.includes(".")) {
      throw new ValueError(`${fn}: expected names that are not empty and have no dot, got ${quoted(name)}.`);
    }
    return [name, this.settleElement(fn, `${this.elementKind()} ${quoted(name)}`, element)];
  }

  /** Takes out an element and gives it. */
  private takeOut(fn: string, name: string): T {
    const element = this.elementOf(fn, name);
    const left = new Map(this.elementMap.get());
    left.delete(name);
    this.elementMap.set(left);
    return element;
  }

  private elementOf(fn: string, name: string): T {
    expectValue(fn, "name", name, ranges.text);
    const elements = this.elementMap.get();
    const element = elements.get(name);
    if (element !== undefined) return element;
    const names = elements.size === 0 ? "elements to be there" : `one of ${[...elements.keys()].join(", ")}`;
    throw new ValueError(`${fn}: expected ${names}, got ${quoted(name)}.`);
  }

  /** Number of elements. */
  get size(): number {
    return this.elementMap.get().size;
  }

  /**
   * The element of this name.
   *
   * @throws {ValueError} where there is none, with the names that there are
   */
  get(name: string, ...none: []): T {
    expectNothing(fnOf(this, "get"), none);
    return this.elementOf(fnOf(this, "get"), name);
  }

  /** Whether there is an element of this name. */
  has(name: string, ...none: []): boolean {
    expectNothing(fnOf(this, "has"), none);
    expectValue(fnOf(this, "has"), "name", name, ranges.text);
    return this.elementMap.get().has(name);
  }

  /**
   * Gives a name an element: in the place of the one that it has, at the end where it has none.
   *
   * @throws {ValueError} for an empty name, or one with a dot
   */
  set(name: string, element: Given, ...none: []): this {
    expectNothing(fnOf(this, "set"), none);
    const entry = this.pairOf(fnOf(this, "set"), name, element);
    this.elementMap.set(new Map([...this.elementMap.get(), entry]));
    return this;
  }

  /** {@link set} of several. */
  update(elements: Named<Given>, ...none: []): this {
    expectNothing(fnOf(this, "update"), none);
    this.elementMap.set(new Map([...this.elementMap.get(), ...this.settleAll(fnOf(this, "update"), elements)]));
    return this;
  }

  /**
   * Takes out the element of this name.
   *
   * @throws {ValueError} where there is none
   */
  delete(name: string, ...none: []): this {
    expectNothing(fnOf(this, "delete"), none);
    this.takeOut(fnOf(this, "delete"), name);
    return this;
  }

  /**
   * Takes out the element of this name and gives it.
   *
   * @throws {ValueError} where there is none
   */
  pop(name: string, ...none: []): T {
    expectNothing(fnOf(this, "pop"), none);
    return this.takeOut(fnOf(this, "pop"), name);
  }

  /** Takes out all elements. */
  clear(...none: []): this {
    expectNothing(fnOf(this, "clear"), none);
    this.elementMap.set(new Map());
    return this;
  }

  /** The names in order. */
  keys(...none: []): string[] {
    expectNothing(fnOf(this, "keys"), none);
    return [...this.elementMap.get().keys()];
  }

  /** The elements in order. */
  values(...none: []): T[] {
    expectNothing(fnOf(this, "values"), none);
    return [...this.elementMap.get().values()];
  }

  /** Names and elements in order, as a Map has them. */
  [Symbol.iterator](): IterableIterator<[name: string, element: T]> {
    return this.elementMap.get().entries();
  }

  override *members(): Generator<Member> {
    yield* this.elementMap.get();
    yield* super.members();
  }

  /** The names are keys as they are: they are no names of fields. */
  override stateKey(name: string): string {
    return name;
  }

  /** @throws {ValueError} always: a dictionary has no order of application */
  override forward(): never {
    throw new ValueError(
      `${this.constructor.name}: expected its ${this.elementKind()}s to be used, got a call of forward.`,
    );
  }
}
