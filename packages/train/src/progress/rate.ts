/**
 * Moving average of how much is done in a second: `Σ wᵢ Δnᵢ / Σ wᵢ Δtᵢ`, the newest with weight `smoothing` and each older
 * one with `1 − smoothing` times that of the next. With 0 it is the average of all.
 */
export class Rate {
  static readonly name: string = "Rate";
  readonly #smoothing: number;
  #done = 0;
  #seconds = 0;

  constructor(smoothing: number) {
    this.#smoothing = smoothing;
  }

  /** Takes into account that `done` more took `seconds`. */
  add(done: number, seconds: number): void {
    const keep = 1 - this.#smoothing;
    this.#done = keep * this.#done + done;
    this.#seconds = keep * this.#seconds + seconds;
  }

  /** In a second; undefined before anything took time. */
  get perSecond(): number | undefined {
    return this.#seconds > 0 ? this.#done / this.#seconds : undefined;
  }
}
