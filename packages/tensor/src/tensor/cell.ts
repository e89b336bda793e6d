import { noteChange } from "../changes.ts";
import { activeTracer } from "./tracer.ts";

/**
 * A variable outside tensors that decides what functions do, such as a training flag. A trace depends on what it reads
 * in cells, and every run of a traced function writes what the trace wrote.
 *
 * @example
 * const training = new Cell(true);
 * training.set(false);
 * training.get(); // => false
 */
export class Cell<T> {
  #value: T;
  /** What it is, for messages: what it holds, or of a plain object whose it is. */
  readonly label: string;

  constructor(value: T, label: string = "a setting") {
    this.#value = value;
    this.label = label;
  }

  /** What it holds. */
  get(): T {
    activeTracer()?.readCell(this, this.#value);
    return this.#value;
  }

  /** Makes it hold `value`. */
  set(value: T): void {
    activeTracer()?.writeCell(this, this.#value);
    if (Object.is(this.#value, value)) return;
    noteChange();
    this.#value = value;
  }
}
