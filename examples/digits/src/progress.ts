import cliProgress from "cli-progress";
import type { EpochRecord } from "./run-result.ts";

/** Shows how far a run has come. */
export interface Progress {
  start(label: string, epochs: number): void;
  update(record: EpochRecord): void;
  stop(): void;
}

/** A bar that fills, for terminals. */
export function barProgress(): Progress {
  const bar = new cliProgress.SingleBar({
    format: "{label} {bar} {value}/{total} epochs  loss {loss}  test accuracy {accuracy}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
  });
  return {
    start: (label, epochs) => bar.start(epochs, 0, { label: label.padEnd(18), loss: "     -", accuracy: "     -" }),
    update: (record) => bar.update(record.epoch, describe(record)),
    stop: () => bar.stop(),
  };
}

/** A line now and then, for logs. */
export function lineProgress(write: (line: string) => void): Progress {
  let [label, epochs] = ["", 0];
  return {
    start(newLabel, newEpochs) {
      label = newLabel;
      epochs = newEpochs;
    },
    update(record) {
      if (record.epoch % 10 !== 0 && record.epoch !== epochs) return;
      const { loss, accuracy } = describe(record);
      write(
        `${label.padEnd(18)} epoch ${String(record.epoch).padStart(3)}/${epochs}  loss ${loss}  test accuracy ${accuracy}`,
      );
    },
    stop() {},
  };
}

function describe(record: EpochRecord): { loss: string; accuracy: string } {
  return {
    loss: record.trainLoss.toFixed(4),
    accuracy: `${(100 * record.testAccuracy).toFixed(2)} %`,
  };
}
