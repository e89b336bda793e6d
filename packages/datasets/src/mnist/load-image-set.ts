import { builtin, download, gunzip, isGzip, type Published, readBounded } from "@tapegrad/files";
import { FormatError, ValueError } from "@tapegrad/tensor";
import { formatShape, fromData, settleOptions } from "@tapegrad/tensor/internal";
import { labelled, type LabelledImages } from "../labelled-data.ts";
import { type IdxContent, readIdx } from "../readers/idx.ts";
import {
  type FileName,
  fileNames,
  fileSizes,
  type ImageParts,
  type ImageSet,
  type ImageSetOptions,
  imageSetTable,
} from "./image-set.ts";

/** More than any file in the form of MNIST has. */
const mostBytes = 2 ** 30;

/**
 * Reads the four files of a data set, from `root`, or the package of the system, or the cache, or a mirror.
 *
 * @param fn name of the function that was called, for messages
 * @throws {ValueError} if an option is wrong, `root` lacks a file, or nobody has it
 * @throws {FormatError} if a file is broken, or images and labels do not fit
 */
export async function loadImageSet(fn: string, set: ImageSet, options: ImageSetOptions): Promise<ImageParts> {
  const settled = settleOptions(fn, options, imageSetTable);
  const { classes, licence } = set;
  const part = async ([images, labels]: readonly [FileName, FileName]): Promise<LabelledImages> => {
    const read = async (name: FileName): Promise<IdxContent> => open(fn, set, name, settled.root);
    return toTensors(fn, set, await Promise.all([read(images), read(labels)]), settled);
  };
  const [train, test] = await Promise.all([part(fileNames.train), part(fileNames.test)]);
  return { train, test, classes, licence };
}

async function open(fn: string, set: ImageSet, name: FileName, root: string | undefined): Promise<IdxContent> {
  const found = root === undefined ? inFolder(fn, set.systemFolder, name) : inFolder(fn, root, name);
  if (found === undefined && root !== undefined)
    throw new ValueError(`${fn}: expected ${root} to hold ${name} or ${name}.gz, got neither.`);
  const bytes = found === undefined ? await download(fn, published(set, name)) : await unpacked(fn, found);
  return readIdx(fn, found ?? name, bytes);
}

/** The path of a file that may be there packed, or unpacked, or not at all. */
function inFolder(fn: string, folder: string | undefined, name: FileName): string | undefined {
  if (folder === undefined) return undefined;
  const path = builtin(fn, "path").join(folder, name);
  return [path, `${path}.gz`].find((each) => builtin(fn, "fs").existsSync(each));
}

async function unpacked(fn: string, path: string): Promise<Uint8Array> {
  const bytes = readBounded(fn, path, mostBytes);
  return isGzip(bytes) ? gunzip(fn, path, bytes, mostBytes) : bytes;
}

function published({ name: folder, mirrors, checksums, licence, systemFolder }: ImageSet, name: FileName): Published {
  return {
    name: `${folder}/${name}.gz`,
    urls: mirrors.map((mirror) => `${mirror}${name}.gz`),
    bytes: fileSizes[name],
    checksum: checksums[name],
    licence,
    byHand:
      `Fetch the four files elsewhere, put them into one folder and name it: { root: "..." }` +
      (systemFolder === undefined ? "." : `, or on Debian and Ubuntu: apt-get install dataset-${folder}.`),
  };
}

function toTensors(
  fn: string,
  { classes, licence }: ImageSet,
  [images, labels]: readonly [IdxContent, IdxContent],
  { scale, flatten, limit = Infinity }: ImageSetOptions & Required<Pick<ImageSetOptions, "scale" | "flatten">>,
): LabelledImages {
  const [all = 0, rows = 0, columns = 0] = images.shape;
  if (images.elements !== "uint8" || images.shape.length !== 3)
    throw new FormatError(
      `${fn}: expected images of uint8 [N, rows, columns], got ${images.elements} ${formatShape(images.shape)}.`,
    );
  if (labels.elements !== "uint8" || labels.shape.length !== 1 || labels.shape[0] !== all)
    throw new FormatError(
      `${fn}: expected labels of uint8 [${all}], one an image, got ${labels.elements} ${formatShape(labels.shape)}.`,
    );
  const wrong = labels.bytes.find((label) => label >= classes.length);
  if (wrong !== undefined) throw new FormatError(`${fn}: expected labels below ${classes.length}, got ${wrong}.`);
  const count = Math.min(all, limit);
  const gray = Float32Array.from({ length: 256 }, (_, pixel) => pixel * scale);
  const pixels = new Float32Array(count * rows * columns);
  for (let i = 0; i < pixels.length; i++) pixels[i] = gray[images.bytes[i]!]!;
  const flat = fromData(pixels, [count, rows * columns], "float32");
  const shaped = flat.reshape([count, 1, rows, columns]);
  const y = fromData(Int32Array.from(labels.bytes.subarray(0, count)), [count], "int32");
  return {
    ...labelled(flatten ? flat : shaped, y, classes),
    images: shaped,
    imageShape: [rows, columns],
    licence,
  };
}
