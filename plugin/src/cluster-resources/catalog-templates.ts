/**
 * Files that an imageset configuration names for disk-to-mirror. They are not part of a sequence: each site has its
 * own.
 */
import { isAbsolute, normalize, resolve } from 'node:path';
import type { ImageSetConfiguration } from '../imageset/schema';
import { reasonOf } from '../system/errors';
import { below, readableRoot } from '../system/path-below';
import { readText } from '../system/text-file';
import type { CatalogTemplate } from './catalog-template';
import { parseCatalogTemplate } from './catalog-template';
import { catalogTemplateUnusable } from './errors';

export interface ReadTemplate {
  readonly text: string;
  readonly template: CatalogTemplate;
}

/**
 * The templates of a config's catalogs, by their paths in it.
 *
 * @param folder the folder that their paths are relative to and must not leave; `undefined`: there is no such folder
 * @throws SEQ0651 when one of them cannot be used
 */
export async function readCatalogTemplates(
  { mirror: { operators = [] } }: Pick<ImageSetConfiguration, 'mirror'>,
  folder: string | undefined,
): Promise<ReadonlyMap<string, ReadTemplate>> {
  const templates = new Map<string, ReadTemplate>();
  for (const { targetCatalogSourceTemplate: file } of operators) {
    if (file === undefined || file === '' || templates.has(file)) continue;
    if (folder === undefined)
      throw catalogTemplateUnusable({
        file,
        problem: 'seqmirror does not know the folder of the imageset configuration',
      });
    if (isAbsolute(file) || normalize(file).startsWith('..'))
      throw catalogTemplateUnusable({
        file,
        problem: 'its path leads out of the folder of the imageset configuration',
      });
    const text = await textOf(folder, resolve(folder, file), file);
    templates.set(file, { text, template: parseCatalogTemplate(text, file) });
  }
  return templates;
}

async function textOf(folder: string, path: string, file: string): Promise<string> {
  try {
    return await readText(below(readableRoot(folder), path));
  } catch (error) {
    const reason = reasonOf(error);
    throw catalogTemplateUnusable({
      file,
      problem: reason === 'ENOENT' ? 'the file does not exist' : `it cannot be read (${reason})`,
    });
  }
}
