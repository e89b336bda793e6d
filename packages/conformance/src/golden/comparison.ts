import { FormatError, TapegradError, type Tensor } from "@tapegrad/tensor";
import { formatShape, sameShape } from "@tapegrad/tensor/internal";
import { type GoldenTensor, heldAs, type Tolerance } from "./format.ts";

const double: Tolerance = { rtol: 1e-9, atol: 1e-12 };
const single: Tolerance = { rtol: 1e-5, atol: 1e-5 };

/** Collects what differs between the results of one case and what they should be. */
export class Comparison {
  /** One line for each value that is off, a few at most for each tensor. */
  readonly failures: string[] = [];
  /** Largest error so far, scaled so that the relative tolerance is its limit. */
  worst: number = 0;
  /** How many tensors, numbers and errors were compared. */
  count: number = 0;
  readonly #tol: Tolerance | undefined;

  /** @param tol of the case; float64 has 1e-9 relative and 1e-12 absolute unless given */
  constructor(tol?: Tolerance) {
    this.#tol = tol;
  }

  /** Notes a failure. */
  fail(message: string): void {
    this.failures.push(message);
  }

  /** Compares a tensor; one that is missing is one of zeros, as for gradients. */
  tensor(label: string, got: Tensor | null | undefined, want: GoldenTensor | null): void {
    this.count++;
    if (got === null || got === undefined) {
      if (want?.data.some((value) => value !== 0) === true) this.fail(`${label}: expected a tensor, got none`);
      return;
    }
    const data = got.data;
    if (want === null) {
      if (data.some((value) => value !== 0)) this.fail(`${label}: expected none, got a tensor`);
      return;
    }
    if (got.dtype !== heldAs[want.dtype]) this.fail(`${label}: expected dtype ${heldAs[want.dtype]}, got ${got.dtype}`);
    if (!sameShape(got.shape, want.shape)) {
      this.fail(`${label}: expected shape ${formatShape(want.shape)}, got ${formatShape(got.shape)}`);
      return;
    }
    const tol = this.#tolerance(want.dtype);
    let [off, first] = [0, -1];
    for (let i = 0; i < data.length; i++) {
      if (this.#fits(data[i]!, want.data[i]!, tol)) continue;
      if (first < 0) first = i;
      off++;
    }
    if (off === 0) return;
    const more = off === 1 ? "" : ` and ${off - 1} more`;
    this.fail(`${label}[${first}]: expected ${want.data[first]}, got ${data[first]}${more}`);
  }

  /** Compares a number under the tolerance of a float64. */
  number(label: string, got: number | undefined, want: number): void {
    this.count++;
    if (got === undefined) this.fail(`${label}: expected ${want}, got none`);
    else if (!this.#fits(got, want, this.#tolerance("float64"))) this.fail(`${label}: expected ${want}, got ${got}`);
  }

  /** Compares two values that have to be the same, such as counts. */
  same(label: string, got: unknown, want: unknown): void {
    this.count++;
    if (got !== want) this.fail(`${label}: expected ${String(want)}, got ${String(got)}`);
  }

  /** Compares a number that chance has a part in with the limits that it has to keep. */
  within(label: string, got: number, low: number, high: number): void {
    this.count++;
    if (!(got >= low && got <= high)) this.fail(`${label}: expected a number from ${low} to ${high}, got ${got}`);
  }

  /** Runs what has to throw an error of ours. */
  throws(run: () => unknown): void {
    this.count++;
    try {
      run();
    } catch (error) {
      // A fixture that we cannot read is not the error that was asked for.
      const typed = error instanceof TapegradError && !(error instanceof FormatError);
      if (!typed) this.fail(`expected a typed error, got ${String(error)}`);
      return;
    }
    this.fail("expected an error, got a result");
  }

  #tolerance(dtype: GoldenTensor["dtype"]): Tolerance | undefined {
    if (dtype === "float64") return this.#tol ?? double;
    return dtype === "float32" ? (this.#tol ?? single) : undefined;
  }

  /** Whether a value is close enough; integers and booleans must be equal. */
  #fits(got: number, want: number, tol: Tolerance | undefined): boolean {
    if (tol === undefined || !Number.isFinite(got) || !Number.isFinite(want)) {
      return got === want || (Number.isNaN(got) && Number.isNaN(want));
    }
    const error = Math.abs(got - want);
    const limit = tol.atol + tol.rtol * Math.abs(want);
    if (error > 0) this.worst = Math.max(this.worst, (error / limit) * tol.rtol);
    return error <= limit;
  }
}
