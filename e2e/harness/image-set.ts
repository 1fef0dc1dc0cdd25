import { imageSetOf } from '../../testing/images/image-set';
import type { Workspace } from './workspace';

/** Plans a sequence as a person does who makes its folder by hand. */
export async function planSequence(
  workspace: Workspace,
  folder: string,
  images: readonly string[],
  options: Parameters<typeof imageSetOf>[1] = {},
): Promise<void> {
  await workspace.write(`mirror/content/${folder}/imageset-config.yaml`, imageSetOf(images, options));
}
