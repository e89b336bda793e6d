/**
 * Which epoch the loops over something are in, and how much of it they have read. Each loop is an epoch; of two loops at
 * a time, the cursor is about the one that started last.
 */
export class Cursor {
  #epoch = 0;
  #position = 0;
  /** Whether a loop reads the epoch, or has left it early. */
  #begun = false;
  #current: object | undefined;

  /** The epoch that runs or, between two loops, the one that comes next; from 0. */
  get epoch(): number {
    return this.#epoch;
  }

  /** How much of the epoch has been read. */
  get position(): number {
    return this.#position;
  }

  /** Starts a loop. */
  begin(): Loop {
    if (this.#begun) this.moveTo(this.#epoch + 1, 0);
    this.#begun = true;
    const loop: Loop = {
      epoch: this.#epoch,
      start: this.#position,
      read: (position) => {
        if (this.#current === loop) this.#position = position;
      },
      end: () => {
        if (this.#current === loop) this.moveTo(this.#epoch + 1, 0);
      },
    };
    this.#current = loop;
    return loop;
  }

  /** Makes the next loop start there. */
  moveTo(epoch: number, position: number): void {
    this.#epoch = epoch;
    this.#position = position;
    this.#begun = false;
    this.#current = undefined;
  }
}

/** One loop over an epoch. */
export interface Loop {
  readonly epoch: number;
  /** How much of the epoch has been read before. */
  readonly start: number;
  /** Counts what has been read of the epoch. */
  readonly read: (position: number) => void;
  /** All has been read. */
  readonly end: () => void;
}
