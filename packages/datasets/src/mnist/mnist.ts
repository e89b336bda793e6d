import type { ImageParts, ImageSet, ImageSetOptions } from "./image-set.ts";
import { loadImageSet } from "./load-image-set.ts";

const set: ImageSet = {
  name: "mnist",
  classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
  licence:
    "MNIST, Y. LeCun, C. Cortes and C. J. C. Burges (1998), from databases of the NIST, https://doi.org/10.1109/5.726791, CC BY-SA 3.0.",
  mirrors: ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"],
  checksums: {
    "train-images-idx3-ubyte": { packedMd5: "f68b3c2dcbeaaa9fbdd348bbdeb94873" },
    "train-labels-idx1-ubyte": { packedMd5: "d53e105ee54ea40749a09fcbcd1e9432" },
    "t10k-images-idx3-ubyte": { packedMd5: "9fb629c4189551a2d022fa330f9573f3" },
    "t10k-labels-idx1-ubyte": { packedMd5: "ec29112dd5afa0611ce80d1b7f02629c" },
  },
};

/**
 * 60,000 + 10,000 handwritten digits, 28 × 28 gray pixels.
 *
 * The four files are taken from the folder `root` if it is given; or else from the cache (`TAPEGRAD_CACHE`, or `tapegrad` in
 * the system's folder of caches); or from a mirror, 12 MB, which goes into the cache once its checksum is right. Needs a
 * machine with files; pages read what they fetch with `decodeIdx`. `digits` are embedded, and enough for many purposes.
 *
 * Source: Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document recognition (1998),
 * https://doi.org/10.1109/5.726791; CC BY-SA 3.0.
 *
 * @returns two parts with x float32 `[N, 784]`, or `[N, 1, 28, 28]` with `flatten: false`, and y int32 `[N]`
 * @throws {ValueError} if an option is wrong, `root` lacks a file, or no mirror has it
 * @throws {FormatError} if a file is broken, or images and labels do not fit
 * @example
 * const { train, test } = await mnist({ scale: 1 / 255, limit: 6_000 });
 * const loader = new DataLoader(train.dataset, { batchSize: 128, shuffle: true });
 */
export async function mnist(options: ImageSetOptions = {}): Promise<ImageParts> {
  return loadImageSet("mnist", set, options);
}
