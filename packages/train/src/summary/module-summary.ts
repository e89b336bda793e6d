import type { ParameterCount } from "@tapegrad/nn";
import { expectNothing, expectValue, ranges } from "@tapegrad/tensor/internal";
import { terminalWidth } from "../terminal-width.ts";
import { summaryText } from "./summary-text.ts";

/** One module in a {@link ModuleSummary}. Figures include the modules inside. */
export interface SummaryRow {
  /** Dotted name, as `namedModules` gives it; empty for the network itself. */
  readonly path: string;
  /** Its name in the module that encloses it; empty for the network itself. */
  readonly name: string;
  /** How many modules enclose it. */
  readonly depth: number;
  /** Name of its class. */
  readonly className: string;
  /** Shapes of the tensors that it gives, batch axis included; none for a module that did not run. */
  readonly outputShapes: readonly (readonly number[])[];
  /** How often it runs: more than once where it is shared, never for a mere list. */
  readonly calls: number;
  /** Scalars in parameters and floating-point buffers, shared ones once. */
  readonly parameters: ParameterCount;
  /** Floating-point operations of one forward pass. */
  readonly flops: number;
  /** Bytes of all that is computed in one forward pass, which the tape keeps in training. */
  readonly bytes: number;
}

/** What {@link ModuleSummary} holds besides its rows. */
export interface SummaryTotals {
  /** Scalars in parameters and floating-point buffers, shared ones once. */
  readonly parameters: ParameterCount;
  /** Bytes of these. */
  readonly parameterBytes: number;
  /** Floating-point operations of one forward pass; undefined without an input shape. */
  readonly flops: number | undefined;
  /** Bytes of all that is computed in one forward pass; undefined without an input shape. */
  readonly activationBytes: number | undefined;
}

/** The modules of a network with shapes and costs, which prints as a table. */
export class ModuleSummary implements SummaryTotals {
  static readonly name: string = "ModuleSummary";
  /** The network and every module inside, parents first, each once. */
  readonly rows: readonly SummaryRow[];
  /** Scalars in parameters and floating-point buffers, shared ones once. */
  readonly parameters: ParameterCount;
  /** Bytes of these. */
  readonly parameterBytes: number;
  /** Floating-point operations of one forward pass; undefined without an input shape. */
  readonly flops: number | undefined;
  /** Bytes of all that is computed in one forward pass; undefined without an input shape. */
  readonly activationBytes: number | undefined;

  /** @internal */
  constructor(rows: readonly SummaryRow[], totals: SummaryTotals) {
    this.rows = rows;
    this.parameters = totals.parameters;
    this.parameterBytes = totals.parameterBytes;
    this.flops = totals.flops;
    this.activationBytes = totals.activationBytes;
  }

  /**
   * The rows as a tree and the totals. What does not fit goes: bytes first, then floating-point operations, the number of
   * trainable scalars, classes; long names are shortened.
   *
   * @param width columns of the terminal; those that it has, or 100
   */
  toString(width: number = terminalWidth(), ...none: []): string {
    expectNothing("ModuleSummary.toString", none);
    expectValue("ModuleSummary.toString", "width", width, ranges.count);
    return summaryText(this, width);
  }

  static {
    // What console.log shows in Node and Deno.
    Object.defineProperty(ModuleSummary.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: ModuleSummary): string {
        return this.toString();
      },
    });
  }
}
