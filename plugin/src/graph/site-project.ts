import type { ProjectConfiguration, TargetConfiguration } from '@nx/devkit';
import type { MirrorLayout, SiteLayout } from './layout';
import type { NormalizedOptions } from './options';
import type { NamedMirror } from './project-names';
import { executorTarget, prefixed } from './targets';

/** The project of a site: a disconnected registry, with what is done for it. */
export function siteProject(
  { layout, name: mirror, nameOf }: NamedMirror,
  site: SiteLayout,
  options: NormalizedOptions,
): ProjectConfiguration {
  const name = nameOf(site);
  return {
    root: site.root,
    name,
    projectType: 'application',
    targets: { ...siteTargets(name, site, options), ...headTargets(name, { site, layout, options }) },
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

/** What brings the site to the last sealed sequence; there is none before something is sealed. */
function headTargets(
  name: string,
  { site, layout, options }: { site: SiteLayout; layout: MirrorLayout; options: NormalizedOptions },
): Record<string, TargetConfiguration> {
  const last = layout.sequences.filter(({ sealed }) => sealed).at(-1);
  if (last === undefined) return {};
  const forHead = { options: { sequence: last.root, site: site.name } };
  return {
    [prefixed('bundle', options)]: executorTarget(
      'bundle',
      {
        description: `Put together what ${site.name} lacks of ${last.folder}`,
        task: `${name}:${prefixed('bundle', options)}`,
        example: { options: { output: '/media/disk' } },
      },
      forHead,
    ),
    [prefixed('upload', options)]: executorTarget(
      'upload',
      {
        description: `Bring ${last.folder} to ${site.name}, where its registry can be reached from here`,
        task: `${name}:${prefixed('upload', options)}`,
        example: { options: { registry: 'registry.example:8443/mirror' } },
      },
      forHead,
    ),
  };
}
