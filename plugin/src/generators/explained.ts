import { isSeqmirrorError, renderExplanation } from '../system/errors';
import type { GeneratorCallback, Tree } from './nx-devkit';

type Generator<Options> = (tree: Tree, options: Options) => Promise<GeneratorCallback>;

/** The generator, with errors printed in full: Nx prints only an error's message. */
export function explained<Options>(generator: Generator<Options>): Generator<Options> {
  return (tree, options) => inFull(() => generator(tree, options));
}

/** The same for a generator's callback. */
export async function inFull<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    throw new Error(renderExplanation(error), { cause: error });
  }
}
