import type { GeneratorCallback, Tree } from '@nx/devkit';
import { isSeqmirrorError, renderExplanation } from '../system/errors';

type Generator<Options> = (tree: Tree, options: Options) => Promise<GeneratorCallback>;

/** The generator, with errors told in full: Nx prints an error's message and nothing else of it. */
export function explained<Options>(generator: Generator<Options>): Generator<Options> {
  return async (tree, options) => {
    try {
      return await generator(tree, options);
    } catch (error) {
      if (!isSeqmirrorError(error)) throw error;
      throw new Error(renderExplanation(error), { cause: error });
    }
  };
}
