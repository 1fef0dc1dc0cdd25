import { z } from 'zod';
import type { ImageReference } from '../oci/reference';
import { valueOfJson } from '../system/json-text';
import { readLimited } from './body';
import { answerIncomplete } from './errors';
import type { PullSource } from './request-facts';
import type { Transport } from './transport';

const tagsAPage = 1000;
const largestPage = 4 * 1024 * 1024;
const mostPages = 10_000;
const TagsText = z.object({ tags: z.array(z.string()).nullish() });

interface Page {
  readonly tags: readonly string[];
  /** The query of the next page. */
  readonly next: string | undefined;
}

/**
 * Lists the tags of a repository (OCI distribution 1.1, Listing Tags). Only the query of the Link header is used, so
 * that no answer can send us elsewhere.
 *
 * @throws SEQ0506 when there is no such repository, SEQ0516 for pages without an end
 */
export async function* listTags(
  transport: Transport,
  {
    sources,
    reference,
    signal,
  }: {
    sources: readonly PullSource[];
    reference: Pick<ImageReference, 'host' | 'repository'>;
    signal: AbortSignal;
  },
): AsyncGenerator<string, void, undefined> {
  const subject = `the tags of ${reference.host}/${reference.repository}`;
  let query: string | undefined = `?n=${tagsAPage}`;
  for (let pages = 0; query !== undefined; pages += 1) {
    const asked: string = query;
    const page: Page = await transport.send(
      sources,
      {
        method: 'GET',
        path: `tags/list${asked}`,
        subject,
        asks: 'tags',
        accepts: [200],
        read: async (response, { host }) => {
          const text = TagsText.safeParse(valueOfJson((await readLimited(response, largestPage)).toString('utf8')));
          if (!text.success) throw answerIncomplete({ subject, host, problem: 'the answer is not a list of tags' });
          return { tags: text.data.tags ?? [], next: nextQuery(response.header('link')) };
        },
      },
      signal,
    );
    yield* page.tags;
    if (page.next === asked || pages === mostPages) {
      throw answerIncomplete({ subject, host: reference.host, problem: 'the list of tags does not end' });
    }
    query = page.next;
  }
}

/** `</v2/ubi9/ubi/tags/list?last=9.5&n=1000>; rel="next"` gives `?last=9.5&n=1000`. */
function nextQuery(link: string | undefined): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '')?.[1];
  return target === undefined ? undefined : (/\?[^#]*/.exec(target)?.[0] ?? undefined);
}
