import type { Module } from "@tapegrad/nn";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import { settleOptions } from "@tapegrad/tensor/internal";
import { ProgressBar } from "../callbacks/progress-bar.ts";
import type { Batch } from "./batch.ts";
import { type BatchReader, type BatchSource, FirstBatches } from "./batch-source.ts";
import { withClassWeight } from "./class-weights.ts";
import { epochLines } from "./epoch-lines.ts";
import { evaluated } from "./evaluation.ts";
import { type FitOptions, fitTable, isSamples } from "./fit-options.ts";
import type { FitPlan } from "./fit-run.ts";
import type { Compiled } from "./settings.ts";
import { loaderSource, isLoader, memorySource, orderedSource, samplesOf } from "./source-of.ts";

const fn = "Model.fit";

type Settled = Required<FitOptions>;

/** Where the batches of training and validation come from. */
interface Sources {
  readonly source: BatchSource;
  readonly validation: BatchSource | undefined;
}

/** What a call of `fit` asks for, checked before anything changes. */
export function fitPlan(
  net: Module,
  compiled: Compiled,
  x: unknown,
  y: Tensor | undefined,
  options: FitOptions,
): FitPlan {
  const settled = settleOptions(fn, options, fitTable);
  expectCombination(settled);
  const { optimizer, figures, steps } = compiled;
  const { source, validation } = y === undefined && isLoader(x) ? ofLoader(x, settled) : inMemory(x, y, settled);
  const { classWeight, overfitBatches, dryRun, initialEpoch, compile } = settled;
  return {
    ...settled,
    ...{ net, optimizer, figures, steps, validation },
    source: weighted(overfitBatches === undefined ? source : new FirstBatches(source, overfitBatches), classWeight),
    validate: (data) => evaluated(fn, data, { net, figures, steps, compile, limit: dryRun ? 1 : undefined }),
    shown: settled.verbose === 0 ? [] : [settled.verbose === 1 ? new ProgressBar() : epochLines],
    epochs: dryRun ? initialEpoch + 1 : settled.epochs,
    stepsPerEpoch: dryRun ? 1 : settled.stepsPerEpoch,
    clipNorm: settled.clipNorm ?? compiled.clipNorm,
  };
}

function expectCombination({ validationData, validationSplit, resume, initialEpoch }: Settled): void {
  if (validationData !== undefined && validationSplit > 0) {
    throw new ValueError(`${fn}: expected either validationData or validationSplit, got both.`);
  }
  if (resume !== undefined && initialEpoch > 0) {
    throw new ValueError(`${fn}: expected either resume or initialEpoch, got both. The state knows its epoch.`);
  }
}

function ofLoader(x: Parameters<typeof loaderSource>[1], settled: Settled): Sources {
  if (settled.validationSplit > 0 || settled.sampleWeight !== undefined) {
    const name = settled.validationSplit > 0 ? "validationSplit" : "sampleWeight";
    throw new ValueError(
      `${fn}: expected ${name} with data in memory, got a loader. Pass validationData, and weights as third part of batches.`,
    );
  }
  return { source: loaderSource(fn, x), validation: validationOf(settled) };
}

function inMemory(x: unknown, y: unknown, settled: Settled): Sources {
  const { batchSize, seed, sampleWeight, validationSplit, overfitBatches } = settled;
  const samples = samplesOf(fn, x, y, sampleWeight);
  const shuffle = settled.shuffle && overfitBatches === undefined;
  if (validationSplit === 0) {
    return { source: memorySource(samples, { batchSize, shuffle, seed }), validation: validationOf(settled) };
  }
  const count = samples.target.shape[0] ?? 0;
  const kept = Math.floor(count * (1 - validationSplit));
  if (kept === 0 || kept === count) {
    throw new ValueError(
      `${fn}: expected a validationSplit that leaves samples on both sides, got ${validationSplit} of ${count}.`,
    );
  }
  return {
    source: memorySource(samples, { batchSize, shuffle, seed }, [0, kept]),
    validation: memorySource(samples, { batchSize, shuffle: false }, [kept, count]),
  };
}

function validationOf({ validationData, batchSize }: Settled): BatchSource | undefined {
  if (validationData === undefined) return undefined;
  return isSamples(validationData)
    ? orderedSource(fn, validationData[0], validationData[1], validationData[2], batchSize)
    : loaderSource(fn, validationData);
}

/** A source whose batches have the weights of their classes. */
function weighted(source: BatchSource, classWeight: Settled["classWeight"]): BatchSource {
  if (classWeight === undefined) return source;
  const weigh = (batch: Batch | undefined): Batch | undefined =>
    batch === undefined ? undefined : withClassWeight(batch, classWeight);
  return {
    length: source.length,
    read(): BatchReader {
      const reader = source.read();
      return {
        next() {
          const given = reader.next();
          return given instanceof Promise ? given.then(weigh) : weigh(given);
        },
        close: () => reader.close(),
      };
    },
    stateDict: () => source.stateDict(),
    loadStateDict: (state) => source.loadStateDict(state),
  };
}
