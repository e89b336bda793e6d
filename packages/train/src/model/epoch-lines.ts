import type { Callback, Logs, Training } from "../training/callback.ts";
import { formatFigure } from "../progress/format-figure.ts";

/** Prints a line for each epoch: `Epoch 2/10: loss 0.3412, accuracy 0.879`. */
export const epochLines: Callback = {
  onEpochEnd(epoch: number, logs: Logs, training: Training): void {
    const figures = Object.entries(logs).map(([name, figure]) => `${name} ${formatFigure(figure)}`);
    console.log(`Epoch ${epoch + 1}/${training.epochs}: ${figures.join(", ")}`);
  },
};
