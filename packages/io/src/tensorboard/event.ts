import { Message } from "../protobuf/message.ts";
import { record } from "./record.ts";

// Field numbers are those of TensorFlow's event.proto and summary.proto; test/tensorboard/event.proto has what is used of them.

/** The record that an event file begins with. */
export function versionRecord(seconds: number): Uint8Array {
  return record(new Message().double(1, seconds).text(3, "brain.Event:2").bytes);
}

/** What TensorBoard plots under a tag: a number, or how many of some numbers lie where. */
export type Summary = { readonly tag: string } & ({ readonly scalar: number } | { readonly values: ArrayLike<number> });

/** The record of what was measured at a step. */
export function summaryRecord(seconds: number, step: number, summaries: readonly Summary[]): Uint8Array {
  const all = new Message();
  for (const summary of summaries) {
    const value = new Message().text(1, summary.tag);
    if ("scalar" in summary) value.float(2, summary.scalar);
    else value.message(5, histogram(summary.values));
    all.message(1, value);
  }
  return record(new Message().double(1, seconds).whole(2, step).message(5, all).bytes);
}

const buckets = 30;

/** How many of the finite values lie in each of 30 buckets of one width. */
function histogram(values: ArrayLike<number>): Message {
  let [low, high, count, sum, squares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
    count++;
    sum += value;
    squares += value * value;
  }
  if (count === 0) [low, high] = [0, 0];
  const width = (high - low) / buckets;
  const counts = new Array<number>(buckets).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    const bucket = width === 0 ? 0 : Math.min(buckets - 1, Math.floor((value - low) / width));
    counts[bucket] = counts[bucket]! + 1;
  }
  const limits = counts.map((_, i) => (i === buckets - 1 ? high : low + (i + 1) * width));
  return new Message()
    .double(1, low)
    .double(2, high)
    .double(3, count)
    .double(4, sum)
    .double(5, squares)
    .doubles(6, limits)
    .doubles(7, counts);
}
