import { pluginOptionUnknown, targetPrefixUnusable } from './errors';

/** The `options` of the plugin's entry in nx.json. */
export interface SeqmirrorPluginOptions {
  /**
   * The prefix of every inferred target except the sequences' own (`seq1`, `seq2`, …), for monorepos in which `list` or
   * `mirror` already mean something else: with `chain-`, `nx run mirror:chain-list`.
   *
   * @default ''
   */
  targetPrefix?: string;
}

export type NormalizedOptions = Readonly<Required<SeqmirrorPluginOptions>>;

/**
 * The plugin's options with every default filled in.
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
