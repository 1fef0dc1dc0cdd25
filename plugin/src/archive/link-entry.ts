/**
 * The links of an index, up to a million, in some 60 bytes each. Their names follow from the rest, and would take three
 * times as much; each digest and repository is stored once, however many links have it.
 */
import type { Digest } from '../oci/digest';
import { compareTexts } from '../system/compare-texts';
import type { LinkName } from './names';
import { linkFileName } from './names';

/** A link file with what it points to. */
export type LinkEntry = LinkName & {
  /** The entry's name. It is made when somebody reads it. */
  readonly name: string;
  /** The content of the file. */
  readonly target: Digest;
};

class CompactLink {
  constructor(
    readonly link: LinkName['link'],
    readonly repository: string,
    readonly tag: string | undefined,
    readonly target: Digest,
  ) {}

  get digest(): Digest | undefined {
    return this.link === 'tag' ? undefined : this.target;
  }

  get name(): string {
    return linkFileName(this as unknown as LinkName);
  }
}

export interface GrowingLinks {
  readonly links: readonly LinkEntry[];
  /** Claims a name: `false` the second time. */
  claim(parsed: LinkName): boolean;
  /** Call it with a target that is the digest in the name, if the name has one. */
  add(parsed: LinkName, target: Digest): void;
  /** The one string that is kept for a digest. */
  digest(digest: Digest): Digest;
}

type NamesOfRepository = { repository: string } & Partial<Record<LinkName['link'], Set<string>>>;

export function growLinks(): GrowingLinks {
  const links: LinkEntry[] = [];
  const digests = new Map<string, Digest>();
  const repositories = new Map<string, NamesOfRepository>();
  const namesOf = (repository: string): NamesOfRepository => {
    const known = repositories.get(repository);
    if (known !== undefined) return known;
    // A part of a name would keep the whole name in memory.
    const names: NamesOfRepository = { repository: Buffer.from(repository).toString('latin1') };
    repositories.set(names.repository, names);
    return names;
  };
  const one = (digest: Digest): Digest => {
    const known = digests.get(digest);
    if (known === undefined) digests.set(digest, digest);
    return known ?? digest;
  };
  return {
    links,
    digest: one,
    claim: (parsed) => {
      const names = namesOf(parsed.repository);
      const set = (names[parsed.link] ??= new Set());
      const { size } = set;
      set.add(keyOf(parsed, one));
      return set.size > size;
    },
    add: (parsed, target) => {
      const tag = 'tag' in parsed ? parsed.tag : undefined;
      const link = new CompactLink(parsed.link, namesOf(parsed.repository).repository, tag, one(target));
      links.push(link as unknown as LinkEntry);
    },
  };
}

/** What tells links of one kind in one repository apart. */
function keyOf(parsed: LinkName, one: (digest: Digest) => Digest): string {
  switch (parsed.link) {
    case 'layer':
    case 'revision':
      return one(parsed.digest);
    case 'tag':
      return parsed.tag;
    case 'tag-index':
      return `${parsed.tag} ${parsed.digest}`;
  }
}

/** Orders links by repository, kind and the rest of their names; 0 if the names are equal. */
export function compareLinks(a: LinkEntry, b: LinkEntry): number {
  return (
    compareTexts(a.repository, b.repository) ||
    compareTexts(a.link, b.link) ||
    compareTexts('tag' in a ? (a.tag ?? '') : '', 'tag' in b ? (b.tag ?? '') : '') ||
    (a.link === 'tag' ? 0 : compareTexts(a.target, b.target))
  );
}
