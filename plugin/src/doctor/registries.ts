/** Asks each registry of a configuration for one of the images that it names: whether it can be reached, and lets us in. */
import type { ImageSetDocument } from '../imageset/document';
import type { ImageReference } from '../oci/reference';
import { tryParseReference } from '../oci/reference';
import type { RegistryClientOptions } from '../registry/client';
import { createRegistryClient } from '../registry/client';
import { mapConcurrently } from '../system/concurrency';
import type { Finding } from '../system/errors';
import { findingOf, isSeqmirrorError } from '../system/errors';
import type { Found } from './found';

// A release is in this repository (oc-mirror internal/pkg/release). Which tags it has depends on the update service.
const releases = 'quay.io/openshift-release-dev/ocp-release';

const askedAtATime = 4;

/** One image per registry. An image that does not exist is a finding; a release is asked for without a tag that exists. */
export async function askRegistries(
  { config: { mirror } }: ImageSetDocument,
  connection: RegistryClientOptions,
): Promise<Found> {
  const named = [
    ...(mirror.operators ?? []).map(({ catalog }) => ({ text: catalog, mustExist: true })),
    ...(mirror.additionalImages ?? []).map(({ name }) => ({ text: name, mustExist: true })),
    ...(mirror.platform === undefined ? [] : [{ text: `${releases}:seqmirror-doctor`, mustExist: false }]),
  ];
  const byHost = new Map<string, { reference: ImageReference; mustExist: boolean }>();
  for (const { text, mustExist } of named) {
    const { reference } = tryParseReference(text);
    if (reference !== undefined && !byHost.has(reference.host)) byHost.set(reference.host, { reference, mustExist });
  }
  if (byHost.size === 0) return { fact: 'the imageset configuration names no image in a registry', isSkipped: true };
  const { signal } = connection;
  const client = createRegistryClient(connection);
  try {
    const answers = await mapConcurrently([...byHost.values()], { limit: askedAtATime, signal }, async (asked) => ({
      host: asked.reference.host,
      finding: await findingAbout(asked, (reference) => client.head(reference, { signal })),
    }));
    const wrong = answers.filter(({ finding }) => finding !== undefined);
    if (wrong.length === 0) return { fact: `${[...byHost.keys()].join(', ')} answered` };
    // One unreadable file of settings fails for every host.
    const findings = new Map(wrong.flatMap(({ finding }) => (finding === undefined ? [] : [[finding.what, finding]])));
    return { fact: `failed: ${wrong.map(({ host }) => host).join(', ')}`, findings: [...findings.values()] };
  } finally {
    await client.close();
  }
}

async function findingAbout(
  { reference, mustExist }: { reference: ImageReference; mustExist: boolean },
  ask: (reference: ImageReference) => Promise<unknown>,
): Promise<Finding | undefined> {
  try {
    await ask(reference);
    return undefined;
  } catch (error) {
    if (!isSeqmirrorError(error)) throw error;
    return error.code === 'SEQ0506' && !mustExist ? undefined : findingOf(error);
  }
}
