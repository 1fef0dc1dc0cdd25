import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { SiteLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { executorTarget, prefixed } from './targets';

/** The project of a site: a disconnected registry, with what is done for it. */
export function siteProject(
  { name: mirror, nameOf }: NamedMirror,
  site: SiteLayout,
  options: NormalizedOptions,
): ProjectConfiguration {
  const name = nameOf(site);
  return {
    root: site.root,
    name,
    projectType: 'application',
    targets: siteTargets(name, site, options),
    metadata: { description: `The site ${site.name} of ${mirror}`, technologies: ['oc-mirror'] },
  };
}

/** In the order in which they are used. Every target of a site has its folder as `site`, and reads the chain itself. */
function siteTargets(
  name: string,
  { root, name: site }: SiteLayout,
  options: NormalizedOptions,
): Record<string, TargetConfiguration> {
  const task = (target: string) => `${name}:${prefixed(target, options)}`;
  const forSite = { options: { site: root } };
  return {
    [prefixed('status', options)]: executorTarget(
      'status',
      {
        description: `Show what ${site} has, what is on its way, and what is overdue`,
        task: task('status'),
        example: { options: { json: true } },
      },
      forSite,
    ),
    [prefixed('acknowledge', options)]: executorTarget(
      'acknowledge',
      {
        description: `Take in what ${site} answered: a receipt, a code, or nothing over a diode`,
        task: task('acknowledge'),
        example: { options: { receipt: 'bravo-seq2.receipt' } },
      },
      forSite,
    ),
    [prefixed('rollback', options)]: executorTarget(
      'rollback',
      {
        description: `Note that ${site} was restored from an older backup, or wiped`,
        task: task('rollback'),
        example: { options: { to: 'seq1' } },
      },
      forSite,
    ),
  };
}
