import {
  emptyLedger,
  mediaPattern,
  parseSite,
  registryPattern,
  renderLedger,
  renderSite,
  requireSiteName,
  type ReceiptHabit,
} from '../../mirror/sites/sites';
import { recordSchema } from '../../yaml/schema-version';
import { siteOptionUnusable } from '../errors';
import { existingMirrors } from '../existing-mirrors';
import { explained, forPeople } from '../explained';
import { formatFiles, logger, type GeneratorCallback, type Tree } from '../nx-devkit';
import { chooseMirror } from '../sequence/choose-mirror';

export interface SiteOptions {
  readonly name: string;
  readonly mirror?: string | undefined;
  readonly registry?: string | undefined;
  /** A number of bytes on a command line arrives as a number. */
  readonly media?: string | number | undefined;
  readonly receipts?: ReceiptHabit | undefined;
  readonly description?: string | undefined;
  readonly skipFormat?: boolean | undefined;
  /** The current folder, relative to the top of the workspace; Nx fills it in. */
  readonly cwd?: string | undefined;
}

/**
 * Makes a site of a mirror: its folder with site.yaml and an empty ledger. An existing site stays as it is.
 *
 * @throws SEQ0160, SEQ0161 when the mirror is not clear, SEQ0612, SEQ0168 for options that break a rule of site.yaml
 */
export async function site(tree: Tree, options: SiteOptions): Promise<GeneratorCallback> {
  const { name, mirror: asked, cwd, skipFormat = false } = options;
  const { root, name: mirror } = await chooseMirror(await existingMirrors(tree), { asked, cwd });
  requireSiteName(name);
  const folder = root === '.' ? `sites/${name}` : `${root}/sites/${name}`;
  const next = `Next: nx run ${mirror}-site-${name}:status`;
  if (tree.exists(`${folder}/site.yaml`)) {
    return () => logger.info(forPeople(`${folder} is already a site; nothing was changed\n${next}`));
  }
  const text = siteText(options, name);
  parseSite(text, `${folder}/site.yaml`);
  tree.write(`${folder}/site.yaml`, text);
  tree.write(`${folder}/ledger.yaml`, renderLedger(emptyLedger));
  if (!skipFormat) await formatFiles(tree);
  return () => logger.info(forPeople(`${folder}/site.yaml contains your settings for ${name}\n${next}`));
}

function siteText({ registry, media, receipts = 'file', description }: SiteOptions, name: string): string {
  if (registry !== undefined && !registryPattern.test(registry)) {
    throw siteOptionUnusable({
      option: 'registry',
      given: registry,
      rule: 'host[:port][/namespace], without https://',
    });
  }
  if (media !== undefined && !mediaPattern.test(String(media))) {
    throw siteOptionUnusable({
      option: 'media',
      given: String(media),
      rule: 'dvd5, dvd9, bd25, bd50, bd100, fat32, usb:<size> such as usb:64G, or a number of bytes',
    });
  }
  return renderSite({
    schema: recordSchema,
    name,
    description,
    registry,
    media: media === undefined ? undefined : String(media),
    receipts,
  });
}

export default explained(site);
