import type { ProjectConfiguration } from '@nx/devkit';
import { commandTargets } from './command-targets';
import type { SiteLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';

/** The project of a site, a disconnected registry, with its targets. */
export function siteProject(
  { layout, name: mirror, nameOf }: NamedMirror,
  site: SiteLayout,
  options: NormalizedOptions,
): ProjectConfiguration {
  const name = nameOf(site);
  const last = layout.sequences.filter(({ sealed }) => sealed).at(-1);
  return {
    root: site.root,
    name,
    projectType: 'application',
    // Nothing can be sent to it before something is sealed.
    targets: commandTargets(
      {
        project: name,
        handed: { site: { site: site.root }, delivery: last && { sequence: last.root, site: site.name } },
        has: [],
        sequence: last?.folder,
        site: site.name,
      },
      options,
    ),
    metadata: { description: `The site ${site.name} of ${mirror}`, technologies: ['oc-mirror'] },
  };
}
