import { explain } from '../system/errors';

export const registryOfSiteUnknown = explain<{ site: string; project: string }>('SEQ0658', ({ site, project }) => ({
  what: `The registry of ${site} is not known`,
  why: 'site.yaml has no `registry`',
  next: `Name the registry: nx run ${project}:drift --registry=registry.example:8443/mirror`,
}));

export const nothingAcknowledged = explain<{ site: string; project: string }>('SEQ0659', ({ site, project }) => ({
  what: `${site} has not acknowledged a sequence, so there is nothing to compare its registry with`,
  why: 'The ledger of the site is empty, or names only sequences that this chain does not have',
  next: `See what the site has: nx run ${project}:status`,
}));
