/** The heads of the channels that are selected: what a cluster would install. */
import { compareTexts } from '../../system/compare-texts';
import { channelGraph } from './channel-graph';
import type { SelectedCatalog } from './select';

export interface ChannelHead {
  readonly package: string;
  readonly channel: string;
  readonly version: string;
}

// A whole catalog has about a thousand.
const mostHeads = 5000;

/** In the order of packages and channels. Names that no package has (blanks, control characters) are left out. */
export function headsOf({ channels, bundles }: SelectedCatalog): ChannelHead[] {
  const versions = new Map(bundles.map((bundle) => [JSON.stringify([bundle.package, bundle.name]), bundle.version]));
  const heads = channels.flatMap(({ document, entries }): ChannelHead[] => {
    const head = channelGraph(entries).head?.name;
    const version = versions.get(JSON.stringify([document.package, head]));
    if (version === undefined) return [];
    const found = { package: document.package, channel: document.name, version };
    return Object.values(found).every((text) => /^[!-~]{1,250}$/.test(text)) ? [found] : [];
  });
  return heads
    .sort((a, b) => compareTexts(a.package, b.package) || compareTexts(a.channel, b.channel))
    .slice(0, mostHeads);
}
