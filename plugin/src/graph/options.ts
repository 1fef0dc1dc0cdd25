import { pluginOptionUnknown, targetPrefixUnusable } from './errors';

/** What `options` of the plugin's entry in nx.json may say. */
export interface SeqmirrorPluginOptions {
  /**
   * Stands before the name of every inferred target except the sequences' own (`seq1`, `seq2`, …), for monorepos in
   * which `list` or `mirror` mean something else already: with `chain-`, `nx run mirror:chain-list`.
   *
   * @default ''
   */
  targetPrefix?: string;
}

export type NormalizedOptions = Readonly<Required<SeqmirrorPluginOptions>>;

/**
 * The plugin's options without holes.
 *
 * @throws SEQ0166 for an unknown key, SEQ0167 for a prefix that cannot begin a target's name
 */
export function normalizeOptions(options: unknown): NormalizedOptions {
  const given = Object(options ?? {}) as Record<string, unknown>;
  const unknown = Object.keys(given).find((key) => key !== 'targetPrefix');
  if (unknown !== undefined) throw pluginOptionUnknown(unknown);
  const { targetPrefix = '' } = given;
  if (typeof targetPrefix !== 'string' || !/^[A-Za-z0-9._-]{0,40}$/.test(targetPrefix)) {
    throw targetPrefixUnusable(targetPrefix);
  }
  return { targetPrefix };
}
